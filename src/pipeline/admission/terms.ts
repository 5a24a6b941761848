import { isHard } from '../../engine/budgets/mode.ts'
import { promptBound } from '../../engine/budgets/prompt-bound.ts'
import { worstCostNanoUsd, type Ask, type Reservations } from '../../engine/budgets/reservation.ts'
import type { Decision } from '../../engine/decision.ts'
import type { ModelRow } from '../../engine/matrix.ts'
import { expectedCostOf } from '../../engine/record-facts.ts'
import type { Generation, Incoming } from '../ports.ts'

/**
 * The most that the attempt can cost, for the bound on what soft budgets may be overshot by. What a hard budget holds is
 * that already.
 */
export function worstOf(
  needed: Extract<Reservations, { kind: 'fits' }>,
  ask: Ask,
  { request }: Incoming,
): number | null {
  if (needed.holds.every(({ budget }) => isHard(budget.rule) || budget.rule.onExceed === 'warn'))
    return needed.boundNanoUsd
  const { inputBound = promptBound(request), maxOutputTokens } = ask.features
  const features = { ...ask.features, inputBound, maxOutputTokens: maxOutputTokens ?? needed.maxOutputTokens }
  return worstCostNanoUsd({ ...ask, features })
}

/** Of the config in force; a model that a reload removed keeps its prices for the plans that were made with it. */
export function rowOf(model: string, now: Generation, planned: Generation): ModelRow | undefined {
  const named = ({ id }: ModelRow): boolean => id === model
  return now.matrix.rows.find(named) ?? planned.matrix.rows.find(named)
}

/** What the request is expected to use, as its decision reckons. */
export function expectedTokens(decision: Decision, model: string): number {
  return decision.features.inputTokens + (expectedCostOf(decision, model)?.outputTokens ?? 0)
}
