import {
  accountAt,
  adopt,
  budgetLeft,
  countsAlike,
  expire,
  openAccount,
  reserve,
  settle,
  spentRange,
  type Account,
  type Hold,
} from '../../engine/budgets/account.ts'
import { budgetSubjects, inClass } from '../../engine/budgets/concerns.ts'
import type { Rights } from '../../engine/decision.ts'
import { compile } from '../../engine/eligibility/compiled.ts'
import type { BudgetRule } from '../../engine/routing-config.ts'
import type { BudgetLeft, BudgetStanding } from '../../engine/state.ts'
import type { Generation } from '../ports.ts'
import type { Entry, Purpose, Reservation, SpentBefore } from './entry.ts'
import { CLOCK_SLACK_MS } from './rate-table.ts'
import { exposed, overshootOf, relieved, UNEXPOSED } from './exposure.ts'

/** Idle accounts kept; older ones are read from the ledger again when they are needed. */
const MAX_IDLE = 20_000

/**
 * All budget accounts of a proxy, in memory. Every step is synchronous and applies the engine's reducers, so that requests
 * in flight can not get between looking and reserving. The ledger is the only durable counter: an account is opened from
 * it, and again whenever a reload changed how its rule counts.
 */
export class Accounts {
  readonly #spentBefore: SpentBefore
  readonly #entries = new Map<string, Entry>()
  readonly #underWay = new Set<Reservation>()
  #idle = 0
  #generation: Generation | null = null
  #latest = 0

  constructor(spentBefore: SpentBefore) {
    this.#spentBefore = spentBefore
  }

  /** Makes the rules of a config the ones in force. */
  use(generation: Generation): void {
    const last = this.#generation
    if (last === generation) return
    this.#generation = generation
    if (last === null || last.routing === generation.routing) return
    const rules = new Map(generation.routing.budgets.map((rule) => [rule.name, rule]))
    const aliasesChanged = JSON.stringify(last.routing.aliases) !== JSON.stringify(generation.routing.aliases)
    for (const [key, entry] of this.#entries) {
      const rule = rules.get(entry.rule.name)
      const byAlias = rule?.modelClass?.kind === 'alias' && aliasesChanged
      if (rule === undefined || byAlias || !countsAlike(entry.rule, rule)) this.#drop(key, entry)
      else entry.rule = rule
    }
  }

  /** The accounts that a caller draws on, rolled to `now`. */
  entriesFor(rights: Rights, generation: Generation, now: number): Entry[] {
    this.use(generation)
    // Here, since whoever may name any user opens accounts without ever spending; and before any is handed out.
    this.#dropIdle()
    this.#follow(now)
    const found: Entry[] = []
    for (const rule of generation.routing.budgets)
      for (const subject of budgetSubjects(rule, rights)) found.push(this.#entry(rule, subject, now))
    return found
  }

  left(entries: readonly Entry[]): BudgetLeft[] {
    return entries.map(({ account, rule, subject }) => budgetLeft(account, rule, subject))
  }

  /** Every account that is open, rolled to `now`. */
  standing(generation: Generation, now: number): BudgetStanding[] {
    this.use(generation)
    return [...this.#entries.values()].map(({ rule, subject, exposure, account: last }) => {
      const account = accountAt(last, rule, now)
      return { ...budgetLeft(account, rule, subject), ...overshootOf({ account, exposure }) }
    })
  }

  /** Reserves on all accounts or on none; gives the one that refuses. */
  reserve(amounts: ReadonlyMap<Entry, number>, purpose: Purpose): Reservation | Entry {
    const now = purpose.at
    const taken: [Entry, Account, Hold][] = []
    let most = 0
    for (const [entry, nanoUsd] of amounts) {
      const held = reserve(entry.account, entry.rule, { nanoUsd, now })
      if (held === null) return entry
      taken.push([entry, held.account, held.hold])
      most = Math.max(most, nanoUsd)
    }
    const reservation = this.hold(purpose, most)
    for (const [entry, account, hold] of taken) {
      entry.account = account
      this.#hold(entry, reservation, hold)
    }
    return reservation
  }

