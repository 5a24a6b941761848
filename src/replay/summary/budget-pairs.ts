import { classText } from '../../engine/budgets/concerns.ts'
import type { BudgetRule } from '../../engine/routing-config.ts'
import type { BudgetPair, BudgetUse } from './budget-types.ts'

interface ArmBudgets {
  readonly rules: readonly BudgetRule[]
  readonly uses: readonly BudgetUse[]
}

/** The budgets of two arms by name: those of the candidate in the order of its config, then those it does not have. */
export function budgetPairs(baseline: ArmBudgets, candidate: ArmBudgets): readonly BudgetPair[] {
  const rules = new Map([...candidate.rules, ...baseline.rules].map((rule) => [rule.name, rule]))
  const useOf = ({ uses }: ArmBudgets, name: string): BudgetUse | null =>
    uses.find(({ budget }) => budget === name) ?? null
  return [...rules.values()].map(({ name, scope, window, modelClass }) => ({
    budget: name,
    scope,
    window,
    modelClass: modelClass === undefined ? null : classText(modelClass),
    baseline: useOf(baseline, name),
    candidate: useOf(candidate, name),
  }))
}
