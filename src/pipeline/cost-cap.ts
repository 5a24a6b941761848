import type { Decision, PlannedAttempt } from '../engine/decision.ts'
import { expectedCostOf } from '../engine/record-facts.ts'
import { mayBeBilled } from './attempt-facts.ts'
import type { UpstreamFailure } from './ports.ts'

/** The cap on what the attempts of one exchange may cost together, by expectation. Without a limit it allows all. */
export class CostCap {
  readonly #decision: Decision
  readonly #limitNanoUsd: number | undefined
  #spent = 0

  constructor(decision: Decision, limitNanoUsd: number | undefined) {
    this.#decision = decision
    this.#limitNanoUsd = limitNanoUsd
  }

  /** An unknown price can not be held under a cap. */
  allows(target: PlannedAttempt): boolean {
    if (this.#limitNanoUsd === undefined) return true
    const expected = this.#expected(target)
    return expected !== null && this.#spent + expected <= this.#limitNanoUsd
  }

  failed(target: PlannedAttempt, failure: UpstreamFailure): void {
    if (this.#limitNanoUsd !== undefined && mayBeBilled(failure)) this.#spent += this.#expected(target) ?? 0
  }

  #expected({ model }: PlannedAttempt): number | null {
    return expectedCostOf(this.#decision, model)?.nanoUsd ?? null
  }
}
