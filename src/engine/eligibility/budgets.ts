import { inClass } from '../budgets/concerns.ts'
import type { Decision, ExpectedCost, Rejection } from '../decision.ts'
import type { BudgetLeft } from '../state.ts'
import type { Compiled, Entry } from './compiled.ts'

/** A model that a budget keeps out, and what the budget wants to happen then. */
export interface BudgetVerdict {
  readonly rejection: Extract<Rejection, { code: 'budget_exhausted' | 'price_unknown' }>
  readonly action: 'downgrade' | 'block'
}

/**
 * Whether the budgets of the snapshot let a model through. All of them concern this request (the snapshot holds no
 * others), so none is passed over. A budget is exhausted for a model when the expected cost exceeds what is left; a
 * request that costs nothing always fits. A model without a price never fits a budget that can refuse.
 */
export function budgetVerdict(
  entry: Entry,
  cost: ExpectedCost | null,
  { budgets, compiled }: { readonly budgets: readonly BudgetLeft[]; readonly compiled: Compiled },
): BudgetVerdict | null {
  let verdict: BudgetVerdict | null = null
  for (const { rule, subject, leftNanoUsd } of budgets) {
    const action = rule.onExceed
    if (action === 'warn' || !inClass(entry.row, rule.modelClass, compiled.aliases)) continue
    if (verdict !== null && action !== 'block') continue
    if (cost === null) {
      verdict ??= { action, rejection: { code: 'price_unknown', budget: rule.name } }
    } else if (cost.nanoUsd > 0 && cost.nanoUsd > leftNanoUsd) {
      const neededNanoUsd = cost.nanoUsd
      verdict = {
        action,
        rejection: { code: 'budget_exhausted', budget: rule.name, subject, leftNanoUsd, neededNanoUsd },
      }
      if (action === 'block') return verdict
    }
  }
  return verdict
}

/** Budgets at or over their warning share, whatever they do when spent. */
export function budgetWarnings(budgets: readonly BudgetLeft[]): Decision['budgetWarnings'] {
  return budgets
    .filter(({ rule, leftNanoUsd }) => rule.limitNanoUsd - leftNanoUsd >= rule.limitNanoUsd * rule.warnAt)
    .map(({ rule, subject, leftNanoUsd }) => ({
      budget: rule.name,
      subject,
      leftNanoUsd,
      limitNanoUsd: rule.limitNanoUsd,
    }))
}
