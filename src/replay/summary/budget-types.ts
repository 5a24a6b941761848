import type { BudgetRule, BudgetScope } from '../../engine/routing-config.ts'

/** What one arm did under one budget of its config. */
export interface BudgetUse {
  readonly budget: string
  readonly limitNanoUsd: number
  /** Accounts under it: users, keys, projects or groups; 1 for global. */
  readonly subjects: number
  /** Accounts that began full, since the recording does not say what was left. */
  readonly openedFull: number
  /** In all windows and by all subjects. */
  readonly chargedNanoUsd: number
  /** The part of it that is an estimate, since the answer is not on record. */
  readonly estimatedNanoUsd: number
  /** The most that one subject had spent in one window. */
  readonly fullestNanoUsd: number
  /** Requests that went to a lower tier, or to another model than the one they named, because of it. */
  readonly downgrades: number
  readonly refusals: number
}

/** A budget under both arms. */
export interface BudgetPair {
  readonly budget: string
  readonly scope: BudgetScope
  readonly window: BudgetRule['window']
  /** As in the config, such as `tier:premium`; null for every model. */
  readonly modelClass: string | null
  /** Null when the arm's config has no such budget. */
  readonly baseline: BudgetUse | null
  readonly candidate: BudgetUse | null
}
