import type { BudgetRule } from '../routing-config.ts'

/** Whether a budget reserves an upper bound for every attempt. One that only warns never does. */
export function isHard({ mode, onExceed }: BudgetRule): boolean {
  return onExceed !== 'warn' && (mode ?? (onExceed === 'block' ? 'hard' : 'soft')) === 'hard'
}
