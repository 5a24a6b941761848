import type { CliContext } from '../context.ts'

const EVERY_MS = 10_000
const STEPS = 10

/** Plain progress on stderr: at most a line every ten per cent or ten seconds, none for runs that end at once. */
export class PlainProgress {
  readonly #context: CliContext
  readonly #total: number
  readonly #startedAt = performance.now()
  #lastAt = performance.now()
  #lastStep = 0

  constructor(context: CliContext, total: number) {
    this.#context = context
    this.#total = total
  }

  update(done: number): void {
    const now = performance.now()
    const step = this.#total === 0 ? 0 : Math.floor((done / this.#total) * STEPS)
    const due = now - this.#lastAt >= EVERY_MS || (step > this.#lastStep && now - this.#startedAt > 1000)
    if (!due || done === this.#total) return
    this.#lastAt = now
    this.#lastStep = step
    this.#context.note(`replayed ${done} of ${this.#total} fixtures`)
  }
}
