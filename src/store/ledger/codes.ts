import type { LedgerClosing } from '../../engine/ledger.ts'
import type { BudgetScope } from '../../engine/routing-config.ts'
import type { TokenUsage } from '../../wire/usage.ts'

/** Numbers that stand for names in the database. A number never changes its meaning; new names get new ones. */

export const OUTCOME: Readonly<Record<LedgerClosing['outcome'], number>> = {
  answered: 0,
  failed: 1,
  client_gone: 2,
  refused: 3,
  orphaned: 4,
}

export const USAGE_BASIS: Readonly<Record<TokenUsage['basis'], number>> = { reported: 0, counted: 1, estimated: 2 }

export const COST_BASIS: Readonly<Record<LedgerClosing['costBasis'], number>> = {
  ...USAGE_BASIS,
  reserved: 3,
  none: 4,
  unknown: 5,
}

export const SCOPE: Readonly<Record<BudgetScope, number>> = { global: 0, key: 1, user: 2, project: 3, group: 4 }

/** The name of a number; throws on one that this version does not know, which a checked schema version rules out. */
export function nameOf<Name extends string>(codes: Readonly<Record<Name, number>>, code: number): Name {
  for (const name in codes) if (codes[name] === code) return name
  throw new Error(`the ledger holds the unknown code ${code}`)
}

/** Milliseconds of the smallest roll-up: every time zone in use begins its hours on one of its borders. */
export const QUARTER_MS = 900_000
export const DAY_MS = 86_400_000
export const QUARTERS_A_DAY = DAY_MS / QUARTER_MS
