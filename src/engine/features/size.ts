import type { Block, CanonicalRequest, Message } from '../../wire/canonical.ts'
import { estimateTokens } from '../../wire/tokens.ts'
import { blockChars } from './conversation.ts'

/** Text up to this many characters is counted whole; of more, evenly spread slices are counted. */
const COUNTED_CHARS = 32_000
const SLICE_CHARS = 1_000
/** Tokens around a message, at the end of the prompt, and for a tool's frame. */
const MESSAGE_OVERHEAD = 4
const PROMPT_OVERHEAD = 3
const TOOL_OVERHEAD = 8
/** Providers count pictures by size, which is not known here: a mid-sized one. */
const IMAGE_TOKENS = 800
/** Base64 of audio and files: about one token for this many characters of payload. */
const PAYLOAD_CHARS_PER_TOKEN = 24
const FILE_TOKENS = 1_500
const AUDIO_TOKENS = 600

/** Estimate for a long text from slices spread over it; exact for a text of one kind, near for a mixed one. */
function sampledTokens(text: string, budgetChars: number): number {
  const slices = Math.max(2, Math.floor(budgetChars / SLICE_CHARS))
  if (text.length <= slices * SLICE_CHARS) return estimateTokens(text)
  const step = (text.length - SLICE_CHARS) / (slices - 1)
  let tokens = 0
  for (let index = 0; index < slices; index += 1) {
    const start = Math.floor(index * step)
    tokens += estimateTokens(text.slice(start, start + SLICE_CHARS))
  }
  return Math.ceil((tokens * text.length) / (slices * SLICE_CHARS))
}

function textTokens(text: string, share: number): number {
  return share >= 1 ? estimateTokens(text) : sampledTokens(text, text.length * share)
}

function mediaTokens(payload: number, fallback: number): number {
  return payload > 0 ? Math.ceil(payload / PAYLOAD_CHARS_PER_TOKEN) : fallback
}

function blockTokens(block: Block, share: number): number {
  switch (block.kind) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return textTokens(block.text, share)
    case 'tool_use':
      return textTokens(block.argumentsJson, share) + estimateTokens(block.name) + MESSAGE_OVERHEAD
    case 'tool_result':
      return block.blocks.reduce((sum, inner) => sum + blockTokens(inner, share), 0)
    case 'image':
      return IMAGE_TOKENS
    case 'audio':
      return mediaTokens(block.source.kind === 'data' ? block.source.base64.length : 0, AUDIO_TOKENS)
    case 'file':
      if (block.source.kind === 'text') return textTokens(block.source.text, share)
      return mediaTokens(block.source.kind === 'data' ? block.source.base64.length : 0, FILE_TOKENS)
    case 'opaque':
      return sampledTokens(JSON.stringify(block.value), COUNTED_CHARS)
  }
}

function messageTokens(message: Message, share: number): number {
  return message.blocks.reduce((sum, block) => sum + blockTokens(block, share), MESSAGE_OVERHEAD)
}

/** JSON schema and tool texts as the provider sees them: their JSON, roughly. */
function declaredTokens(request: CanonicalRequest): number {
  let tokens = 0
  for (const tool of request.tools) {
    tokens += TOOL_OVERHEAD + estimateTokens(tool.name) + sampledTokens(tool.description ?? '', COUNTED_CHARS)
    if (tool.parameters !== undefined) tokens += sampledTokens(JSON.stringify(tool.parameters), COUNTED_CHARS)
  }
  if (request.responseFormat.kind === 'json_schema')
    tokens += sampledTokens(JSON.stringify(request.responseFormat.schema), COUNTED_CHARS)
  return tokens
}

/** Estimated tokens of the whole prompt: messages, tools, schema. */
export function promptTokens(request: CanonicalRequest): number {
  let chars = 0
  for (const message of request.messages) for (const block of message.blocks) chars += blockChars(block)
  const share = chars <= COUNTED_CHARS ? 1 : COUNTED_CHARS / chars
  const messages = request.messages.reduce((sum, message) => sum + messageTokens(message, share), PROMPT_OVERHEAD)
  return messages + declaredTokens(request)
}
