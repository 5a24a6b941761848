import type { ExchangeRecord } from '../../engine/record.ts'
import { createFigures, type LiveFigures } from './live-figures.ts'
import { recordRow, refusalRow, waitingRow, type LiveRow } from './live-row.ts'

/** What the live view is told; the events of the `dev` bus fit. */
type LiveEvent =
  | {
      readonly kind: 'started'
      readonly incoming: {
        readonly requestId: string
        readonly rights: { readonly alias: string }
        readonly asked: { readonly model: string }
      }
      readonly at: number
    }
  | { readonly kind: 'streaming'; readonly draft: ExchangeRecord }
  | { readonly kind: 'finished'; readonly record: ExchangeRecord }
  | {
      readonly kind: 'refused'
      readonly refusal: {
        readonly requestId: string
        readonly at: number
        readonly endpoint: string
        readonly status: number
        readonly code: string
        readonly ms: number
      }
    }
  | { readonly kind: 'config'; readonly accepted: boolean; readonly text: string }
  | { readonly kind: 'notice'; readonly text: string }

/** Facts about the running proxy; asked for whenever the view draws. */
export interface LiveStatus {
  readonly url: string
  readonly config: { readonly file: string | null; readonly hash: string; readonly rejected: string | null }
  readonly upstream: 'live' | 'recorded' | 'simulated'
  readonly recording: { readonly mode: 'new' | 'all'; readonly written: number; readonly dropped: number } | null
  readonly maxSpendNanoUsd: number | null
  /** The budget that is closest to its end; null without budgets. */
  readonly budget: BudgetStanding | null
  readonly inFlight: number
  readonly totals: { readonly calls: number; readonly costNanoUsd: number; readonly costUnknown: number }
}

export interface BudgetStanding {
  readonly name: string
  /** Empty for global. */
  readonly subject: string
  /** Spent and reserved. */
  readonly usedNanoUsd: number
  readonly limitNanoUsd: number
}

export interface LiveSnapshot {
  readonly status: LiveStatus
  readonly figures: LiveFigures
  /** Oldest first. */
  readonly rows: readonly LiveRow[]
  /** The last thing said about the proxy itself. */
  readonly notice: { readonly text: string; readonly bad: boolean } | null
}

/** What the live view draws from. */
export interface LiveSource {
  /** Calls back after every change; returns the way to stop. */
  subscribe(listener: () => void): () => void
  snapshot(): LiveSnapshot
  /** The full record of a row; null while it is waiting, when it was refused at the door, or when it is too old. */
  record(seq: number): ExchangeRecord | null
  clear(): void
}

export interface LiveFeed extends LiveSource {
  accept(event: LiveEvent): void
}

export interface FeedOptions {
  readonly status: () => LiveStatus
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly utcOffsetMinutes: number
  /** Rows kept; the oldest go first. */
  readonly rows?: number
  /** Full records kept for the detail screen; they are large, a row is small. */
  readonly records?: number
}

const ROWS = 5_000
const RECORDS = 500

/** Turns the events of a running proxy into what the live view shows, in bounded memory. */
export function createLiveFeed(options: FeedOptions): LiveFeed {
  return new Feed(options)
}

class Feed implements LiveFeed {
  readonly #options: FeedOptions
  readonly #figures = createFigures()
  readonly #listeners = new Set<() => void>()
  readonly #rows = new Map<number, LiveRow>()
  readonly #records = new Map<number, ExchangeRecord>()
  /** Requests under way. A client may reuse a request id, so rows are known by our own number. */
  readonly #open = new Map<string, number>()
  #last = 0
  #notice: LiveSnapshot['notice'] = null
  #list: readonly LiveRow[] | null = null

  constructor(options: FeedOptions) {
    this.#options = options
  }

  accept(event: LiveEvent): void {
    this.#apply(event)
    for (const listener of this.#listeners) listener()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  snapshot(): LiveSnapshot {
    this.#list ??= [...this.#rows.values()]
    const { status, now } = this.#options
    return { status: status(), figures: this.#figures.at(now()), rows: this.#list, notice: this.#notice }
  }

  record(seq: number): ExchangeRecord | null {
    return this.#records.get(seq) ?? null
  }

  clear(): void {
    const running = [...this.#rows.values()].filter(({ state }) => state !== 'done')
    this.#rows.clear()
    this.#records.clear()
    for (const row of running) this.#put(row)
    this.#list = null
  }

  #apply(event: LiveEvent): void {
    switch (event.kind) {
      case 'started':
        this.#started(event)
        return
      case 'streaming':
        this.#record(event.draft, 'streaming')
        return
      case 'finished':
        this.#record(event.record, 'done')
        return
      case 'refused': {
        // One that had begun ends so when it meets a bug of ours.
        const seq = this.#open.get(event.refusal.requestId) ?? this.#next()
        this.#open.delete(event.refusal.requestId)
        this.#put(refusalRow(event.refusal, this.#place(seq)))
        this.#figures.add({ at: this.#options.now(), totalMs: event.refusal.ms, failed: event.refusal.status >= 500 })
        return
      }
      case 'config':
        this.#notice = { text: event.text, bad: !event.accepted }
        return
      case 'notice':
        this.#notice = { text: event.text, bad: false }
    }
  }

  #started({ incoming, at }: Extract<LiveEvent, { kind: 'started' }>): void {
    const seq = this.#next()
    this.#open.set(incoming.requestId, seq)
    const { requestId, rights, asked } = incoming
    this.#put(waitingRow({ requestId, at, key: rights.alias, model: asked.model }, this.#place(seq)))
  }

  #record(record: ExchangeRecord, state: 'streaming' | 'done'): void {
    const seq = this.#open.get(record.requestId) ?? this.#next()
    if (state === 'done') {
      this.#open.delete(record.requestId)
      const failed = record.result.kind === 'failed'
      this.#figures.add({ at: this.#options.now(), totalMs: record.timing.totalMs, failed })
    } else {
      this.#open.set(record.requestId, seq)
    }
    this.#put(recordRow(record, state, this.#place(seq)))
    this.#records.set(seq, record)
    dropOldest(this.#records, this.#options.records ?? RECORDS)
  }

  #put(row: LiveRow): void {
    this.#rows.set(row.seq, row)
    dropOldest(this.#rows, this.#options.rows ?? ROWS)
    this.#list = null
  }

  #next(): number {
    this.#last += 1
    return this.#last
  }

  #place(seq: number): { seq: number; utcOffsetMinutes: number } {
    return { seq, utcOffsetMinutes: this.#options.utcOffsetMinutes }
  }
}

/** Maps keep the order of insertion, so the first key is the oldest. */
function dropOldest(map: Map<number, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return
    map.delete(key)
  }
}
