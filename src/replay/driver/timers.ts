/** Place of an event in the recording of one proxy run. */
export interface Mark {
  readonly run: string
  /** Steps of one run tell the order in which things happened, also within a millisecond. */
  readonly step: number
}

export interface Timer {
  /** In microseconds. */
  readonly at: number
  /** Timers of one instant fire in the order they were set. */
  readonly order: number
  /** Null for what was never recorded. */
  readonly mark: Mark | null
  fire(): void
}

/** Clocks of a recording disagree by less than this, in microseconds; beyond it, time rules. */
const SKEW = 1_000_000

/** Timers by time, and those of a recording by its steps. */
export class Timers {
  readonly #byTime = new Heap(isEarlier)
  readonly #byStep = new Map<string, Heap>()

  add(timer: Timer): void {
    if (timer.mark === null) this.#byTime.push(timer)
    else this.#ofRun(timer.mark.run).push(timer)
  }

  /** Takes the next timer that fires before an arrival at `until` (which may have a mark of its own); null when none does. */
  take(until: number, mark: Mark | null): Timer | null {
    let from: Heap | null = null
    let next: Timer | null = null
    for (const heap of [this.#byTime, ...this.#byStep.values()]) {
      const first = heap.first()
      if (first === undefined || !isDue(first, until, mark)) continue
      if (next !== null && !isEarlier(first, next)) continue
      from = heap
      next = first
    }
    from?.pop()
    return next
  }

  #ofRun(run: string): Heap {
    const known = this.#byStep.get(run)
    if (known !== undefined) return known
    const heap = new Heap(isFormer)
    this.#byStep.set(run, heap)
    return heap
  }
}

function isDue(timer: Timer, until: number, mark: Mark | null): boolean {
  if (timer.mark === null || mark === null || timer.mark.run !== mark.run) return timer.at <= until
  if (timer.at <= until - SKEW) return true
  return timer.mark.step < mark.step && timer.at <= until + SKEW
}

function isEarlier(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function isFormer(a: Timer, b: Timer): boolean {
  const [first, second] = [a.mark?.step ?? 0, b.mark?.step ?? 0]
  return first < second || (first === second && a.order < b.order)
}

class Heap {
  readonly #timers: Timer[] = []
  readonly #before: (a: Timer, b: Timer) => boolean

  constructor(before: (a: Timer, b: Timer) => boolean) {
    this.#before = before
  }

  first(): Timer | undefined {
    return this.#timers[0]
  }

  push(timer: Timer): void {
    const heap = this.#timers
    let index = heap.push(timer) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !this.#before(timer, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = timer
  }

  pop(): void {
    const heap = this.#timers
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const child = this.#smallerChild(index)
      const below = heap[child]
      if (below === undefined || !this.#before(below, last)) break
      heap[index] = below
      index = child
    }
    heap[index] = last
  }

  #smallerChild(index: number): number {
    const left = 2 * index + 1
    const [a, b] = [this.#timers[left], this.#timers[left + 1]]
    return a !== undefined && b !== undefined && this.#before(b, a) ? left + 1 : left
  }
}
