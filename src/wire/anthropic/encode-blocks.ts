import { argumentsObject } from '../arguments-json.ts'
import type { Block, MediaSource } from '../canonical.ts'
import type { Dropped } from '../dropped.ts'
import { GatewayError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { mediaType } from '../media-type.ts'
import { ownClaudeCitations } from './citations.ts'

type Part<K extends Block['kind']> = Extract<Block, { kind: K }>

/** The blocks of a turn; what Anthropic has no place for is named in `dropped` or refused. */
export function encodeBlocks(blocks: readonly Block[], dropped: Dropped): JsonObject[] {
  return blocks.flatMap((block) => {
    const encoded = encodeBlock(block, dropped)
    if (encoded === null) return []
    const mark = 'cacheControl' in block ? block.cacheControl : undefined
    return [mark === undefined ? encoded : { ...encoded, cache_control: mark }]
  })
}

function encodeBlock(block: Block, dropped: Dropped): JsonObject | null {
  switch (block.kind) {
    case 'text':
      return textBlock(block)
    case 'refusal':
      return block.text === '' ? null : { type: 'text', text: block.text }
    case 'image':
      return { type: 'image', source: mediaSource(block.source, dropped) }
    case 'audio':
      return refuseAudio(block, dropped)
    case 'file':
      return documentBlock(block, dropped)
    case 'tool_use':
      return {
        type: 'tool_use',
        id: toolId(block.id),
        name: block.name,
        input: argumentsObject(block.argumentsJson),
      }
    case 'tool_result':
      return toolResult(block, dropped)
    case 'reasoning':
      return thinkingBlock(block, dropped)
    case 'opaque':
      if (block.format === 'anthropic') return block.value
      dropped.addName('messages.content')
      return null
  }
}

/** Empty texts are refused by the provider and say nothing. */
function textBlock({ text, citations: cited }: Part<'text'>): JsonObject | null {
  const citations = ownClaudeCitations(cited)
  if (text === '') return null
  return { type: 'text', text, ...(citations === null ? {} : { citations }) }
}

function mediaSource(source: MediaSource, { format }: Dropped): JsonObject {
  switch (source.kind) {
    case 'data':
      return { type: 'base64', media_type: mediaType(source.mime), data: source.base64 }
    case 'url':
      return { type: 'url', url: source.url }
    case 'provider-file':
      if (format !== 'anthropic')
        throw refused('a file kept by another provider can not be read', 'messages.content.file')
      return { type: 'file', file_id: source.fileId }
    case 'text':
      throw refused('an image can not be text', 'messages.content')
  }
}

function documentBlock({ source, name, extra }: Part<'file'>, dropped: Dropped): JsonObject {
  const head = { ...extra, ...(name === undefined ? {} : { title: name }) }
  if (source.kind === 'text') {
    return { type: 'document', source: { type: 'text', media_type: source.mime, data: source.text }, ...head }
  }
  if (source.kind !== 'data') return { type: 'document', source: mediaSource(source, dropped), ...head }
  if (source.mime.startsWith('image/')) return { type: 'image', source: mediaSource(source, dropped) }
  // A file without a type comes from clients that send bare base64; PDF is the one kind they send so.
  const mime = source.mime === '' ? 'application/pdf' : mediaType(source.mime)
  if (mime !== 'application/pdf') {
    throw refused('the provider takes files as PDF or plain text only', 'messages.content.file')
  }
  return { type: 'document', source: mediaSource({ ...source, mime }, dropped), ...head }
}

/** A reference to an answer once spoken is left out; sound that the model should hear can not be. */
function refuseAudio({ source }: Part<'audio'>, dropped: Dropped): null {
  if (source.kind !== 'provider-file') {
    throw refused('the provider takes no audio input', 'messages.content.input_audio')
  }
  dropped.addName('messages.audio')
  return null
}

/** Thought goes back only with its own seal; any other is refused by the provider. */
function thinkingBlock(
  { text, signature, signedBy, redacted }: Part<'reasoning'>,
  dropped: Dropped,
): JsonObject | null {
  const own = signedBy === 'anthropic'
  if (own && redacted !== undefined) return { type: 'redacted_thinking', data: redacted }
  if (own && signature !== undefined) return { type: 'thinking', thinking: text, signature }
  dropped.add('thinking')
  return null
}

function toolResult({ toolUseId, blocks, isError }: Part<'tool_result'>, dropped: Dropped): JsonObject {
  const [only] = blocks
  const plain = blocks.length === 1 && only?.kind === 'text' && only.cacheControl === undefined && only.text !== ''
  const content = plain ? only.text : encodeBlocks(blocks, dropped)
  return {
    type: 'tool_result',
    tool_use_id: toolId(toolUseId),
    ...(content.length === 0 ? {} : { content }),
    ...(isError === undefined ? {} : { is_error: isError }),
  }
}

/** Ids of other providers may hold characters that Anthropic refuses; call and result are changed alike. */
export function toolId(id: string): string {
  return id === '' ? 'call' : id.replace(/[^\w-]/g, '_')
}

function refused(message: string, param: string): GatewayError {
  return new GatewayError('invalid_request_error', message, { param })
}
