import type { PlannedAttempt } from '../engine/decision.ts'
import type { BudgetFacts } from '../engine/record.ts'
import type { BudgetLeft } from '../engine/state.ts'
import type { GatewayError } from '../wire/errors.ts'
import type { Admitted } from './ports.ts'

/** What the budgets had to do with one exchange so far. */
export class Spending {
  #reservedNanoUsd = 0
  #settledNanoUsd = 0
  #imposed: number | null = null
  #left: readonly BudgetLeft[] = []
  readonly #keptOut: NonNullable<BudgetFacts['keptOut']>[number][] = []

  admitted({ reservedNanoUsd, maxOutputTokens }: Admitted): void {
    this.#reservedNanoUsd += reservedNanoUsd
    this.#imposed = maxOutputTokens
  }

  /** Output limit of the attempt under way that its client did not set; null for none. */
  get imposedMaxOutputTokens(): number | null {
    return this.#imposed
  }

  /** A budget does not hold an attempt on the target. */
  refused({ model, provider }: PlannedAttempt, { data }: GatewayError): void {
    const budget = data?.['budget']
    this.#keptOut.push({ model, provider, budget: typeof budget === 'string' ? budget : '' })
  }

  settled(nanoUsd: number): void {
    this.#settledNanoUsd += nanoUsd
  }

  /** Balances as they stand now. */
  seen(left: readonly BudgetLeft[]): void {
    this.#left = left
  }

  /** Null when no budget concerned the exchange. */
  facts(): BudgetFacts | null {
    if (this.#left.length === 0 && this.#keptOut.length === 0) return null
    return {
      reservedNanoUsd: this.#reservedNanoUsd,
      settledNanoUsd: this.#settledNanoUsd,
      ...(this.#imposed === null ? {} : { imposedMaxOutputTokens: this.#imposed }),
      ...(this.#keptOut.length === 0 ? {} : { keptOut: [...this.#keptOut] }),
      left: this.#left.map(({ rule, subject, leftNanoUsd, resetsAt }) => ({
        budget: rule.name,
        scope: rule.scope,
        subject,
        leftNanoUsd,
        limitNanoUsd: rule.limitNanoUsd,
        resetsAt,
      })),
    }
  }
}
