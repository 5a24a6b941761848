import { accountAt, adopt, openAccount, settle, type Account, type Slot } from '../../engine/budgets/account.ts'
import { budgetSubjects, inClass } from '../../engine/budgets/concerns.ts'
import type { Rights } from '../../engine/decision.ts'
import { compile } from '../../engine/eligibility/compiled.ts'
import type { SpentPart } from '../../engine/ledger.ts'
import type { BudgetRule } from '../../engine/routing-config.ts'
import type { Generation } from '../../pipeline/ports.ts'
import type { BudgetUse } from '../summary/budget-types.ts'

/** What was spent under a budget before the run; null when nothing tells. */
export type Opening = (rule: BudgetRule, subject: string, now: number) => readonly SpentPart[] | null

export interface Spent {
  readonly rights: Rights
  readonly model: string
  readonly tier: string
  readonly nanoUsd: number
  /** The cost is an estimate, since the answer is not on record. */
  readonly estimated: boolean
  /** Admission of the attempt, and when its cost was known; ms since the epoch. */
  readonly at: number
  readonly now: number
}

type Sums = { -readonly [Name in Exclude<keyof BudgetUse, 'subjects'>]: BudgetUse[Name] }

/** What one arm spends under each budget. It only counts: whether a budget holds is for the gate to say. */
export class SpendBook {
  readonly #generation: Generation
  readonly #opening: Opening
  readonly #accounts = new Map<string, Account>()
  readonly #sums: ReadonlyMap<string, Sums>
  readonly #subjects = new Map<string, number>()

  constructor(generation: Generation, opening: Opening) {
    this.#generation = generation
    this.#opening = opening
    this.#sums = new Map(generation.routing.budgets.map((rule) => [rule.name, emptySums(rule)]))
  }

  /** Opens the accounts of a caller, so that they start with what was left when it first came. */
  meet(rights: Rights, now: number): void {
    for (const rule of this.#generation.routing.budgets)
      for (const subject of budgetSubjects(rule, rights)) this.#account(rule, subject, now)
  }

  /** What an account holds, as parts that open another one like it. */
  spent(rule: BudgetRule, subject: string): readonly SpentPart[] {
    const slots = this.#accounts.get(keyOf(rule, subject))?.slots ?? []
    return slots.map((slot) => partOf(slot))
  }

  charge(spent: Spent): void {
    const { routing, matrix } = this.#generation
    if (routing.budgets.length === 0) return
    const { aliases } = compile(routing, matrix)
    for (const rule of routing.budgets) {
      if (!inClass({ id: spent.model, tier: spent.tier }, rule.modelClass, aliases)) continue
      for (const subject of budgetSubjects(rule, spent.rights)) this.#charge(rule, subject, spent)
    }
  }

  downgraded(budgets: readonly string[]): void {
    for (const name of budgets) {
      const sums = this.#sums.get(name)
      if (sums !== undefined) sums.downgrades += 1
    }
  }

  refused(budget: string): void {
    const sums = this.#sums.get(budget)
    if (sums !== undefined) sums.refusals += 1
  }

  /** In the order of the config. */
  uses(): readonly BudgetUse[] {
    return [...this.#sums].map(([name, sums]) => ({ ...sums, subjects: this.#subjects.get(name) ?? 0 }))
  }

  #charge(rule: BudgetRule, subject: string, { nanoUsd, estimated, at, now }: Spent): void {
    const held = adopt(this.#account(rule, subject, now), rule, { nanoUsd: 0, now, at })
    const account = settle(held.account, rule, { hold: held.hold, nanoUsd, now })
    this.#accounts.set(keyOf(rule, subject), account)
    const sums = this.#sums.get(rule.name)
    if (sums === undefined) return
    sums.chargedNanoUsd += nanoUsd
    if (estimated) sums.estimatedNanoUsd += nanoUsd
    sums.fullestNanoUsd = Math.max(sums.fullestNanoUsd, account.spentNanoUsd)
  }

  #account(rule: BudgetRule, subject: string, now: number): Account {
    const key = keyOf(rule, subject)
    const known = this.#accounts.get(key)
    if (known !== undefined) return accountAt(known, rule, now)
    const before = this.#opening(rule, subject, now)
    const account = openAccount(rule, before ?? [], now)
    this.#accounts.set(key, account)
    this.#subjects.set(rule.name, (this.#subjects.get(rule.name) ?? 0) + 1)
    const sums = this.#sums.get(rule.name)
    if (sums === undefined) return account
    if (before === null) sums.openedFull += 1
    sums.fullestNanoUsd = Math.max(sums.fullestNanoUsd, account.spentNanoUsd)
    return account
  }
}

/** A moment inside the slot: exact quarters of an hour are taken for sums over all of the quarter. */
export function partOf({ start, spentNanoUsd, reservedNanoUsd }: Slot): SpentPart {
  return { at: start + 1, model: '', tier: '', nanoUsd: spentNanoUsd + reservedNanoUsd }
}

function keyOf(rule: BudgetRule, subject: string): string {
  return `${rule.name}\n${subject}`
}

function emptySums({ name, limitNanoUsd }: BudgetRule): Sums {
  return {
    budget: name,
    limitNanoUsd,
    openedFull: 0,
    chargedNanoUsd: 0,
    estimatedNanoUsd: 0,
    fullestNanoUsd: 0,
    downgrades: 0,
    refusals: 0,
  }
}
