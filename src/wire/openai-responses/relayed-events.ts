import { isJsonObject, type JsonObject } from '../json.ts'
import { sseEvent } from '../sse.ts'

/** Where the type of a payload begins: the decoder puts it first. */
const TYPE_AT = '{"type":"'.length
const ENDINGS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete'])
const SEQUENCE = '"sequence_number":'

/**
 * The provider's own events on their way to a client of the format: passed on with the model under its name here, and the
 * one that ends the response held back until the stream has ended well.
 */
export class RelayedEvents {
  readonly #model: string
  #head: JsonObject = {}
  #last = ''
  #ending: string | null = null
  #items = 0
  readonly #done: string[] = []

  constructor(model: string) {
    this.#model = model
  }

  /** The response as it was announced. */
  get head(): JsonObject {
    return this.#head
  }

  /** Items that were announced. */
  get items(): number {
    return this.#items
  }

  add(raw: string): string[] {
    const type = typeOf(raw)
    if (ENDINGS.has(type)) {
      this.#ending = raw
      return []
    }
    this.#last = raw
    if (type === 'response.output_item.added') this.#items += 1
    if (type === 'response.output_item.done') this.#done.push(raw)
    const event = type === 'response.created' || type === 'response.in_progress' ? this.#renamed(raw) : null
    if (event === null) return [sseEvent(type, raw)]
    if (isJsonObject(event['response'])) this.#head = event['response']
    return [sseEvent(type, JSON.stringify(event))]
  }

  /** The number that the next event has to have. In texts quotes are escaped, so that the member alone is found. */
  nextNumber(): number {
    const at = this.#last.indexOf(SEQUENCE)
    const number = at === -1 ? Number.NaN : Number.parseInt(this.#last.slice(at + SEQUENCE.length), 10)
    return Number.isNaN(number) ? 0 : number + 1
  }

  /** The event that ended the response, with its number and its answer; null when none came. */
  ending(): { readonly event: string; readonly response: JsonObject } | null {
    if (this.#ending === null) return null
    const event = this.#renamed(this.#ending) ?? {}
    const response = isJsonObject(event['response']) ? event['response'] : {}
    return { event: sseEvent(typeOf(this.#ending), JSON.stringify(event)), response }
  }

  /** Items that were written whole. */
  finishedItems(): JsonObject[] {
    return this.#done.flatMap((raw) => {
      const event: unknown = JSON.parse(raw)
      return isJsonObject(event) && isJsonObject(event['item']) ? [event['item']] : []
    })
  }

  #renamed(raw: string): JsonObject | null {
    const event: unknown = JSON.parse(raw)
    if (!isJsonObject(event) || !isJsonObject(event['response'])) return null
    return { ...event, response: { ...event['response'], model: this.#model } }
  }
}

function typeOf(raw: string): string {
  return raw.slice(TYPE_AT, raw.indexOf('"', TYPE_AT))
}
