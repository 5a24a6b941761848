import { countsAlike } from '../../engine/budgets/account.ts'
import type { SpentPart } from '../../engine/ledger.ts'
import type { BudgetRule } from '../../engine/routing-config.ts'
import type { StateSnapshot } from '../../engine/state.ts'
import { partOf } from './spend-book.ts'

/**
 * What a subject had spent under a budget when an exchange was recorded, as parts that open an account; null when the
 * recording does not say, or counted otherwise.
 */
export function spentThen(
  snapshot: StateSnapshot | undefined,
  { rule, subject, now }: { readonly rule: BudgetRule; readonly subject: string; readonly now: number },
): readonly SpentPart[] | null {
  const known = snapshot?.budgets.find((budget) => budget.rule.name === rule.name && budget.subject === subject)
  if (known === undefined || !countsAlike(known.rule, rule)) return null
  if (known.slots !== undefined) return known.slots.map((slot) => partOf(slot))
  const nanoUsd = Math.max(0, known.rule.limitNanoUsd - known.leftNanoUsd)
  return [{ at: now, model: '', tier: '', nanoUsd }]
}
