import type { Citation, MediaBlock, StreamPart } from '../canonical.ts'
import { shifted, writePartAnnotations } from '../citations.ts'
import type { JsonObject } from '../json.ts'
import {
  callDelta,
  callDone,
  itemAdded,
  itemDone,
  partAdded,
  partAnnotated,
  partDelta,
  partDone,
  summaryAdded,
  summaryDelta,
  summaryDone,
  type ItemEvent,
} from './item-events.ts'
import {
  itemObject,
  type CallItem,
  type ImageItem,
  type MessageItem,
  type OutputItem,
  type ReasoningItem,
} from './output-items.ts'
import { writeSeal, type Seal } from './seal.ts'

type Part<K extends StreamPart['kind']> = Extract<StreamPart, { kind: K }>

export interface OutputOptions {
  /** End of every item's id. */
  readonly idSuffix: string
  readonly customTools: ReadonlySet<string>
  /** Items that were written by somebody else before. Absent: none. */
  readonly firstIndex?: number
}

/** The output items of one answer: grows by parts, and says each step as events. */
export class ResponseOutput {
  readonly #options: OutputOptions
  readonly #items: OutputItem[] = []
  /** The item that texts are being written to. */
  #open: MessageItem | ReasoningItem | null = null
  /** Calls stay open until the end, as fragments of parallel ones may come in turns. */
  readonly #calls = new Map<number, CallItem>()
  #cut = false
  /** Characters of text so far. */
  #textLength = 0

  constructor(options: OutputOptions) {
    this.#options = options
  }

  /** The output as it stands in the answer object. */
  objects(): JsonObject[] {
    const cutAt = this.#cut ? this.#items.length - 1 : -1
    return this.#items.map((item, at) => itemObject(item, at === cutAt || !item.done ? 'incomplete' : 'completed'))
  }

  text(kind: 'text' | 'refusal', text: string): ItemEvent[] {
    if (text === '') return []
    const events: ItemEvent[] = []
    const message = this.#openMessage(events)
    let part = message.parts.at(-1)
    if (part?.kind !== kind) {
      if (part !== undefined) events.push(...partDone(message, part))
      part = { kind, pieces: [], annotations: [], from: this.#textLength }
      message.parts.push(part)
      events.push(partAdded(message, part))
    }
    part.pieces.push(text)
    if (kind === 'text') this.#textLength += text.length
    events.push(partDelta(message, part, text))
    return events
  }

  /** Citations of the part that is open; of one that has been closed nobody would hear. */
  cite(citations: readonly Citation[]): ItemEvent[] {
    const message = this.#open?.kind === 'message' ? this.#open : null
    const part = message?.parts.at(-1)
    if (message === null || part?.kind !== 'text') return []
    return writePartAnnotations(shifted(citations, -part.from)).map((annotation) => {
      part.annotations.push(annotation)
      return partAnnotated(message, part)
    })
  }

  /** A picture is an item of its own; other media have no place. */
  media(block: MediaBlock): ItemEvent[] {
    if (block.kind !== 'image' || block.source.kind !== 'data') return []
    const events = this.#closeOpen(true)
    const { base64 } = block.source
    const item: ImageItem = { kind: 'image', ...this.#place('ig_'), base64, done: true }
    this.#add(item, events)
    return [...events, itemDone(item, true)]
  }

  reasoning(part: Part<'reasoning'>): ItemEvent[] {
    const { redacted, signedBy } = part
    if (redacted !== undefined)
      return this.sealed({ signature: redacted, ...(signedBy === undefined ? {} : { signedBy }) }, 'redacted')
    const seal = writeSeal(part, 'thought')
    if (part.text === '' && seal === null) return []
    const events: ItemEvent[] = []
    const item = this.#openReasoning(events)
    if (part.text !== '') {
      if (item.pieces.length === 0) events.push(summaryAdded(item))
      item.pieces.push(part.text)
      events.push(summaryDelta(item, part.text))
    }
    if (seal === null) return events
    // The seal ends a thought; what follows is another one.
    item.seal = seal
    return [...events, ...this.#closeOpen(true)]
  }

  /** An item that holds nothing but a provider's seal. */
  sealed(signed: Parameters<typeof writeSeal>[0], of: Seal['of']): ItemEvent[] {
    const seal = writeSeal(signed, of)
    if (seal === null) return []
    const events = this.#closeOpen(true)
    const item = this.#openReasoning(events)
    item.seal = seal
    return [...events, ...this.#closeOpen(true)]
  }

  tool(part: Part<'tool_delta'>): ItemEvent[] {
    const known = this.#calls.get(part.index)
    const events = known === undefined ? [...this.sealed(part, 'call'), ...this.#closeOpen(true)] : []
    const call = known ?? this.#newCall(part, events)
    if (part.argumentsDelta !== '') {
      call.pieces.push(part.argumentsDelta)
      events.push(callDelta(call, part.argumentsDelta))
    }
    return events
  }

  /** Closes all that is open; `whole` is false when a limit or a filter ended the answer. */
  close(whole: boolean): ItemEvent[] {
    this.#cut = !whole
    const last = this.#items.at(-1)
    const events = this.#closeOpen(whole || this.#open !== last)
    for (const call of this.#calls.values()) {
      if (call.done) continue
      // A call without arguments has said nothing so far, which is no JSON.
      if (call.pieces.length === 0 && !call.custom && whole) {
        call.pieces.push('{}')
        events.push(callDelta(call, '{}'))
      }
      call.done = true
      events.push(callDone(call), itemDone(call, whole || call !== last))
    }
    return events
  }

  #openMessage(events: ItemEvent[]): MessageItem {
    if (this.#open?.kind === 'message') return this.#open
    events.push(...this.#closeOpen(true))
    const item: MessageItem = { kind: 'message', ...this.#place('msg_'), parts: [], done: false }
    this.#open = item
    this.#add(item, events)
    return item
  }

  #openReasoning(events: ItemEvent[]): ReasoningItem {
    if (this.#open?.kind === 'reasoning') return this.#open
    events.push(...this.#closeOpen(true))
    const item: ReasoningItem = { kind: 'reasoning', ...this.#place('rs_'), pieces: [], seal: null, done: false }
    this.#open = item
    this.#add(item, events)
    return item
  }

  #newCall({ index, id, name }: Part<'tool_delta'>, events: ItemEvent[]): CallItem {
    const custom = name !== undefined && this.#options.customTools.has(name)
    const place = this.#place(custom ? 'ctc_' : 'fc_')
    const call: CallItem = {
      kind: 'call',
      ...place,
      callId: id ?? `call_${index}`,
      name: name ?? '',
      custom,
      pieces: [],
      done: false,
    }
    this.#calls.set(index, call)
    this.#add(call, events)
    return call
  }

  #add(item: OutputItem, events: ItemEvent[]): void {
    this.#items.push(item)
    events.push(itemAdded(item))
  }

  #place(prefix: string): { id: string; index: number } {
    const index = (this.#options.firstIndex ?? 0) + this.#items.length
    return { id: `${prefix}${this.#options.idSuffix}_${index}`, index }
  }

  #closeOpen(whole: boolean): ItemEvent[] {
    const item = this.#open
    if (item === null) return []
    this.#open = null
    item.done = true
    const last = item.kind === 'message' ? item.parts.at(-1) : undefined
    if (item.kind === 'reasoning') return [...summaryDone(item), itemDone(item, whole)]
    return [...(last === undefined ? [] : partDone(item, last)), itemDone(item, whole)]
  }
}
