import type { Clock } from '../../pipeline/ports.ts'

const MICROS = 1_000

interface Timer {
  /** In microseconds, as all times in here: whole numbers add up exactly, in whatever order. */
  readonly at: number
  /** Timers of one instant fire in the order they were set. */
  readonly order: number
  fire(): void
}

/**
 * The clock of a replay: it stands still while code runs and jumps from event to event. Arrivals and settlements share
 * one queue, so that state changes happen in the order in which they happened when the traffic was recorded.
 */
export class VirtualTime implements Clock {
  #now = 0
  /** The first moment; spans are counted from it, since a double holds few decimals of a time of day. */
  #started: number | null = null
  #order = 0
  readonly #heap: Timer[] = []

  now(): number {
    return this.#now / MICROS
  }

  monotonic(): number {
    return (this.#now - (this.#started ?? 0)) / MICROS
  }

  /** Resolves `ms` of virtual time from now. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#push({ at: this.#now + micros(Math.max(0, ms)), order: this.#order++, fire: resolve })
    })
  }

  /** Fires everything due up to `at` (ms since the epoch), then moves there. Time never runs backwards. */
  async advanceTo(at: number): Promise<void> {
    const until = micros(at)
    // Whatever has begun comes to its next wait before time moves on, or something new begins.
    await settled()
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) await this.#fire(next)
    this.#now = Math.max(this.#now, until)
    this.#started ??= this.#now
  }

  /** Fires everything that is left, including what is set while doing so. */
  async drain(): Promise<void> {
    for (let next = this.#heap[0]; next !== undefined; next = this.#heap[0]) await this.#fire(next)
  }

  async #fire(next: Timer): Promise<void> {
    this.#pop()
    this.#now = Math.max(this.#now, next.at)
    next.fire()
    // The woken exchange runs on in microtasks; only when they are through may the next event happen.
    await settled()
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let index = heap.push(timer) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !before(timer, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const child = smallerChild(heap, index)
      const below = heap[child]
      if (below === undefined || !before(below, last)) break
      heap[index] = below
      index = child
    }
    heap[index] = last
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function micros(ms: number): number {
  return Math.round(ms * MICROS)
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function smallerChild(heap: readonly Timer[], index: number): number {
  const left = 2 * index + 1
  const [a, b] = [heap[left], heap[left + 1]]
  return a !== undefined && b !== undefined && before(b, a) ? left + 1 : left
}
