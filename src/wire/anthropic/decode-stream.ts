import type { StreamPart } from '../canonical.ts'
import { readProviderError } from '../error-body.ts'
import { isJsonObject, parseObject, textOr, type JsonObject, type JsonValue } from '../json.ts'
import type { DecodedEvent, StreamDecoder } from '../reading.ts'
import { shifted } from '../citations.ts'
import { withEvent } from '../with-event.ts'
import { readAnswerBlock, refusalText } from './answer.ts'
import { readClaudeCitations } from './citations.ts'
import { readStopReason } from './finish.ts'
import { isFraming } from './framing.ts'
import { readMessagesUsage } from './usage.ts'

/** A block that has been opened and not closed. */
interface OpenBlock {
  /** Number of the call among the calls; null for other blocks. */
  readonly call: number | null
  /** Arguments to send at the end when no fragment came. */
  readonly input: string
  fragments: number
  /** Characters of the answer before a text block. */
  readonly from: number
  readonly citations: JsonValue[]
}

const NEW_BLOCK = { call: null, input: '', fragments: 0, from: 0 }

const NOTHING: DecodedEvent = { kind: 'parts', parts: [] }

/**
 * Turns the events of one message into parts. With `keepRaw` every event but pings is kept for a client of the same
 * format: as the `raw` of its first part, or as an opaque part when it has none.
 */
export class MessagesStreamDecoder implements StreamDecoder {
  readonly #keepRaw: boolean
  readonly #blocks = new Map<number, OpenBlock>()
  #calls = 0
  #started = false
  #finished = false
  #anyBlock = false
  /** Characters of text so far. */
  #textLength = 0
  /** Usage members as they come: later events repeat those that changed. */
  #usage: JsonObject = {}

  constructor({ keepRaw }: { readonly keepRaw: boolean }) {
    this.#keepRaw = keepRaw
  }

  get finished(): boolean {
    return this.#finished
  }

  push(payload: string): DecodedEvent {
    const trimmed = payload.trim()
    // Some hosts end a stream as OpenAI does.
    if (trimmed === '' || trimmed === '[DONE]') return NOTHING
    const event = parseObject(trimmed)
    if (event === null) return { kind: 'malformed', message: 'an event of the stream is not a JSON object' }
    const type = textOr(event['type'], '')
    switch (type) {
      case 'error':
        return { kind: 'error', error: readProviderError(event) }
      case 'ping':
        return NOTHING
      case 'message_stop':
        return { kind: 'done', parts: this.end() }
      case 'message_start':
        return this.#start(event, trimmed)
      default:
        return { kind: 'parts', parts: this.#finished ? [] : this.#parts(type, event, trimmed) }
    }
  }

  /** Nothing is held back in this format. */
  end(): StreamPart[] {
    return []
  }

  #start(event: JsonObject, payload: string): DecodedEvent {
    if (this.#anyBlock) return { kind: 'malformed', message: 'the stream starts a second answer' }
    if (this.#started) return NOTHING
    this.#started = true
    const message = isJsonObject(event['message']) ? event['message'] : {}
    if (isJsonObject(message['usage'])) this.#usage = message['usage']
    const usage = readMessagesUsage(this.#usage)
    const part: StreamPart = {
      kind: 'start',
      id: textOr(message['id'], ''),
      model: textOr(message['model'], ''),
      ...(usage === null ? {} : { promptUsage: { ...usage, output: 0, reasoning: 0 } }),
    }
    return { kind: 'parts', parts: this.#withRaw([part], event, payload) }
  }

  #parts(type: string, event: JsonObject, payload: string): StreamPart[] {
    const parts = this.#eventParts(type, event)
    if (this.#started) return this.#withRaw(parts, event, payload)
    this.#started = true
    return [{ kind: 'start', id: '', model: '' }, ...this.#withRaw(parts, event, payload)]
  }

  #eventParts(type: string, event: JsonObject): StreamPart[] {
    const index = typeof event['index'] === 'number' ? event['index'] : 0
    switch (type) {
      case 'content_block_start':
        return this.#open(index, event['content_block'] ?? null)
      case 'content_block_delta':
        return this.#delta(index, isJsonObject(event['delta']) ? event['delta'] : {})
      case 'content_block_stop':
        return this.#close(index)
      case 'message_delta':
        return this.#messageDelta(event)
      default:
        return []
    }
  }

  #open(index: number, value: JsonValue): StreamPart[] {
    this.#anyBlock = true
    const [block] = readAnswerBlock(value)
    if (block?.kind === 'tool_use') {
      const call = this.#calls
      this.#calls += 1
      this.#blocks.set(index, { ...NEW_BLOCK, call, input: block.argumentsJson, citations: [] })
      return [{ kind: 'tool_delta', index: call, id: block.id || `call_${call}`, name: block.name, argumentsDelta: '' }]
    }
    this.#blocks.set(index, { ...NEW_BLOCK, from: this.#textLength, citations: [] })
    if (block?.kind === 'text') return this.#text(block.text)
    if (block?.kind !== 'reasoning') return []
    return block.text === '' && block.redacted === undefined && block.signature === undefined ? [] : [block]
  }

  #delta(index: number, delta: JsonObject): StreamPart[] {
    switch (textOr(delta['type'], '')) {
      case 'text_delta':
        return this.#text(delta['text'])
      case 'thinking_delta':
        return thoughtPart(delta['thinking'])
      case 'signature_delta': {
        const signature = textOr(delta['signature'], '')
        return signature === '' ? [] : [{ kind: 'reasoning', text: '', signature, signedBy: 'anthropic' }]
      }
      case 'citations_delta':
        this.#blocks.get(index)?.citations.push(delta['citation'] ?? null)
        return []
      case 'input_json_delta':
        return this.#fragment(this.#blocks.get(index), textOr(delta['partial_json'], ''))
      default:
        return []
    }
  }

  #text(value: JsonValue | undefined): StreamPart[] {
    if (typeof value !== 'string' || value === '') return []
    this.#textLength += value.length
    return [{ kind: 'text', text: value }]
  }

  #fragment(block: OpenBlock | undefined, argumentsDelta: string): StreamPart[] {
    if (block === undefined || block.call === null || argumentsDelta === '') return []
    block.fragments += 1
    return [{ kind: 'tool_delta', index: block.call, argumentsDelta }]
  }

