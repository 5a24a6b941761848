import { accountAt, expire, leftOf, openAccount, reserve, resetsAt, settle } from '../../engine/budgets/account.ts'
import type { BudgetAccount, Hold } from '../../engine/budgets/account.ts'
import { inClass } from '../../engine/budgets/model-class.ts'
import { subjectsOf } from '../../engine/budgets/subjects.ts'
import type { Rights } from '../../engine/decision.ts'
import type { SpentPart, SpentQuery } from '../../engine/ledger.ts'
import type { BudgetRule } from '../../engine/routing-config.ts'
import type { BudgetLeft } from '../../engine/state.ts'

/** What was spent before the accounts were opened. */
export type SpentBefore = (rule: BudgetRule, query: SpentQuery) => readonly SpentPart[]

/** What a reservation is about: who, on which model, since when. */
export interface Purpose {
  readonly rights: Rights
  readonly model: string
  readonly tier: string
  readonly at: number
}

/** One attempt under way: what each account holds for it. */
export interface Reservation extends Purpose {
  readonly nanoUsd: number
  readonly legs: Map<Entry, Hold>
  expired: boolean
}

interface Entry {
  readonly rule: BudgetRule
  readonly subject: string
  account: BudgetAccount
  holds: number
}
