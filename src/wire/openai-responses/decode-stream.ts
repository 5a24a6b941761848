import type { StreamPart } from '../canonical.ts'
import { readAnnotations, shifted } from '../citations.ts'
import { readProviderError } from '../error-body.ts'
import { isJsonObject, parseObject, textOr, type JsonObject, type JsonValue } from '../json.ts'
import type { DecodedEvent, StreamDecoder } from '../reading.ts'
import { withEvent } from '../with-event.ts'
import { callId, readEnding, sealOf } from './read-answer.ts'
import { readResponsesUsage } from './usage.ts'

/** A call that has been announced. */
interface OpenCall {
  readonly index: number
  fragments: number
}

/** Events that open, close or repeat what others say; a stream of nothing but such events is empty. */
const FRAMING =
  /^response\.(?:created|queued|in_progress|output_item\.added|content_part\.|reasoning_summary_part\.|.+\.done$)/

/** Items that say nothing by being announced alone. */
const PLAIN_ITEMS: ReadonlySet<unknown> = new Set(['message', 'reasoning', 'function_call', 'custom_tool_call'])

/**
 * Turns the events of one response into parts. Every event is kept for the client, which speaks the same format: as the
 * `raw` of its first part, or as an opaque part when it has none.
 */
export class ResponsesStreamDecoder implements StreamDecoder {
  readonly #calls = new Map<number, OpenCall>()
  #started = false
  #finished = false
  /** Characters of text so far, and where the open part begins among them. */
  #textLength = 0
  #partFrom = 0

  get finished(): boolean {
    return this.#finished
  }

  push(payload: string): DecodedEvent {
    const trimmed = payload.trim()
    if (trimmed === '' || trimmed === '[DONE]') return { kind: 'parts', parts: [] }
    const event = parseObject(trimmed)
    if (event === null) return { kind: 'malformed', message: 'an event of the stream is not a JSON object' }
    const type = textOr(event['type'], '')
    const response = isJsonObject(event['response']) ? event['response'] : {}
    if (type === 'error') return { kind: 'error', error: readProviderError(event) }
    if (type === 'response.failed') return { kind: 'error', error: readProviderError(response) }
    if (this.#finished) return { kind: 'parts', parts: [] }
    const start = this.#start(response)
    const parts = withEvent([...start, ...this.#parts(type, event, response)], {
      event,
      payload: trimmed,
      isFraming,
    })
    return this.#finished ? { kind: 'done', parts } : { kind: 'parts', parts }
  }

  /** Nothing is held back in this format. */
  end(): StreamPart[] {
    return []
  }

  #start({ id, model, created_at: created }: JsonObject): StreamPart[] {
    if (this.#started) return []
    this.#started = true
    const stamp = typeof created === 'number' && created > 0 ? { created } : {}
    return [{ kind: 'start', id: textOr(id, ''), model: textOr(model, ''), ...stamp }]
  }

  #parts(type: string, event: JsonObject, response: JsonObject): StreamPart[] {
    const index = typeof event['output_index'] === 'number' ? event['output_index'] : 0
    const item = isJsonObject(event['item']) ? event['item'] : {}
    switch (type) {
      case 'response.output_text.delta':
        return this.#text(event['delta'])
      case 'response.content_part.added':
        this.#partFrom = this.#textLength
        return []
      case 'response.output_text.annotation.added':
        return this.#cited(event['annotation'] ?? null)
      case 'response.refusal.delta':
        return textPart('refusal', event['delta'])
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return textPart('reasoning', event['delta'])
      case 'response.output_item.added':
        return this.#open(index, item)
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#fragment(index, textOr(event['delta'], ''))
      case 'response.function_call_arguments.done':
        return this.#whole(index, textOr(event['arguments'], ''))
      case 'response.custom_tool_call_input.done':
        return this.#whole(index, textOr(event['input'], ''))
      case 'response.output_item.done':
        return this.#sealed(item)
      case 'response.completed':
      case 'response.incomplete':
        return this.#ending(response)
      default:
        return []
    }
  }

  #text(value: JsonValue | undefined): StreamPart[] {
    const parts = textPart('text', value)
    if (typeof value === 'string') this.#textLength += value.length
    return parts
  }

  #cited(annotation: JsonValue): StreamPart[] {
    const citations = shifted(readAnnotations([annotation]), this.#partFrom)
    return citations.length === 0 ? [] : [{ kind: 'text', text: '', citations }]
  }

  #open(outputIndex: number, item: JsonObject): StreamPart[] {
    if (item['type'] !== 'function_call' && item['type'] !== 'custom_tool_call') return []
    const call = { index: this.#calls.size, fragments: 0 }
    this.#calls.set(outputIndex, call)
    const id = callId(item) || `call_${call.index}`
    return [{ kind: 'tool_delta', index: call.index, id, name: textOr(item['name'], ''), argumentsDelta: '' }]
  }

  #fragment(outputIndex: number, argumentsDelta: string): StreamPart[] {
    const call = this.#calls.get(outputIndex)
    if (call === undefined || argumentsDelta === '') return []
    call.fragments += 1
    return [{ kind: 'tool_delta', index: call.index, argumentsDelta }]
  }

  /** Arguments that came in no fragments come whole. */
  #whole(outputIndex: number, said: string): StreamPart[] {
    return this.#calls.get(outputIndex)?.fragments === 0 ? this.#fragment(outputIndex, said) : []
  }

  #sealed(item: JsonObject): StreamPart[] {
    const seal = item['type'] === 'reasoning' ? sealOf(item) : {}
    return seal.signature === undefined ? [] : [{ kind: 'reasoning', text: '', ...seal }]
  }

  #ending(response: JsonObject): StreamPart[] {
    const reason = readEnding(response, this.#calls.size > 0)
    if (reason === null) return []
    this.#finished = true
    const usage = readResponsesUsage(response['usage'])
    return [{ kind: 'finish', reason }, ...(usage === null ? [] : [{ kind: 'usage' as const, usage }])]
  }
}

/** True for an event without parts that says nothing to the client. An item of a tool that the provider runs does. */
function isFraming({ type, item }: JsonObject): boolean {
  if (!FRAMING.test(textOr(type, ''))) return false
  return !isJsonObject(item) || PLAIN_ITEMS.has(item['type'])
}

function textPart(kind: 'text' | 'reasoning' | 'refusal', value: JsonValue | undefined): StreamPart[] {
  return typeof value === 'string' && value !== '' ? [{ kind, text: value }] : []
}
