import type { Block, MediaSource } from '../canonical.ts'
import type { JsonObject } from '../json.ts'
import {
  field,
  filledText,
  isAbsent,
  items,
  list,
  object,
  optional,
  text,
  wrongType,
  type Field,
} from '../openai-chat/fields.ts'

/** The parts of a message or of a tool's output. */
export function parseParts(at: Field): Block[] {
  if (!Array.isArray(at.value)) return wrongType(at, 'a string or an array of parts')
  return items(list(at), at.path).map(parsePart)
}

function parsePart(at: Field): Block {
  const part = object(at)
  const type = field(part, 'type', at.path)
  switch (text(type)) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { kind: 'text', text: text(field(part, 'text', at.path)) }
    case 'refusal':
      return { kind: 'refusal', text: text(field(part, 'refusal', at.path)) }
    case 'input_image':
      return parseImage(part, at.path)
    case 'input_file':
      return parseFile(part, at.path)
    case 'input_audio':
      return parseAudio(field(part, 'input_audio', at.path))
    default:
      return wrongType(type, 'one of input_text, output_text, refusal, input_image, input_file, input_audio')
  }
}

function parseImage(part: JsonObject, path: string): Block {
  const detail = optional('detail', field(part, 'detail', path), text)
  const id = field(part, 'file_id', path)
  const source: MediaSource = isAbsent(id)
    ? urlSource(filledText(field(part, 'image_url', path)))
    : { kind: 'provider-file', fileId: filledText(id) }
  return { kind: 'image', source, ...detail }
}

function parseFile(part: JsonObject, path: string): Block {
  const name = optional('name', field(part, 'filename', path), text)
  const id = field(part, 'file_id', path)
  if (!isAbsent(id)) return { kind: 'file', source: { kind: 'provider-file', fileId: filledText(id) }, ...name }
  const url = field(part, 'file_url', path)
  if (!isAbsent(url)) return { kind: 'file', source: urlSource(filledText(url)), ...name }
  const data = filledText(field(part, 'file_data', path))
  // Some clients send bare base64 instead of a data URL; an empty type keeps the difference.
  return { kind: 'file', source: dataSource(data) ?? { kind: 'data', mime: '', base64: data }, ...name }
}

function parseAudio(at: Field): Block {
  const audio = object(at)
  const format = filledText(field(audio, 'format', at.path))
  const base64 = text(field(audio, 'data', at.path))
  return { kind: 'audio', source: { kind: 'data', mime: `audio/${format}`, base64 }, format }
}

function urlSource(url: string): MediaSource {
  return dataSource(url) ?? { kind: 'url', url }
}

/** `data:<mime>;base64,<data>`; anything else, also a data URL without base64, is null. */
function dataSource(url: string): MediaSource | null {
  const match = /^data:([^;,]+(?:;[^;,]+)*);base64,/.exec(url.slice(0, 256))
  if (match === null) return null
  return { kind: 'data', mime: match[1] ?? '', base64: url.slice(match[0].length) }
}
