import type { StreamPart } from '../canonical.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { writeUsage } from '../usage-dialects.ts'
import { writeChatAnnotations } from '../citations.ts'
import { writeFinish } from './finish.ts'
import { writeImage } from './images.ts'
import { writeCallSeal, writeDetail } from './seals.ts'

export interface EncodeChatStream {
  /** Names the model when the stream itself does not. */
  readonly model: string
  /** Seconds since the epoch, for streams without a time stamp of their own. */
  readonly created: number
  /** The client asked for the usage chunk. */
  readonly includeUsage: boolean
  /** Used when the stream has no id of its own. */
  readonly id?: string
}

/**
 * Writes parts as chunks for one client: the role first, `choices` always, an index on every tool call, usage only if
 * asked for. Parts that carry the provider's own payload are passed on as they are.
 */
export class ChatStreamEncoder {
  readonly #includeUsage: boolean
  #id: string
  #created: number
  #model: string
  #started = false
  /** Thoughts with a seal so far. */
  #seals = 0

  constructor({ model, created, includeUsage, id }: EncodeChatStream) {
    this.#includeUsage = includeUsage
    this.#id = id ?? 'chatcmpl-gateway'
    this.#created = created
    this.#model = model
  }

  /** Payloads of the events to send for the part, without SSE framing; most often one, never more than two. */
  write(part: StreamPart): string[] {
    if (part.kind === 'start') return this.#start(part)
    if (part.kind === 'usage' && !this.#includeUsage) return []
    const payload = part.kind === 'opaque' ? part.raw : (part.raw ?? JSON.stringify(this.#encode(part)))
    if (this.#started) return [payload]
    this.#started = true
    return [JSON.stringify(this.#role()), payload]
  }

  #start(part: Extract<StreamPart, { kind: 'start' }>): string[] {
    if (this.#started) return []
    this.#started = true
    if (part.id !== '') this.#id = part.id
    if (part.model !== '') this.#model = part.model
    if (part.created !== undefined) this.#created = part.created
    return [part.raw ?? JSON.stringify(this.#role())]
  }

  #encode(part: Exclude<StreamPart, { kind: 'start' | 'opaque' }>): JsonObject {
    switch (part.kind) {
      case 'text':
        return this.#chunk(textDelta(part))
      case 'media':
        return this.#chunk({ images: writeImage(part.block) })
      case 'reasoning':
        return this.#chunk(this.#thought(part))
      case 'refusal':
        return this.#chunk({ refusal: part.text })
      case 'tool_delta':
        return this.#chunk({ tool_calls: [toolDelta(part)] })
      case 'finish':
        return this.#chunk({}, writeFinish(part.reason))
      case 'usage':
        return { ...this.#head(), choices: [], usage: writeUsage(part.usage) }
    }
  }

  #thought(part: Extract<StreamPart, { kind: 'reasoning' }>): JsonObject {
    const text = part.text === '' ? {} : { reasoning_content: part.text }
    if (part.signature === undefined && part.redacted === undefined) return text
    this.#seals += 1
    return { ...text, reasoning_details: [writeDetail(part, this.#seals - 1)] }
  }

  #role(): JsonObject {
    return this.#chunk({ role: 'assistant', content: '', refusal: null })
  }

  #chunk(delta: JsonObject, finish: string | null = null): JsonObject {
    const choices: JsonValue = [{ index: 0, delta, logprobs: null, finish_reason: finish }]
    return { ...this.#head(), choices, ...(this.#includeUsage ? { usage: null } : {}) }
  }

  #head(): JsonObject {
    return { id: this.#id, object: 'chat.completion.chunk', created: this.#created, model: this.#model }
  }
}

function textDelta({ text, citations }: Extract<StreamPart, { kind: 'text' }>): JsonObject {
  if (citations === undefined) return { content: text }
  const annotations = writeChatAnnotations(citations)
  return { content: text, ...(annotations.length === 0 ? {} : { annotations }) }
}

function toolDelta(part: Extract<StreamPart, { kind: 'tool_delta' }>): JsonObject {
  const { index, id, name, argumentsDelta } = part
  const call = { ...(name === undefined ? {} : { name }), arguments: argumentsDelta }
  return id === undefined
    ? { index, function: call }
    : { index, id, type: 'function', function: call, ...writeCallSeal(part) }
}
