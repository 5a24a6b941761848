import type { Hold } from '../../engine/budgets/account.ts'
import type { BudgetStanding } from '../../engine/state.ts'
import type { Entry, Reservation } from './entry.ts'

/** By how much the attempts under way may cost more than an account holds for them. */
export interface Exposure {
  readonly beyondNanoUsd: number
  /** The furthest over the limit that spend and all that was under way can have come; null: nobody can say. */
  readonly boundNanoUsd: number | null
}

export const UNEXPOSED: Exposure = { beyondNanoUsd: 0, boundNanoUsd: 0 }

type Attempt = Pick<Reservation, 'worstNanoUsd'>

/** To be called when the account holds what the attempt reserves. */
export function exposed({ account, rule, exposure }: Entry, { worstNanoUsd }: Attempt, hold: Hold): Exposure {
  const beyondNanoUsd = exposure.beyondNanoUsd + beyond(worstNanoUsd, hold)
  if (worstNanoUsd === null || exposure.boundNanoUsd === null || rule.onExceed === 'warn')
    return { beyondNanoUsd, boundNanoUsd: null }
  const furthest = account.spentNanoUsd + account.reservedNanoUsd + beyondNanoUsd - rule.limitNanoUsd
  return { beyondNanoUsd, boundNanoUsd: Math.max(exposure.boundNanoUsd, furthest) }
}

/** To be called when the attempt is settled. */
export function relieved({ exposure }: Pick<Entry, 'exposure'>, { worstNanoUsd }: Attempt, hold: Hold): Exposure {
  return { ...exposure, beyondNanoUsd: Math.max(0, exposure.beyondNanoUsd - beyond(worstNanoUsd, hold)) }
}

function beyond(worstNanoUsd: number | null, { nanoUsd }: Hold): number {
  return worstNanoUsd === null ? 0 : Math.max(0, worstNanoUsd - nanoUsd)
}

/** What is said of an entry to whoever answers for the budget. */
export function overshootOf({
  account,
  exposure,
}: Pick<Entry, 'account' | 'exposure'>): Pick<
  BudgetStanding,
  'spentNanoUsd' | 'reservedNanoUsd' | 'overshootNanoUsd' | 'overshootBoundNanoUsd'
> {
  const { spentNanoUsd, reservedNanoUsd, overshootNanoUsd } = account
  return { spentNanoUsd, reservedNanoUsd, overshootNanoUsd, overshootBoundNanoUsd: exposure.boundNanoUsd }
}
