/** When an exchange touched what all exchanges share: its decision, and admission and settlement of each attempt. */
export interface ExchangeSteps {
  readonly decided: number
  /** In the order of the attempts; `settled` is null while one runs. */
  readonly attempts: readonly { readonly admitted: number; readonly settled: number | null }[]
}

/** Numbers what happens in a pipeline, in the order in which it happens: clocks are too coarse to tell. */
export class StepCounter {
  #next = 0

  next(): number {
    return this.#next++
  }
}

/** The steps of one exchange so far. */
export class Steps implements ExchangeSteps {
  readonly decided: number
  readonly attempts: { readonly admitted: number; settled: number | null }[] = []
  readonly #counter: StepCounter
  #admitted = 0

  constructor(counter: StepCounter) {
    this.#counter = counter
    this.decided = counter.next()
  }

  admitted(): void {
    this.#admitted = this.#counter.next()
  }

  /** The attempt that was admitted last has called its target. */
  called(): void {
    this.attempts.push({ admitted: this.#admitted, settled: null })
  }

  /** An attempt that called nobody leaves no trace. */
  settled(): void {
    const settled = this.#counter.next()
    const last = this.attempts.at(-1)
    if (last !== undefined && last.settled === null) last.settled = settled
  }
}
