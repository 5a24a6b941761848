import { classText, inClass } from '../budgets/concerns.ts'
import { reservationFor, type Ask } from '../budgets/reservation.ts'
import type { DecideInput, Decision, Rejection } from '../decision.ts'
import type { BudgetLeft } from '../state.ts'
import { historyKey, type Compiled, type Entry } from './compiled.ts'

/** A model that a budget keeps out, and what the budget wants to happen then. */
export interface BudgetVerdict {
  readonly rejection: Extract<Rejection, { code: 'budget_exhausted' | 'price_unknown' }>
  readonly action: 'downgrade' | 'block'
}

/**
 * Whether the budgets of the snapshot let a model through. All of them concern this request (the snapshot holds no
 * others), so none is passed over. A budget is exhausted for a model when it can not hold what an attempt would have to
 * reserve; a request that costs nothing always fits. A model without a price fits no budget that can refuse, unless the
 * budget says what to charge then.
 */
export function budgetVerdict(entry: Entry, input: DecideInput, compiled: Compiled): BudgetVerdict | null {
  const { budgets } = input.state
  if (budgets.length === 0) return null
  const ask = askOf(entry, input)
  let verdict: BudgetVerdict | null = null
  for (const budget of budgets) {
    const { rule, subject, leftNanoUsd } = budget
    const action = rule.onExceed
    if (action === 'warn' || !inClass(entry.row, rule.modelClass, compiled.aliases)) continue
    if (verdict !== null && action !== 'block') continue
    const reservation = reservationFor(budget, ask)
    if (reservation.kind === 'unpriced') {
      verdict ??= { action, rejection: { code: 'price_unknown', budget: rule.name } }
    } else if (reservation.kind === 'short') {
      const { neededNanoUsd } = reservation
      const modelClass = rule.modelClass === undefined ? {} : { modelClass: classText(rule.modelClass) }
      verdict = {
        action,
        rejection: {
          code: 'budget_exhausted',
          budget: rule.name,
          subject,
          ...modelClass,
          leftNanoUsd,
          neededNanoUsd,
        },
      }
      if (action === 'block') return verdict
    }
  }
  return verdict
}

function askOf(entry: Entry, { asked, features, intent, state, config }: DecideInput): Ask {
  const history = state.outputTokens[historyKey(entry, intent.label)]
  const { defaultMaxOutput } = config
  return { row: entry.row, endpoint: asked.endpoint, features, intent: intent.label, history, defaultMaxOutput }
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
