import type { Block, CacheMarked, MediaSource } from '../canonical.ts'
import type { JsonObject } from '../json.ts'
import {
  boolean,
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
import { readSignature } from '../signatures.ts'
import { readClaudeCitations } from './citations.ts'

/** Members of a document that have no canonical place. */
const DOCUMENT_EXTRAS = ['context', 'citations'] as const

/** Content of a turn, of a system prompt or of a tool result: a string, or a list of blocks. Empty strings give no block. */
export function parseContent(at: Field): Block[] {
  if (typeof at.value === 'string') return at.value === '' ? [] : [{ kind: 'text', text: at.value }]
  if (!Array.isArray(at.value)) return wrongType(at, 'a string or an array of blocks')
  return items(list(at), at.path).map(parseBlock)
}

function parseBlock(at: Field): Block {
  const block = object(at)
  const cache = cacheMark(block, at.path)
  const type = filledText(field(block, 'type', at.path))
  switch (type) {
    case 'text':
      return parseText(block, at.path, cache)
    case 'image':
      return { kind: 'image', source: mediaSource(field(block, 'source', at.path)), ...cache }
    case 'document':
      return parseDocument(block, at)
    case 'thinking':
      return parseThinking(block, at.path)
    case 'redacted_thinking': {
      const { signature, signedBy } = readSignature(text(field(block, 'data', at.path)), 'anthropic')
      return { kind: 'reasoning', text: '', redacted: signature, signedBy }
    }
    case 'tool_use':
      return { ...parseToolUse(block, at.path), ...cache }
    case 'tool_result':
      return { ...parseToolResult(block, at.path), ...cache }
    default:
      return { kind: 'opaque', format: 'anthropic', value: block }
  }
}

/** An empty list of citations says nothing, and newer versions of the API refuse others on a user's text. */
function parseText(block: JsonObject, path: string, cache: CacheMarked): Block {
  const said = text(field(block, 'text', path))
  const at = field(block, 'citations', path)
  const citations = isAbsent(at) ? [] : readClaudeCitations(list(at), said.length)
  return { kind: 'text', text: said, ...(citations.length === 0 ? {} : { citations }), ...cache }
}

/** The cache mark of a block, a tool or a system text. */
export function cacheMark(owner: JsonObject, path: string): CacheMarked {
  return optional('cacheControl', field(owner, 'cache_control', path), object)
}

function parseDocument(block: JsonObject, at: Field): Block {
  const source = field(block, 'source', at.path)
  // A document made of blocks has no counterpart elsewhere.
  if (field(object(source), 'type', source.path).value === 'content') {
    return { kind: 'opaque', format: 'anthropic', value: block }
  }
  const kept = DOCUMENT_EXTRAS.map((name) => [name, block[name] ?? null] as const).filter(([, value]) => value !== null)
  return {
    kind: 'file',
    source: mediaSource(source),
    ...optional('name', field(block, 'title', at.path), text),
    ...(kept.length === 0 ? {} : { extra: Object.fromEntries(kept) }),
    ...cacheMark(block, at.path),
  }
}

/** The value for a switch; anything that is no text matches no case. */
export function wordOf({ value }: Field): string {
  return typeof value === 'string' ? value : ''
}

function mediaSource(at: Field): MediaSource {
  const source = object(at)
  const type = field(source, 'type', at.path)
  switch (wordOf(type)) {
    case 'base64': {
      const mime = filledText(field(source, 'media_type', at.path))
      return { kind: 'data', mime, base64: text(field(source, 'data', at.path)) }
    }
    case 'url':
      return { kind: 'url', url: filledText(field(source, 'url', at.path)) }
    case 'file':
      return { kind: 'provider-file', fileId: filledText(field(source, 'file_id', at.path)) }
    case 'text': {
      const mime = optional('mime', field(source, 'media_type', at.path), text).mime ?? 'text/plain'
      return { kind: 'text', mime, text: text(field(source, 'data', at.path)) }
    }
    default:
      return wrongType(type, 'one of "base64", "url", "file", "text"')
  }
}

function parseThinking(block: JsonObject, path: string): Block {
  const thought = text(field(block, 'thinking', path))
  const { signature = '' } = optional('signature', field(block, 'signature', path), text)
  return { kind: 'reasoning', text: thought, ...(signature === '' ? {} : readSignature(signature, 'anthropic')) }
}

function parseToolUse(block: JsonObject, path: string): Block & { kind: 'tool_use' } {
  const input = field(block, 'input', path)
  return {
    kind: 'tool_use',
    id: filledText(field(block, 'id', path)),
    name: filledText(field(block, 'name', path)),
    argumentsJson: isAbsent(input) ? '{}' : JSON.stringify(object(input)),
  }
}

function parseToolResult(block: JsonObject, path: string): Block & { kind: 'tool_result' } {
  const content = field(block, 'content', path)
  return {
    kind: 'tool_result',
    toolUseId: filledText(field(block, 'tool_use_id', path)),
    blocks: isAbsent(content) ? [] : parseContent(content),
    ...optional('isError', field(block, 'is_error', path), boolean),
  }
}
