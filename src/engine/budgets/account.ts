import type { SpentPart } from '../ledger.ts'
import type { BudgetRule } from '../routing-config.ts'
import type { BudgetLeft } from '../state.ts'
import { accountOf, changed, heldIn, minus, plus, whole } from './slots.ts'
import { bucketMsOf, bucketOf, leavesAt, windowAt, type Window } from './windows.ts'

/** The ledger sums rows up by this; such a sum may hold spend from any moment of it. */
const ROLL_UP_MS = 15 * 60_000

/** What one subject spent and holds under one budget. Integer nano-dollars, never negative, never above 2^53. */
export interface Account {
  readonly window: Window
  /** The calendar window, or the touched buckets of a rolling one, oldest first. */
  readonly slots: readonly Slot[]
  readonly spentNanoUsd: number
  readonly reservedNanoUsd: number
  /** The furthest that a cost above its reservation took spend over the limit, since the account was opened. */
  readonly overshootNanoUsd: number
}

export interface Slot {
  readonly start: number
  readonly spentNanoUsd: number
  readonly reservedNanoUsd: number
}

/** A reservation. It belongs to the slot of its admission, whenever it ends. */
export interface Hold {
  readonly slot: number
  readonly nanoUsd: number
  /** It ran out and is counted as spent, until a late settlement corrects that. */
  readonly expired: boolean
}

export interface Held {
  readonly account: Account
  readonly hold: Hold
}

/** What to ask the ledger for before `openAccount`. */
export function spentRange(rule: BudgetRule, now: number): { readonly from: number; readonly to: number } {
  const { from, to } = windowAt(rule, now)
  return { from, to: to ?? Number.MAX_SAFE_INTEGER }
}

/** An account that holds what the ledger knows; `spent` must be of the rule's subject and model class alone. */
export function openAccount(rule: BudgetRule, spent: readonly SpentPart[], now: number): Account {
  const window = windowAt(rule, now)
  const bucketMs = bucketMsOf(rule)
  const sums = new Map<number, number>()
  for (const { at, nanoUsd } of spent) {
    if (at < window.from || (window.to !== null && at >= window.to)) continue
    const start = bucketMs === null ? window.from : bucketOf(latest(at, now), bucketMs)
    sums.set(start, plus(sums.get(start) ?? 0, whole(nanoUsd)))
  }
  const slots = [...sums].map(([start, spentNanoUsd]) => ({ start, spentNanoUsd, reservedNanoUsd: 0 }))
  return accountOf(
    window,
    slots.sort((a, b) => a.start - b.start),
    0,
  )
}

/** The last moment from which a part may come: it then counts too long rather than too short. */
function latest(at: number, now: number): number {
  return at % ROLL_UP_MS === 0 ? Math.max(at, Math.min(at + ROLL_UP_MS - 1, now)) : at
}

/** Whether spend counts the same under both rules, so that an account may stay open when one replaces the other. */
export function countsAlike(a: BudgetRule, b: BudgetRule): boolean {
  return (
    a.scope === b.scope &&
    a.window === b.window &&
    a.rolling === b.rolling &&
    a.timeZone === b.timeZone &&
    JSON.stringify(a.modelClass) === JSON.stringify(b.modelClass)
  )
}

/** The account at a moment: what lies outside its window is gone. A clock that goes back changes nothing. */
export function accountAt(account: Account, rule: BudgetRule, now: number): Account {
  const { window, slots, overshootNanoUsd } = account
  if (bucketMsOf(rule) === null) {
    if (window.to === null || now < window.to) return account
    return accountOf(windowAt(rule, now), [], overshootNanoUsd)
  }
  const next = windowAt(rule, now)
  if (next.from <= window.from) return account
  return accountOf(
    next,
    slots.filter(({ start }) => start >= next.from),
    overshootNanoUsd,
  )
}

/** What may still be reserved; negative after an overshoot or under a limit that was lowered. */
export function leftOf(account: Account, rule: BudgetRule): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, rule.limitNanoUsd - account.spentNanoUsd - account.reservedNanoUsd)
}

/** When the window ends; null when it rolls or never ends. */
function resetsAt(account: Account): number | null {
  return account.window.to
}

