import type { Block, MediaSource, Message } from '../canonical.ts'
import type { JsonObject } from '../json.ts'

type Part<K extends Block['kind']> = Extract<Block, { kind: K }>

/** The messages in OpenAI form. Tool results become messages of their own, before anything else of their turn. */
export function encodeMessages(messages: readonly Message[]): JsonObject[] {
  return messages.flatMap(encodeMessage)
}

function encodeMessage(message: Message): JsonObject[] {
  const given = message.blocks.filter((block) => block.kind === 'tool_result')
  const results = [...given.map(toolMessage), ...mediaMessage(given)]
  const rest = message.blocks.filter((block) => block.kind !== 'tool_result')
  if (message.role === 'tool' || (results.length > 0 && rest.length === 0)) return results
  const name = message.name === undefined ? {} : { name: message.name }
  if (message.role === 'assistant') return [...results, { role: 'assistant', ...name, ...assistantMembers(rest) }]
  return [...results, { role: message.role, ...name, content: contentOf(rest) }]
}

function toolMessage(result: Part<'tool_result'>): JsonObject {
  const texts = result.blocks.filter(({ kind }) => !MEDIA.has(kind))
  return { role: 'tool', tool_call_id: result.toolUseId, content: contentOf(texts) }
}

const MEDIA: ReadonlySet<string> = new Set(['image', 'audio', 'file'])

/** Results are text here: pictures in them follow as the user's. */
function mediaMessage(results: readonly Part<'tool_result'>[]): JsonObject[] {
  const media = results.flatMap(({ blocks }) => blocks.filter(({ kind }) => MEDIA.has(kind)))
  return media.length === 0 ? [] : [{ role: 'user', content: media.flatMap(encodePart) }]
}

/** One text alone is sent as a string: every host takes that, while some refuse lists of parts. */
function contentOf(blocks: readonly Block[]): string | JsonObject[] {
  const [only] = blocks
  if (only === undefined) return ''
  if (blocks.length === 1 && only.kind === 'text') return only.text
  return blocks.flatMap(encodePart)
}

function encodePart(block: Block): JsonObject[] {
  switch (block.kind) {
    case 'text':
      return [{ type: 'text', text: block.text }]
    case 'refusal':
      return [{ type: 'refusal', refusal: block.text }]
    case 'image': {
      const detail = block.detail === undefined ? {} : { detail: block.detail }
      return [{ type: 'image_url', image_url: { url: sourceUrl(block.source), ...detail } }]
    }
    case 'audio':
      return audioPart(block)
    case 'file':
      if (block.source.kind === 'text') return [{ type: 'text', text: block.source.text }]
      return [{ type: 'file', file: fileMembers(block) }]
    case 'tool_use':
    case 'tool_result':
    case 'reasoning':
    case 'opaque':
      return []
  }
}

function audioPart({ source, format }: Part<'audio'>): JsonObject[] {
  if (source.kind !== 'data') return []
  const known = format ?? source.mime.slice(source.mime.indexOf('/') + 1)
  return [{ type: 'input_audio', input_audio: { data: source.base64, format: known } }]
}

function fileMembers({ source, name }: Part<'file'>): JsonObject {
  const filename = name === undefined ? {} : { filename: name }
  if (source.kind === 'provider-file') return { file_id: source.fileId, ...filename }
  return { ...filename, file_data: sourceUrl(source) }
}

function sourceUrl(source: MediaSource): string {
  switch (source.kind) {
    case 'url':
      return source.url
    case 'provider-file':
      return source.fileId
    case 'text':
      return source.text
    case 'data':
      return source.mime === '' ? source.base64 : `data:${source.mime};base64,${source.base64}`
  }
}

/** `content` is null when the turn holds no text; that is how OpenAI writes a turn of tool calls alone. */
function assistantMembers(blocks: readonly Block[]): JsonObject {
  const texts = blocks.filter((block) => block.kind === 'text')
  const refusal = blocks.filter((block) => block.kind === 'refusal').map(({ text }) => text)
  const reasoning = blocks.filter((block) => block.kind === 'reasoning').map(({ text }) => text)
  const calls = blocks.filter((block) => block.kind === 'tool_use')
  const audio = blocks.find((block) => block.kind === 'audio')
  return {
    content: texts.length === 0 ? null : contentOf(texts),
    ...(refusal.length > 0 ? { refusal: refusal.join('') } : {}),
    ...(reasoning.join('') === '' ? {} : { reasoning_content: reasoning.join('') }),
    ...(audio?.source.kind === 'provider-file' ? { audio: { id: audio.source.fileId } } : {}),
    ...(calls.length > 0 ? { tool_calls: calls.map(encodeToolCall) } : {}),
  }
}

/** A call as messages and answers carry it. */
export function encodeToolCall({ id, name, argumentsJson, custom }: Part<'tool_use'>): JsonObject {
  if (custom === true) return { id, type: 'custom', custom: { name, input: argumentsJson } }
  return { id, type: 'function', function: { name, arguments: argumentsJson } }
}
