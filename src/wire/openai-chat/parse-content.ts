import type { Block, MediaSource } from '../canonical.ts'
import type { JsonObject } from '../json.ts'
import { field, filledText, isAbsent, items, list, object, optional, text, wrongType, type Field } from './fields.ts'

/** Part types that the role may use; other types get a 400 that lists these. */
type PartKind = 'text' | 'image_url' | 'input_audio' | 'file' | 'refusal'

const PARTS_OF_ROLE: Readonly<Record<string, readonly PartKind[]>> = {
  user: ['text', 'image_url', 'input_audio', 'file'],
  assistant: ['text', 'refusal'],
}
const TEXT_ONLY: readonly PartKind[] = ['text']

/** Content of a message: a string, or a list of parts. Empty strings give no block. */
export function parseContent(at: Field, role: string): Block[] {
  if (typeof at.value === 'string') return at.value === '' ? [] : [{ kind: 'text', text: at.value }]
  if (!Array.isArray(at.value)) return wrongType(at, 'a string or an array of parts')
  const allowed = PARTS_OF_ROLE[role] ?? TEXT_ONLY
  return items(list(at), at.path).flatMap((part) => parsePart(part, allowed))
}

function parsePart(at: Field, allowed: readonly PartKind[]): Block[] {
  const part = object(at)
  const type = field(part, 'type', at.path)
  const kind = text(type)
  // Assistant turns of reasoning models come back as they were sent: thoughts as parts of their own.
  if (kind === 'thinking' && allowed.includes('refusal')) return [{ kind: 'reasoning', text: thinkingText(part) }]
  const known = allowed.find((name) => name === kind)
  if (known === undefined) return wrongPart(type, allowed)
  switch (known) {
    case 'text':
      return [{ kind: 'text', text: text(field(part, 'text', at.path)) }]
    case 'refusal':
      return [{ kind: 'refusal', text: text(field(part, 'refusal', at.path)) }]
    case 'image_url':
      return [imageBlock(field(part, 'image_url', at.path))]
    case 'input_audio':
      return [audioBlock(field(part, 'input_audio', at.path))]
    case 'file':
      return [fileBlock(field(part, 'file', at.path))]
  }
}

function wrongPart(type: Field, allowed: readonly PartKind[]): never {
  const names = allowed.map((name) => `"${name}"`).join(', ')
  return wrongType(type, allowed.length === 1 ? names : `one of ${names}`)
}

function imageBlock(at: Field): Block {
  const image = object(at)
  const url = filledText(field(image, 'url', at.path))
  return { kind: 'image', source: urlSource(url), ...optional('detail', field(image, 'detail', at.path), text) }
}

function audioBlock(at: Field): Block {
  const audio = object(at)
  const format = filledText(field(audio, 'format', at.path))
  const base64 = text(field(audio, 'data', at.path))
  return { kind: 'audio', source: { kind: 'data', mime: `audio/${format}`, base64 }, format }
}

function fileBlock(at: Field): Block {
  const file = object(at)
  const name = optional('name', field(file, 'filename', at.path), text)
  const id = field(file, 'file_id', at.path)
  if (!isAbsent(id)) return { kind: 'file', source: { kind: 'provider-file', fileId: filledText(id) }, ...name }
  const data = filledText(field(file, 'file_data', at.path))
  // Some clients send bare base64 instead of a data URL; an empty type keeps the difference.
  return { kind: 'file', source: dataSource(data) ?? { kind: 'data', mime: '', base64: data }, ...name }
}

function urlSource(url: string): MediaSource {
  return dataSource(url) ?? { kind: 'url', url }
}

/** `data:<mime>;base64,<data>`; anything else, also a data URL without base64, is null. */
function dataSource(url: string): MediaSource | null {
  if (!url.startsWith('data:')) return null
  const comma = url.indexOf(',')
  const head = url.slice('data:'.length, comma)
  if (comma === -1 || !head.endsWith(';base64') || head === ';base64') return null
  return { kind: 'data', mime: head.slice(0, -';base64'.length), base64: url.slice(comma + 1) }
}

/** Text of Mistral's thinking part, whose text is itself a list of parts. */
export function thinkingText(part: JsonObject): string {
  const { thinking } = part
  if (typeof thinking === 'string') return thinking
  if (!Array.isArray(thinking)) return ''
  return thinking.map((piece: unknown) => pieceText(piece)).join('')
}

function pieceText(piece: unknown): string {
  if (typeof piece !== 'object' || piece === null || !('text' in piece)) return ''
  return typeof piece.text === 'string' ? piece.text : ''
}
