import type { FinishReason, StreamPart } from '../canonical.ts'
import type { GatewayError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { sseEvent } from '../sse.ts'
import { writeSignature } from '../signatures.ts'
import type { TokenUsage } from '../usage.ts'
import { BlockEvents, named } from './block-events.ts'
import { writeClaudeCitations } from './citations.ts'
import { redactedBlock, sealBlock } from './encode-answer-blocks.ts'
import { messagesErrorBody } from './error-body.ts'
import { writeStopReason } from './finish.ts'
import { ToolBlocks } from './tool-blocks.ts'
import { writeMessagesUsage } from './usage.ts'

export interface EncodeMessagesStream {
  /** The name that the client shall see. */
  readonly model: string
  /** Used when the stream has no id of its own. */
  readonly id?: string
  /** Shown in `message_start`; the exact number comes with the last events. */
  readonly inputTokens?: number
}

type Part<K extends StreamPart['kind']> = Extract<StreamPart, { kind: K }>

/** A comment keeps connections open; this event also tells a client that somebody is there. */
export const MESSAGES_PING = sseEvent('ping', '{"type":"ping"}')

/**
 * Writes parts as the named events of one message: blocks numbered from 0, each opened and closed once, and the last
 * events only from `end()`, so that a stream that broke can not look finished. Every string is one whole SSE event.
 */
export class MessagesStreamEncoder {
  readonly #options: EncodeMessagesStream
  readonly #blocks = new BlockEvents()
  readonly #tools = new ToolBlocks()
  #started = false
  #open: 'text' | 'thinking' | null = null
  #relayed = false
  #refusal = ''
  #finish: { readonly reason: FinishReason; readonly stopSequence?: string } | null = null
  #usage: TokenUsage | null = null

  constructor(options: EncodeMessagesStream) {
    this.#options = options
  }

  /** The events for one part: none, one or several. */
  write(part: StreamPart): string[] {
    if (part.raw !== undefined) return this.#relay(part, part.raw)
    if (part.kind === 'start') return this.#start(part)
    const started = this.#started ? [] : this.#start({ kind: 'start', id: '', model: '' })
    return [...started, ...this.#events(part)]
  }

  /** The events that end a message; only for a stream that ended well. */
  end(): string[] {
    const stop = named('message_stop', {})
    if (this.#relayed) return [stop]
    const { reason, stopSequence } = this.#finish ?? { reason: 'stop' as const }
    const refused = this.#refusal !== '' && reason === 'stop'
    const delta = {
      stop_reason: writeStopReason(refused ? 'content_filter' : reason, stopSequence),
      stop_sequence: stopSequence ?? null,
      stop_details: this.#refusal === '' ? null : { type: 'refusal', explanation: this.#refusal },
    }
    const usage = this.#usage === null ? { output_tokens: 0 } : writeMessagesUsage(this.#usage)
    return [...this.#closeAll(), named('message_delta', { delta, usage }), stop]
  }

  /** The event for a failure after the first byte; nothing may follow it. */
  fail(error: GatewayError, requestId: string): string {
    return sseEvent('error', JSON.stringify(messagesErrorBody(error, requestId)))
  }

  #events(part: Exclude<StreamPart, { kind: 'start' }>): string[] {
    switch (part.kind) {
      case 'text':
        return this.#text(part)
      case 'reasoning':
        return this.#reasoning(part)
      case 'tool_delta':
        return this.#toolDelta(part)
      case 'refusal':
        this.#refusal += part.text
        return []
      case 'finish':
        this.#finish = part
        return this.#closeAll()
      case 'usage':
        this.#usage = part.usage
        return []
      // Models give no media in this format.
      case 'media':
      case 'opaque':
        return []
    }
  }

  #start({ id, model }: Part<'start'>): string[] {
    if (this.#started) return []
    this.#started = true
    const message = {
      id: id === '' ? (this.#options.id ?? 'msg_gateway') : id,
      type: 'message',
      role: 'assistant',
      model: this.#options.model === '' ? model : this.#options.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: this.#options.inputTokens ?? 0, output_tokens: 1 },
    }
    return [named('message_start', { message })]
  }

  #text(part: Part<'text'>): string[] {
    const seal = this.#whole(sealBlock(part))
    if (part.text === '') return [...seal, ...this.#cited(part)]
    return [...seal, ...this.#openBlock('text'), this.#blocks.delta({ type: 'text_delta', text: part.text })]
  }

  /** Citations stand with the block they come in; whose block has been closed has no place any more. */
  #cited({ citations }: Part<'text'>): string[] {
    const written = this.#open === 'text' ? (writeClaudeCitations(citations) ?? []) : []
    return written.map((citation) => this.#blocks.delta({ type: 'citations_delta', citation }))
  }

  #reasoning(part: Part<'reasoning'>): string[] {
    if (part.redacted !== undefined) return this.#whole([redactedBlock(part.redacted, part.signedBy)])
    const signature = writeSignature(part, 'anthropic')
    if (part.text === '' && signature === null) return []
    const events = this.#openBlock('thinking')
    if (part.text !== '') events.push(this.#blocks.delta({ type: 'thinking_delta', thinking: part.text }))
    if (signature === null) return events
    // The seal ends a thought; what follows is another one.
    return [...events, this.#blocks.delta({ type: 'signature_delta', signature }), ...this.#closeText()]
  }

  #toolDelta(part: Part<'tool_delta'>): string[] {
    const seal = this.#whole(sealBlock(part))
    const closed = this.#closeText()
    return [...seal, ...closed, ...this.#tools.add(part, this.#blocks)]
  }

  #openBlock(kind: 'text' | 'thinking'): string[] {
    if (this.#open === kind) return []
    const closed = this.#closeAll()
    this.#open = kind
    const block = kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' }
    return [...closed, this.#blocks.open(block)]
  }

  /** Blocks that are complete at once. */
  #whole(blocks: readonly JsonObject[]): string[] {
    if (blocks.length === 0) return []
    const closed = this.#closeAll()
    return [...closed, ...blocks.flatMap((block) => this.#blocks.whole(block))]
  }

  #closeText(): string[] {
    if (this.#open === null) return []
    this.#open = null
    return [this.#blocks.close()]
  }

  #closeAll(): string[] {
    return [...this.#closeText(), ...this.#tools.closeAll(this.#blocks)]
  }

  /** The provider's own event. Its blocks count, so that parts written anew get a number of their own. */
  #relay(part: StreamPart, raw: string): string[] {
    if (part.kind === 'finish') this.#relayed = true
    if (raw === '') return []
    if (part.kind === 'start') {
      this.#started = true
      return [sseEvent('message_start', renamed(raw, this.#options.model))]
    }
    const type = raw.slice(TYPE_AT, raw.indexOf('"', TYPE_AT))
    const before = type === 'content_block_start' ? this.#relayStart(raw) : []
    if (type === 'content_block_stop') this.#open = null
    return [...before, sseEvent(type, raw)]
  }

  /** Text that was changed on its way is written into the provider's open block. */
  #relayStart(raw: string): string[] {
    const closed = this.#closeAll()
    const event: unknown = JSON.parse(raw)
    const block = isJsonObject(event) && isJsonObject(event['content_block']) ? event['content_block'] : {}
    this.#open = block['type'] === 'text' || block['type'] === 'thinking' ? block['type'] : null
    this.#blocks.skip()
    return closed
  }
}

/** Where the type of a payload begins: the decoder puts it first. */
const TYPE_AT = '{"type":"'.length

function renamed(raw: string, model: string): string {
  const event: unknown = JSON.parse(raw)
  if (model === '' || !isJsonObject(event) || !isJsonObject(event['message'])) return raw
  return JSON.stringify({ ...event, message: { ...event['message'], model } })
}