/** The account as a decision sees it. */
export function budgetLeft(account: Account, rule: BudgetRule, subject: string): BudgetLeft {
  const leftNanoUsd = leftOf(account, rule)
  if (rule.rolling !== true || account.slots.length === 0)
    return { rule, subject, leftNanoUsd, resetsAt: resetsAt(account) }
  return { rule, subject, leftNanoUsd, resetsAt: null, slots: account.slots }
}

/** Reserves an amount; null when the budget does not hold it. Budgets that only warn refuse nothing; 0 always fits. */
export function reserve(account: Account, rule: BudgetRule, { nanoUsd, now }: Amount): Held | null {
  const current = accountAt(account, rule, now)
  const amount = whole(nanoUsd)
  if (rule.onExceed !== 'warn' && amount > 0 && amount > leftOf(current, rule)) return null
  return heldIn(current, slotAt(current, rule, now), amount)
}

/** Counts an attempt that is already under way into an account that was opened again, whatever is left. */
export function adopt(
  account: Account,
  rule: BudgetRule,
  { nanoUsd, now, at }: Amount & { readonly at: number },
): Held {
  const current = accountAt(account, rule, now)
  const { from } = current.window
  const slot = at < from ? at : slotAt(current, rule, at)
  const hold = { slot, nanoUsd: whole(nanoUsd), expired: false }
  return at < from ? { account: current, hold } : heldIn(current, slot, hold.nanoUsd)
}

interface Amount {
  readonly nanoUsd: number
  readonly now: number
}

/** Replaces a reservation by what the attempt cost, also one that has expired. Once for each reservation. */
export function settle(account: Account, rule: BudgetRule, { hold, nanoUsd, now }: Amount & Ended): Account {
  const current = accountAt(account, rule, now)
  const settled = changed(current, hold.slot, ({ start, spentNanoUsd, reservedNanoUsd }) => ({
    start,
    spentNanoUsd: plus(hold.expired ? minus(spentNanoUsd, hold.nanoUsd) : spentNanoUsd, whole(nanoUsd)),
    reservedNanoUsd: hold.expired ? reservedNanoUsd : minus(reservedNanoUsd, hold.nanoUsd),
  }))
  const over = settled.spentNanoUsd - rule.limitNanoUsd
  // A limit that was lowered, or one that only warns, is not overshot by what was reserved before.
  if (settled === current || rule.onExceed === 'warn' || nanoUsd <= hold.nanoUsd || over <= settled.overshootNanoUsd)
    return settled
  return { ...settled, overshootNanoUsd: over }
}

interface Ended {
  readonly hold: Hold
}

/** Gives a reservation back: nothing was billed. */
export function releaseHold(
  account: Account,
  rule: BudgetRule,
  { hold, now }: Ended & { readonly now: number },
): Account {
  return settle(account, rule, { hold, nanoUsd: 0, now })
}

/** Charges a reservation of which nothing was heard in full. `settle` with the hold that comes back corrects it. */
export function expire(account: Account, rule: BudgetRule, { hold, now }: Ended & { readonly now: number }): Held {
  if (hold.expired) return { account: accountAt(account, rule, now), hold }
  return { account: settle(account, rule, { hold, nanoUsd: hold.nanoUsd, now }), hold: { ...hold, expired: true } }
}

/** When `nanoUsd` would fit if nothing more were spent or settled for less; null when never. */
export function affordableAt(account: Account, rule: BudgetRule, { nanoUsd, now }: Amount): number | null {
  const current = accountAt(account, rule, now)
  let left = leftOf(current, rule)
  if (nanoUsd <= Math.max(0, left)) return now
  if (nanoUsd > rule.limitNanoUsd) return null
  const bucketMs = bucketMsOf(rule)
  if (bucketMs === null) return current.window.to
  for (const slot of current.slots) {
    left += slot.spentNanoUsd + slot.reservedNanoUsd
    if (left >= nanoUsd) return leavesAt(slot.start, bucketMs)
  }
  return null
}

function slotAt({ window }: Account, rule: BudgetRule, at: number): number {
  const bucketMs = bucketMsOf(rule)
  if (bucketMs === null) return window.from
  // A clock that went back must not make a slot that is already outside.
  return Math.max(bucketOf(at, bucketMs), window.from)
}
