import { costOfUsage } from '../../engine/cost.ts'
import type { Generation, Incoming } from '../../pipeline/ports.ts'
import { spentBudget } from '../../pipeline/budget-refusal.ts'
import type { BudgetUse } from '../summary/budget-types.ts'
import type { Fixture } from '../types.ts'
import { budgetsThatMoved } from './moved-by-budget.ts'
import { spentThen } from './opening.ts'
import { SpendBook } from './spend-book.ts'

/** What the recording itself spent under the budgets of a config, which did not hold it back. */
export class RecordedBook {
  readonly #matrix: Generation['matrix']
  readonly #book: SpendBook
  #latest: Fixture | undefined

  constructor(generation: Generation) {
    this.#matrix = generation.matrix
    this.#book = new SpendBook(generation, (rule, subject, now) =>
      spentThen(this.#latest?.ctx.state, { rule, subject, now }),
    )
  }

  /** Once for every fixture, in order. */
  add({ fixture, incoming: { rights } }: { readonly fixture: Fixture; readonly incoming: Incoming }): void {
    const { now } = fixture.ctx
    this.#latest = fixture
    this.#book.meet(rights, now)
    const { decision, res } = fixture
    if (decision !== undefined) {
      this.#book.downgraded(budgetsThatMoved(decision))
      if (decision.outcome.kind === 'refused' && decision.outcome.code === 'budget_exceeded')
        this.#book.refused(spentBudget(decision, fixture.ctx.state?.budgets ?? []).name)
    }
    const kept = fixture.kept_out?.at(-1)
    if (res?.error?.code === 'budget_exceeded' && kept !== undefined) this.#book.refused(kept.budget)
    if (res === undefined || res.model === '') return
    const row = this.#matrix.rows.find(({ id }) => id === res.model)
    const nanoUsd = res.cost?.nano_usd ?? knownCost(costOfUsage(res.usage, row?.prices ?? null))
    const charge = { rights, model: res.model, tier: row?.tier ?? '', nanoUsd, estimated: false, at: now, now }
    this.#book.charge(charge)
  }

  uses(): readonly BudgetUse[] {
    return this.#book.uses()
  }
}

function knownCost(cost: ReturnType<typeof costOfUsage>): number {
  return cost.kind === 'known' ? cost.nanoUsd : 0
}
