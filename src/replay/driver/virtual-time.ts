import type { Clock } from '../../pipeline/ports.ts'
import { Timers, type Mark, type Timer } from './timers.ts'

const MICROS = 1_000

/**
 * The clock of a replay: it stands still while code runs and jumps from event to event. Arrivals and settlements share
 * one queue, so that state changes happen in the order in which they happened when the traffic was recorded. Times are kept
 * in microseconds: whole numbers add up exactly, in whatever order.
 */
export class VirtualTime implements Clock {
  #now = 0
  /** The first moment; spans are counted from it, since a double holds few decimals of a time of day. */
  #started: number | null = null
  #order = 0
  #nextMark: Mark | null = null
  readonly #timers = new Timers()

  now(): number {
    return this.#now / MICROS
  }

  monotonic(): number {
    return (this.#now - (this.#started ?? 0)) / MICROS
  }

  /** Resolves `ms` of virtual time from now; an event that was recorded, at its place among the others of its run. */
  wait(ms: number, mark: Mark | null = this.#nextMark): Promise<void> {
    this.#nextMark = null
    return new Promise((resolve) => {
      const at = this.#now + micros(Math.max(0, ms))
      this.#timers.add({ at, order: this.#order++, mark, fire: resolve })
    })
  }

  /** The place of the wait that follows before anything else happens. */
  markNext(mark: Mark | null): void {
    this.#nextMark = mark
  }

  /** Fires everything due up to `at` (ms since the epoch), then moves there. Time never runs backwards. */
  async advanceTo(at: number, mark: Mark | null = null): Promise<void> {
    const until = micros(at)
    // Whatever has begun comes to its next wait before time moves on, or something new begins.
    await settled()
    for (let next = this.#timers.take(until, mark); next !== null; next = this.#timers.take(until, mark))
      await this.#fire(next, until)
    this.#now = Math.max(this.#now, until)
    this.#started ??= this.#now
  }

  /** Fires everything that is left, including what is set while doing so. */
  async drain(): Promise<void> {
    await settled()
    for (let next = this.#timers.take(Infinity, null); next !== null; next = this.#timers.take(Infinity, null))
      await this.#fire(next, Infinity)
  }

  async #fire(next: Timer, until: number): Promise<void> {
    this.#nextMark = null
    this.#now = Math.max(this.#now, Math.min(next.at, until))
    next.fire()
    // The woken exchange runs on in microtasks; only when they are through may the next event happen.
    await settled()
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function micros(ms: number): number {
  return Math.round(ms * MICROS)
}
