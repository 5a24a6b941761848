import type { LedgerOpening, LedgerRow, SpentPart, SpentQuery } from '../../engine/ledger.ts'
import type { LedgerPort } from '../../pipeline/ports.ts'
import { GatewayError } from '../../wire/errors.ts'
import { isBusy, storeFailure } from '../failure.ts'
import type { Connection } from '../open.ts'
import { LedgerQueue } from './queue.ts'
import { createRollUp, type RollUp } from './roll-up.ts'
import { createSpentReader, type SpentReader } from './spent.ts'
import { TroubleTeller, type ToldTrouble } from './trouble.ts'
import { createLedgerWriter, type LedgerGroup } from './writer.ts'

export interface LedgerOptions {
  readonly onTrouble: (trouble: ToldTrouble) => void
  /** Milliseconds that what nobody waits for may wait for company. */
  readonly groupMs?: number
  /** Milliseconds between roll-ups. */
  readonly rollUpMs?: number
  /** Milliseconds between tries while the store fails. */
  readonly retryMs?: number
  /** Openings and closings that may wait in memory while the store fails. */
  readonly mostWaiting?: number
}

export type Ledger = LedgerPort & {
  accepts(): boolean
  /** Whether the store takes what it is told, for a readiness probe. */
  failing(): boolean
  /** Writes what waits, or tells that it is lost. The connection stays open. */
  close(): Promise<void>
}

/**
 * The ledger in SQLite; call `recoverOrphans` before. Rows are committed in groups: at the next macrotask when somebody waits
 * for them, else after some milliseconds. Roll-ups follow about once a second, and readers add the rows that these lack.
 *
 * While the store fails, rows wait in memory and are tried again; `durable()` then resolves without them, so that answers
 * still go out. Budgets count in memory and go on holding. When no more may wait, `accepts()` is false: what would then be
 * admitted is in danger of never being charged.
 */
export function createLedger(connection: Connection, options: LedgerOptions): Ledger {
  return new StoredLedger(connection, options)
}

const DEFAULTS = { groupMs: 10, rollUpMs: 1000, retryMs: 1000, mostWaiting: 50_000 }
/** Rows brought into the roll-ups in one transaction: some milliseconds. */
const ROLL_UP_ROWS = 500
/** A locked store may be free again in a moment; only after so many tries in a row it counts as failing. */
const BUSY_TRIES = 5
const BUSY_WAIT_MS = 10

class StoredLedger implements Ledger {
  readonly #options: Required<LedgerOptions>
  readonly #path: string
  readonly #write: (group: LedgerGroup) => void
  readonly #rollUp: RollUp
  readonly #committed: SpentReader
  readonly #trouble: TroubleTeller
  readonly #queue = new LedgerQueue()
  #waiters: (() => void)[] = []
  #timer: NodeJS.Timeout | null = null
  #soon: NodeJS.Immediate | null = null
  #rollUpTimer: NodeJS.Timeout | null = null
  /** At first: what an earlier run did not get to. */
  #rollUpDue = true
  #busyTries = 0
  #closed = false

  constructor(connection: Connection, options: LedgerOptions) {
    this.#options = { ...DEFAULTS, ...options }
    this.#path = connection.name
    this.#write = createLedgerWriter(connection)
    this.#rollUp = createRollUp(connection)
    this.#committed = createSpentReader(connection)
    this.#trouble = new TroubleTeller(this.#options.onTrouble)
    this.#runSoon()
  }

  opened(opening: LedgerOpening): void {
    if (this.#closed || !this.accepts()) return
    this.#queue.open(opening)
    this.#runAfter(this.#options.groupMs)
  }

  closed(row: LedgerRow): void {
    this.#queue.close(row)
    if (this.#closed) {
      // Settled after the end: written at once or told as lost, never left to a timer.
      void this.close()
      return
    }
    if (this.#trouble.failing && !this.accepts()) this.#trouble.full(this.#queue.waiting)
    this.#runAfter(this.#options.groupMs)
  }

  durable(): Promise<void> {
    if (this.#queue.waiting === 0 || this.#trouble.failing) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
      if (this.#busyTries === 0) this.#runSoon()
    })
  }

  spent(query: SpentQuery): readonly SpentPart[] {
    try {
      return [...this.#committed(query), ...this.#queue.spent(query)]
    } catch (error) {
      // May reach an HTTP client, so the path of the file stays in the cause.
      throw new GatewayError('store_failed', 'the ledger can not be read', { cause: storeFailure(this.#path, error) })
    }
  }

  accepts(): boolean {
    return this.#queue.waiting < this.#options.mostWaiting
  }

  failing(): boolean {
    return this.#trouble.failing
  }

  close(): Promise<void> {
    this.#closed = true
    this.#rollUpDue = true
    do this.#run()
    while ((this.#queue.waiting > 0 || this.#rollUpDue) && !this.#trouble.failing)
    this.#cancelTimers()
    if (this.#rollUpTimer !== null) clearTimeout(this.#rollUpTimer)
    if (this.#queue.waiting > 0) this.#trouble.lost(this.#queue.closings)
    return Promise.resolve()
  }

  #run(): void {
    this.#cancelTimers()
    try {
      const group = this.#queue.next()
      if (group.openings.length + group.closings.length > 0) {
        this.#write(group)
        this.#queue.written(group)
        this.#rollUpLater()
      }
      if (this.#rollUpDue) this.#rollUpDue = this.#rollUp.step(ROLL_UP_ROWS)
      this.#busyTries = 0
    } catch (error) {
      this.#failed(error)
      return
    }
    if (this.#queue.waiting === 0) {
      this.#trouble.over()
      this.#wake()
    }
    if (this.#queue.waiting > 0 || this.#rollUpDue) this.#runSoon()
  }

  #failed(error: unknown): void {
    this.#busyTries += 1
    if (isBusy(error) && this.#busyTries < BUSY_TRIES) {
      this.#runAfter(BUSY_WAIT_MS)
      return
    }
    this.#trouble.failed(storeFailure(this.#path, error), this.#queue.waiting)
    this.#wake()
    this.#runAfter(this.#options.retryMs)
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const resolve of waiters) resolve()
  }

  #rollUpLater(): void {
    if (this.#rollUpTimer !== null) return
    this.#rollUpTimer = setTimeout(() => {
      this.#rollUpTimer = null
      this.#rollUpDue = true
      this.#runSoon()
    }, this.#options.rollUpMs).unref()
  }

  #runSoon(): void {
    this.#soon ??= setImmediate(() => this.#run())
  }

  #runAfter(ms: number): void {
    this.#timer ??= setTimeout(() => this.#run(), ms)
  }

  #cancelTimers(): void {
    if (this.#soon !== null) clearImmediate(this.#soon)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#soon = null
    this.#timer = null
  }
}