  /** A call without arguments sends no fragment, or an empty one; other formats want an empty object. */
  #close(index: number): StreamPart[] {
    const block = this.#blocks.get(index)
    this.#blocks.delete(index)
    if (block !== undefined && block.citations.length > 0) {
      // They stand for the whole block, whose end is known only now.
      const cited = readClaudeCitations(block.citations, this.#textLength - block.from)
      return [{ kind: 'text', text: '', citations: shifted(cited, block.from) }]
    }
    if (block === undefined || block.call === null || block.fragments > 0) return []
    return [{ kind: 'tool_delta', index: block.call, argumentsDelta: block.input }]
  }

  #messageDelta(event: JsonObject): StreamPart[] {
    const delta = isJsonObject(event['delta']) ? event['delta'] : {}
    if (isJsonObject(event['usage'])) this.#usage = { ...this.#usage, ...filled(event['usage']) }
    const reason = readStopReason(delta['stop_reason'])
    if (reason === null) return []
    this.#finished = true
    const stop = delta['stop_sequence']
    const refusal = refusalText(delta['stop_details'])
    const usage = readMessagesUsage(this.#usage)
    return [
      ...(refusal === null ? [] : [{ kind: 'refusal' as const, text: refusal }]),
      { kind: 'finish', reason, ...(typeof stop === 'string' ? { stopSequence: stop } : {}) },
      ...(usage === null ? [] : [{ kind: 'usage' as const, usage }]),
    ]
  }

  #withRaw(parts: StreamPart[], event: JsonObject, payload: string): StreamPart[] {
    return this.#keepRaw ? withEvent(parts, { event, payload, isFraming }) : parts
  }
}

function thoughtPart(value: JsonValue | undefined): StreamPart[] {
  return typeof value === 'string' && value !== '' ? [{ kind: 'reasoning', text: value }] : []
}

/** Null in a later event means "as before". */
function filled(usage: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null))
}
