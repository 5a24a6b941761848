import type { BudgetRule } from '../../engine/routing-config.ts'
import type { Generation } from '../../pipeline/ports.ts'
import { budgetPairs } from '../summary/budget-pairs.ts'
import type { BudgetPair } from '../summary/budget-types.ts'
import type { Assumption } from '../summary/types.ts'
import type { Arm } from './arm.ts'
import { RecordedBook } from './recorded-book.ts'
import type { ReplayItem } from './run.ts'

/** An arm with the config behind it; none for the recorded one. */
export interface WatchedArm {
  readonly arm: Arm
  readonly generation: Generation | null
}

interface Candidate extends WatchedArm {
  readonly generation: Generation
  /** The recording under the candidate's budgets, when that is the baseline. */
  readonly recorded: RecordedBook | null
}

/** Watches a run for what its budgets did, and for what keeps them from draining as they did when it was recorded. */
export class BudgetWatch {
  readonly #baseline: WatchedArm
  readonly #candidates: readonly Candidate[]
  readonly #lastSeq = new Map<string, number>()
  #missing = 0
  #unstable = 0

  constructor(baseline: WatchedArm, candidates: readonly (WatchedArm & { readonly generation: Generation })[]) {
    this.#baseline = baseline
    this.#candidates = candidates.map((candidate) => ({
      ...candidate,
      recorded: baseline.generation === null ? new RecordedBook(candidate.generation) : null,
    }))
  }

  /** Once for every fixture, in order. */
  add(item: ReplayItem): void {
    for (const { recorded } of this.#candidates) recorded?.add(item)
    if (item.fixture.redaction?.amounts_stable === false) this.#unstable += 1
    const { run, seq } = item.fixture
    if (run === undefined || seq === undefined) return
    const last = this.#lastSeq.get(run)
    if (last !== undefined && seq > last) this.#missing += seq - last - 1
    this.#lastSeq.set(run, seq)
  }

  /** The budgets of each candidate beside those of the baseline; undefined where neither has any. */
  pairs(): readonly (readonly BudgetPair[] | undefined)[] {
    return this.#candidates.map(({ arm, generation, recorded }) => {
      const candidate = { rules: generation.routing.budgets, uses: arm.spending().budgets }
      const own = { rules: rulesOf(this.#baseline.generation), uses: this.#baseline.arm.spending().budgets }
      const baseline = recorded === null ? own : { rules: candidate.rules, uses: recorded.uses() }
      const pairs = budgetPairs(baseline, candidate)
      return pairs.length === 0 ? undefined : pairs
    })
  }

  /** What a reader of those figures must know; `partial` when only a part of the fixtures was run. */
  notes(partial: boolean): readonly Assumption[] {
    const arms = [this.#baseline, ...this.#candidates]
    if (arms.every(({ generation }) => rulesOf(generation).length === 0)) return []
    const spendings = arms.map(({ arm }) => arm.spending())
    const [differing] = spendings.toSorted((a, b) => b.differing - a.differing)
    const notes: (Assumption | false)[] = [
      partial && { code: 'budgets_partial' },
      !partial && this.#missing > 0 && { code: 'spend_missing', exchanges: this.#missing },
      this.#unstable > 0 && { code: 'amounts_redacted', fixtures: this.#unstable },
      differing !== undefined &&
        differing.differing > 0 && { code: 'balances_differ', fixtures: differing.differing, of: differing.compared },
    ]
    return notes.filter((note) => note !== false)
  }
}

function rulesOf(generation: Generation | null): readonly BudgetRule[] {
  return generation?.routing.budgets ?? []
}
