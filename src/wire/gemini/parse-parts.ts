import type { Block, MediaSource } from '../canonical.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'
import { filledText, isAbsent, object, optional, text, type Field } from '../openai-chat/fields.ts'
import { readSignature } from '../signatures.ts'
import { member } from './members.ts'

/** Gives calls without an id one, and finds the call that a response answers. */
export interface CallNames {
  callId(name: string): string
  responseId(name: string): string
}

/** One part of a turn. */
export function parsePart(at: Field, calls: CallNames): Block {
  const part = object(at)
  const seal = parseSignature(part, at.path)
  const { value: words } = member(part, 'text', at.path)
  if (words !== undefined && words !== null) {
    const thought = part['thought'] === true
    const said = text(member(part, 'text', at.path))
    // An empty text is there for its signature alone.
    return { kind: thought || (said === '' && 'signature' in seal) ? 'reasoning' : 'text', text: said, ...seal }
  }
  const call = member(part, 'functionCall', at.path)
  if (!isAbsent(call)) return { ...parseCall(call, calls), ...seal }
  const response = member(part, 'functionResponse', at.path)
  if (!isAbsent(response)) return parseResponse(response, calls)
  const inline = member(part, 'inlineData', at.path)
  if (!isAbsent(inline)) {
    const data = object(inline)
    const mime = filledText(member(data, 'mimeType', inline.path))
    return mediaBlock(mime, { kind: 'data', mime, base64: text(member(data, 'data', inline.path)) }, seal)
  }
  const file = member(part, 'fileData', at.path)
  if (isAbsent(file)) return { kind: 'opaque', format: 'gemini', value: part }
  return parseFile(file, seal)
}

function parseSignature(part: JsonObject, path: string): object {
  const { value = '' } = optional('value', member(part, 'thoughtSignature', path), text)
  return value === '' ? {} : readSignature(value, 'gemini')
}

function parseFile(at: Field, seal: object): Block {
  const data = object(at)
  const url = filledText(member(data, 'fileUri', at.path))
  const { mime } = optional('mime', member(data, 'mimeType', at.path), text)
  return mediaBlock(mime ?? '', { kind: 'url', url, ...(mime === undefined ? {} : { mime }) }, seal)
}

/** Media by its type; what is neither picture nor sound is a file. */
export function mediaBlock(mime: string, source: MediaSource, seal: object = {}): Block {
  if (mime.startsWith('image/')) return { kind: 'image', source, ...seal }
  if (mime.startsWith('audio/')) return { kind: 'audio', source, format: mime.slice('audio/'.length) }
  return { kind: 'file', source }
}

function parseCall(at: Field, calls: CallNames): Block & { kind: 'tool_use' } {
  const call = object(at)
  const name = filledText(member(call, 'name', at.path))
  const args = member(call, 'args', at.path)
  const { id } = optional('id', member(call, 'id', at.path), text)
  return {
    kind: 'tool_use',
    id: id === undefined || id === '' ? calls.callId(name) : id,
    name,
    argumentsJson: isAbsent(args) ? '{}' : JSON.stringify(object(args)),
  }
}

function parseResponse(at: Field, calls: CallNames): Block {
  const response = object(at)
  const name = filledText(member(response, 'name', at.path))
  const { id } = optional('id', member(response, 'id', at.path), text)
  const given = member(response, 'response', at.path)
  return {
    kind: 'tool_result',
    toolUseId: id === undefined || id === '' ? calls.responseId(name) : id,
    name,
    ...resultOf(isAbsent(given) ? {} : object(given)),
  }
}

/** The words of a result; an object with other members is handed on as JSON. */
function resultOf(response: JsonObject): { blocks: Block[]; isError?: true } {
  const keys = Object.keys(response)
  const { result, error } = response
  if (keys.length === 1 && typeof result === 'string') return { blocks: textBlocks(result) }
  if (keys.length === 1 && typeof error === 'string') return { blocks: textBlocks(error), isError: true }
  return { blocks: keys.length === 0 ? [] : textBlocks(JSON.stringify(response)) }
}

function textBlocks(words: string): Block[] {
  return words === '' ? [] : [{ kind: 'text', text: words }]
}

/** A result as the object that Google wants: JSON objects as they are, words under `result` or `error`. */
export function responseObject(words: string, isError: boolean): JsonObject {
  if (isError) return { error: words }
  const parsed = parseJson(words)
  if (!isJsonObject(parsed)) return words === '' ? {} : { result: words }
  const [key, ...more] = Object.keys(parsed)
  // Of this shape it would be taken for words when it is read again.
  const ambiguous = key === undefined || (more.length === 0 && (key === 'result' || key === 'error'))
  return ambiguous ? { result: words } : parsed
}

function parseJson(words: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(words)
    return value
  } catch {
    return null
  }
}
