import type { Account, Hold } from '../../engine/budgets/account.ts'
import type { Rights } from '../../engine/decision.ts'
import type { SpentPart, SpentQuery } from '../../engine/ledger.ts'
import type { BudgetRule } from '../../engine/routing-config.ts'
import type { Exposure } from './exposure.ts'

/** What a subject spent on the models that `counts` names, before its account was opened. */
export type SpentBefore = (
  rule: BudgetRule,
  query: SpentQuery,
  counts: (part: Pick<SpentPart, 'model' | 'tier'>) => boolean,
) => readonly SpentPart[]

/** An attempt under way, as the accounts see it. */
export interface Reservation {
  readonly rights: Rights
  readonly model: string
  readonly tier: string
  readonly at: number
  /** The most that any account holds; what is charged when nothing is heard. */
  readonly nanoUsd: number
  /** The most that the attempt can cost; null when nobody can say. */
  readonly worstNanoUsd: number | null
  readonly holds: Map<Entry, Hold>
}

/** One budget of one subject. */
export interface Entry {
  rule: BudgetRule
  readonly subject: string
  account: Account
  exposure: Exposure
  /** Attempts under way; an account that holds something is never dropped. */
  busy: number
}

/** An attempt that asks for a reservation. */
export type Purpose = Omit<Reservation, 'holds' | 'nanoUsd'>
