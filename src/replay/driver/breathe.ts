/** Items handled between two looks at timers and signals. */
const EVERY = 32

/**
 * Lets signals, timers and progress through now and then: a run over fixtures that are at hand at once would otherwise
 * live in microtasks alone and could not be interrupted.
 */
export class Breather {
  #count = 0

  async step(): Promise<void> {
    this.#count += 1
    if (this.#count % EVERY === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}
