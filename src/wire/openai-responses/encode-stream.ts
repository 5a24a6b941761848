import type { FinishReason, StreamPart } from '../canonical.ts'
import { ERROR_FACES, type GatewayError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { sseEvent } from '../sse.ts'
import type { TokenUsage } from '../usage.ts'
import type { ItemEvent } from './item-events.ts'
import { ResponseOutput } from './output.ts'
import { RelayedEvents } from './relayed-events.ts'
import { writeResponsesUsage } from './usage.ts'

export interface EncodeResponse {
  readonly id: string
  /** The name that the client shall see. */
  readonly model: string
  /** Seconds since the epoch. */
  readonly created: number
  /** What the answer repeats of its request, by `echoOf`. */
  readonly echo: JsonObject
  /** Tools whose calls are free text. */
  readonly customTools: ReadonlySet<string>
}

/**
 * Writes parts as the numbered events of one response: `created` and `in_progress` first, every item announced, filled
 * and closed, and the last event only from `end()`, so that a stream that broke can not look finished. Events in the
 * provider's own words are passed on; parts without them that come later are items of their own. Every string is one whole
 * SSE event.
 */
export class ResponsesStreamEncoder {
  readonly #options: EncodeResponse
  readonly #idSuffix: string
  #output: ResponseOutput
  #relayed: RelayedEvents | null = null
  /** Items in the provider's words that stand before our own. */
  #before: JsonObject[] = []
  /** The response as its provider announced it. */
  #head: JsonObject = {}
  #sequence = 0
  #started = false
  #finish: FinishReason | null = null
  #usage: TokenUsage | null = null

  constructor(options: EncodeResponse) {
    this.#options = options
    const { id, customTools } = options
    this.#idSuffix = id.slice(id.indexOf('_') + 1)
    this.#output = new ResponseOutput({ idSuffix: this.#idSuffix, customTools })
  }

  write(part: StreamPart): string[] {
    if (part.raw !== undefined) return this.#relay(part.raw)
    if (this.#relayed !== null) this.#takeOver(this.#relayed, part)
    const started = this.#start()
    return started.concat(this.#events(part).map((event) => this.#event(event)))
  }

  /** The event that ends the response. */
  end(): string[] {
    const relayed = this.#relayed?.ending() ?? null
    if (relayed !== null) return [relayed.event]
    const events = this.#start().concat(this.#close())
    const { status } = this.#ending()
    events.push(this.#event({ type: `response.${status}`, members: { response: this.response() } }))
    return events
  }

  /** The events for a failure after the first byte; nothing may follow them. */
  fail(error: GatewayError): string[] {
    const { code, message, param = null } = error
    if (this.#relayed !== null) this.#sequence = this.#relayed.nextNumber()
    // Clients read it in two places: the published schema has the members here, the service itself sends them inside.
    const said = { type: ERROR_FACES[code].type, code, message, param }
    const failed = { ...this.#object('failed'), error: { code: 'server_error', message } }
    return [
      ...this.#start(),
      this.#event({ type: 'error', members: { code, message, param, error: said } }),
      this.#event({ type: 'response.failed', members: { response: failed } }),
    ]
  }

  /** The answer object once everything has been written. */
  response(): JsonObject {
    const relayed = this.#relayed?.ending() ?? null
    if (relayed !== null) return relayed.response
    const { status, reason } = this.#ending()
    const incomplete = reason === null ? null : { reason }
    const usage = this.#usage === null ? {} : { usage: writeResponsesUsage(this.#usage) }
    return { ...this.#object(status), incomplete_details: incomplete, ...usage }
  }

  #relay(raw: string): string[] {
    // Once anything was written anew, the provider's events would repeat what it said before.
    if (raw === '' || (this.#relayed === null && this.#started)) return []
    this.#started = true
    this.#relayed ??= new RelayedEvents(this.#options.model)
    return this.#relayed.add(raw)
  }

  /** Something was changed on its way: from here on everything is written anew. */
  #takeOver(relayed: RelayedEvents, { kind }: StreamPart): void {
    if (kind === 'start' || kind === 'usage' || kind === 'opaque') return
    this.#relayed = null
    this.#sequence = relayed.nextNumber()
    this.#before = relayed.finishedItems()
    const { customTools } = this.#options
    this.#output = new ResponseOutput({ idSuffix: this.#idSuffix, customTools, firstIndex: relayed.items })
    this.#head = relayed.head
  }

  #start(): string[] {
    if (this.#started) return []
    this.#started = true
    return ['response.created', 'response.in_progress'].map((type) =>
      this.#event({ type, members: { response: this.#object('in_progress') } }),
    )
  }

  #events(part: StreamPart): ItemEvent[] {
    switch (part.kind) {
      case 'text':
        return [
          ...this.#output.text('text', part.text),
          ...(part.citations === undefined ? [] : this.#output.cite(part.citations)),
          ...this.#output.sealed(part, 'text'),
        ]
      case 'media':
        return this.#output.media(part.block)
      case 'refusal':
        return this.#output.text('refusal', part.text)
      case 'reasoning':
        return this.#output.reasoning(part)
      case 'tool_delta':
        return this.#output.tool(part)
      case 'usage':
        this.#usage = part.usage
        return []
      case 'finish':
        this.#finish = part.reason
        return this.#output.close(this.#ending().reason === null)
      case 'start':
      case 'opaque':
        return []
    }
  }

  #close(): string[] {
    return this.#output.close(this.#ending().reason === null).map((event) => this.#event(event))
  }

  #ending(): { status: 'completed' | 'incomplete'; reason: string | null } {
    if (this.#finish === 'content_filter') return { status: 'incomplete', reason: 'content_filter' }
    // A broken answer counts as cut: of the words that clients accept it alone means that something is missing.
    const cut = this.#finish === 'length' || this.#finish === 'error'
    return cut ? { status: 'incomplete', reason: 'max_output_tokens' } : { status: 'completed', reason: null }
  }

  #object(status: string): JsonObject {
    const { id, created, model, echo } = this.#options
    const head = this.#relayed?.head ?? this.#head
    return {
      id,
      object: 'response',
      created_at: created,
      error: null,
      incomplete_details: null,
      model,
      ...echo,
      ...head,
      status,
      output: [...this.#before, ...this.#output.objects()],
    }
  }

  #event({ type, members }: ItemEvent): string {
    const payload = JSON.stringify({ type, sequence_number: this.#sequence, ...members })
    this.#sequence += 1
    return sseEvent(type, payload)
  }
}