  /** An attempt under way that no account holds so far; one that is opened meanwhile will. */
  hold(purpose: Purpose, nanoUsd = 0): Reservation {
    const reservation: Reservation = { nanoUsd, holds: new Map(), ...purpose }
    this.#underWay.add(reservation)
    return reservation
  }

  /** Replaces a reservation by what was charged, on every account. */
  settle(reservation: Reservation, nanoUsd: number, now: number): void {
    if (!this.#underWay.delete(reservation)) return
    for (const [entry, hold] of reservation.holds) {
      entry.account = settle(entry.account, entry.rule, { hold, nanoUsd, now })
      entry.exposure = relieved(entry, reservation, hold)
      entry.busy -= 1
      if (entry.busy === 0) this.#idle += 1
    }
  }

  /** Charges what has been held since before `before`, provisionally: its settlement corrects it, should it come. */
  expire(before: number, now: number): void {
    for (const reservation of this.#underWay) {
      // Insertion order is time order.
      if (reservation.at >= before) return
      for (const [entry, hold] of reservation.holds) {
        const held = expire(entry.account, entry.rule, { hold, now })
        entry.account = held.account
        reservation.holds.set(entry, held.hold)
      }
    }
  }

  #entry(rule: BudgetRule, subject: string, now: number): Entry {
    const key = `${rule.name}\n${subject}`
    const known = this.#entries.get(key)
    if (known !== undefined) {
      known.account = accountAt(known.account, known.rule, now)
      return known
    }
    const query = { scope: rule.scope, subject, ...spentRange(rule, now) }
    const spent = this.#spentBefore(rule, query, ({ model, tier }) => this.#counts(rule, model, tier))
    const entry: Entry = { rule, subject, account: openAccount(rule, spent, now), exposure: UNEXPOSED, busy: 0 }
    this.#entries.set(key, entry)
    this.#idle += 1
    this.#adoptUnderWay(entry, now)
    return entry
  }

  /** Attempts that began before the account was opened belong to it all the same. */
  #adoptUnderWay(entry: Entry, now: number): void {
    const { rule, subject } = entry
    for (const reservation of this.#underWay) {
      const { rights, model, tier, nanoUsd, at } = reservation
      if (!budgetSubjects(rule, rights).includes(subject) || !this.#counts(rule, model, tier)) continue
      const held = adopt(entry.account, rule, { nanoUsd, now, at })
      entry.account = held.account
      this.#hold(entry, reservation, held.hold)
    }
  }

  #hold(entry: Entry, reservation: Reservation, hold: Hold): void {
    reservation.holds.set(entry, hold)
    entry.exposure = exposed(entry, reservation, hold)
    if (entry.busy === 0) this.#idle -= 1
    entry.busy += 1
  }

  /**
   * A clock that was wrong may have opened windows of the future, which would then last until that time comes. So when it is
   * put right, the ledger is asked again.
   */
  #follow(now: number): void {
    if (now < this.#latest - CLOCK_SLACK_MS) for (const [key, entry] of this.#entries) this.#drop(key, entry)
    this.#latest = now
  }

  #counts(rule: BudgetRule, model: string, tier: string): boolean {
    const generation = this.#generation
    if (rule.modelClass === undefined || generation === null) return true
    return inClass({ id: model, tier }, rule.modelClass, compile(generation.routing, generation.matrix).aliases)
  }

  #drop(key: string, entry: Entry): void {
    this.#entries.delete(key)
    if (entry.busy === 0) this.#idle -= 1
    for (const { holds } of this.#underWay) holds.delete(entry)
  }

  #dropIdle(): void {
    if (this.#idle <= MAX_IDLE) return
    for (const [key, entry] of this.#entries) {
      if (entry.busy > 0) continue
      this.#drop(key, entry)
      if (this.#idle <= MAX_IDLE / 2) return
    }
  }
}
