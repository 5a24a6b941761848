import { describe, expect, it } from 'vitest'
import {
  accountAt,
  adopt,
  affordableAt,
  budgetLeft,
  countsAlike,
  expire,
  leftOf,
  openAccount,
  releaseHold,
  reserve,
  settle,
  spentRange,
  type Account,
  type Held,
} from '../../../../src/engine/budgets/account.ts'
import type { BudgetRule } from '../../../../src/engine/routing-config.ts'

const NOON = Date.parse('2026-06-10T12:00Z')
const HOUR = 3_600_000
const MINUTE = 60_000
const MOST = Number.MAX_SAFE_INTEGER

function rule(over: Partial<BudgetRule> = {}): BudgetRule {
  return { name: 'b', scope: 'user', limitNanoUsd: 100, window: 'day', warnAt: 0.8, onExceed: 'block', ...over }
}

function opened(of: BudgetRule, spent: readonly (readonly [at: number, nanoUsd: number])[] = []): Account {
  const parts = spent.map(([at, nanoUsd]) => ({ at, nanoUsd, model: 'm', tier: 't' }))
  return openAccount(of, parts, NOON)
}

function held(account: Account, of: BudgetRule, nanoUsd: number, now = NOON): Held {
  const found = reserve(account, of, { nanoUsd, now })
  if (found === null) throw new Error('refused')
  return found
}

describe('a budget account', () => {
  it('holds exactly its limit, in flight and spent together', () => {
    const first = held(opened(rule()), rule(), 60)
    expect(reserve(first.account, rule(), { nanoUsd: 41, now: NOON })).toBeNull()
    const second = held(first.account, rule(), 40)
    expect(leftOf(second.account, rule())).toBe(0)
    const settled = settle(second.account, rule(), { hold: first.hold, nanoUsd: 10, now: NOON })
    expect(settled).toMatchObject({ spentNanoUsd: 10, reservedNanoUsd: 40 })
    expect(leftOf(settled, rule())).toBe(50)
  })

  it('gives back what was not used', () => {
    const { account, hold } = held(opened(rule()), rule(), 60)
    expect(leftOf(releaseHold(account, rule(), { hold, now: NOON }), rule())).toBe(100)
  })

  it('with a limit of zero holds nothing, but what is free', () => {
    const zero = rule({ limitNanoUsd: 0 })
    expect(reserve(opened(zero), zero, { nanoUsd: 1, now: NOON })).toBeNull()
    expect(held(opened(zero), zero, 0).account.reservedNanoUsd).toBe(0)
    expect(held(opened(zero, [[NOON, 5]]), zero, 0).hold.nanoUsd).toBe(0)
  })

  it('that only warns counts and never refuses', () => {
    const warn = rule({ onExceed: 'warn' })
    const { account, hold } = held(opened(warn, [[NOON, 500]]), warn, 100)
    const settled = settle(account, warn, { hold, nanoUsd: 200, now: NOON })
    expect(settled).toMatchObject({ spentNanoUsd: 700, reservedNanoUsd: 0, overshootNanoUsd: 0 })
    expect(leftOf(settled, warn)).toBe(-600)
  })

  it('charges what ran out in full, and a late settlement corrects it', () => {
    const first = held(opened(rule()), rule(), 60)
    const out = expire(first.account, rule(), { hold: first.hold, now: NOON })
    expect(out.account).toMatchObject({ spentNanoUsd: 60, reservedNanoUsd: 0 })
    expect(expire(out.account, rule(), { hold: out.hold, now: NOON }).account.spentNanoUsd).toBe(60)
    const settled = settle(out.account, rule(), { hold: out.hold, nanoUsd: 7, now: NOON + 1 })
    expect(settled).toMatchObject({ spentNanoUsd: 7, reservedNanoUsd: 0 })
  })

  it('starts anew with its window, and what the old one holds stays there', () => {
    const midnight = Date.parse('2026-06-11T00:00Z')
    const { account, hold } = held(opened(rule(), [[NOON, 30]]), rule(), 60)
    expect(accountAt(account, rule(), midnight - 1)).toBe(account)
    const rolled = accountAt(account, rule(), midnight)
    expect(rolled).toMatchObject({ spentNanoUsd: 0, reservedNanoUsd: 0 })
    const next = held(rolled, rule(), 100, midnight)
    for (const ended of [
      settle(next.account, rule(), { hold, nanoUsd: 60, now: midnight }),
      expire(next.account, rule(), { hold, now: midnight }).account,
      releaseHold(next.account, rule(), { hold, now: midnight }),
    ])
      expect(ended).toMatchObject({ spentNanoUsd: 0, reservedNanoUsd: 100 })
  })

  it('does not start anew when the clock goes back', () => {
    const { account } = held(opened(rule()), rule(), 60)
    const earlier = NOON - 24 * HOUR
    expect(reserve(account, rule(), { nanoUsd: 41, now: earlier })).toBeNull()
    const { hold, account: both } = held(account, rule(), 40, earlier)
    expect(settle(both, rule(), { hold, nanoUsd: 40, now: NOON })).toMatchObject({
      spentNanoUsd: 40,
      reservedNanoUsd: 60,
    })
  })

  it('goes by the limit of the rule it is asked with', () => {
    const { account } = held(opened(rule()), rule(), 60)
    const lower = rule({ limitNanoUsd: 50 })
    expect(leftOf(account, lower)).toBe(-10)
    expect(reserve(account, lower, { nanoUsd: 1, now: NOON })).toBeNull()
    expect(held(account, rule({ limitNanoUsd: 200 }), 140).account.reservedNanoUsd).toBe(200)
  })

  it('remembers the furthest that a cost above its reservation took it over the limit', () => {
    const soft = rule({ onExceed: 'downgrade' })
    const first = held(opened(soft), soft, 90)
    const over = settle(first.account, soft, { hold: first.hold, nanoUsd: 130, now: NOON })
    expect(over.overshootNanoUsd).toBe(30)
    const tomorrow = accountAt(over, soft, NOON + 24 * HOUR)
    expect(tomorrow).toMatchObject({ spentNanoUsd: 0, overshootNanoUsd: 30 })
    // A limit that was lowered is not overshot by what was reserved under the old one.
    const low = rule({ limitNanoUsd: 10 })
    expect(settle(first.account, low, { hold: first.hold, nanoUsd: 90, now: NOON }).overshootNanoUsd).toBe(0)
  })

  it('stays whole and safe near the largest numbers', () => {
    const huge = rule({ limitNanoUsd: MOST, onExceed: 'warn' })
    let account = opened(huge, [[NOON, MOST - 5]])
    for (let count = 0; count < 3; count += 1) account = held(account, huge, MOST).account
    expect(account).toMatchObject({ spentNanoUsd: MOST - 5, reservedNanoUsd: MOST })
    expect(Number.isSafeInteger(leftOf(account, huge))).toBe(true)
    const { hold } = held(account, huge, 10)
    const settled = settle(account, huge, { hold, nanoUsd: MOST, now: NOON })
    expect(settled.spentNanoUsd).toBe(MOST)
    expect(settled.reservedNanoUsd).toBeGreaterThanOrEqual(0)
  })

  it('takes no amount for less than it is', () => {
    expect(held(opened(rule()), rule(), 0.2).hold.nanoUsd).toBe(1)
    expect(held(opened(rule()), rule(), -5).hold.nanoUsd).toBe(0)
    expect(reserve(opened(rule()), rule(), { nanoUsd: Number.NaN, now: NOON })).toBeNull()
    expect(reserve(opened(rule()), rule(), { nanoUsd: Infinity, now: NOON })).toBeNull()
  })
})

describe('opening an account', () => {
  it('takes what the ledger knows of the window, and nothing else', () => {
    const { from, to } = spentRange(rule(), NOON)
    expect([from, to]).toEqual([Date.parse('2026-06-10T00:00Z'), Date.parse('2026-06-11T00:00Z')])
    const account = opened(rule(), [
      [from - 1, 1],
      [from, 2],
      [NOON, 4],
      [to - 1, 8],
      [to, 16],
    ])
    expect(account.spentNanoUsd).toBe(14)
    expect(budgetLeft(account, rule(), 'anna')).toEqual({
      rule: rule(),
      subject: 'anna',
      leftNanoUsd: 86,
      resetsAt: to,
    })
  })

  it('takes in attempts that are under way, whatever is left', () => {
    const full = opened(rule(), [[NOON, 95]])
    const { account, hold } = adopt(full, rule(), { nanoUsd: 60, at: NOON - HOUR, now: NOON })
    expect(leftOf(account, rule())).toBe(-55)
    expect(settle(account, rule(), { hold, nanoUsd: 5, now: NOON })).toMatchObject({
      spentNanoUsd: 100,
      reservedNanoUsd: 0,
    })
    const old = adopt(full, rule(), { nanoUsd: 60, at: NOON - 24 * HOUR, now: NOON })
    expect(old.account.reservedNanoUsd).toBe(0)
    expect(settle(old.account, rule(), { hold: old.hold, nanoUsd: 60, now: NOON }).spentNanoUsd).toBe(95)
  })

  it('is needed again when the window, the subjects or the class change, not when limit or action do', () => {
    expect(countsAlike(rule(), rule({ limitNanoUsd: 1, onExceed: 'warn', mode: 'soft', warnAt: 0 }))).toBe(true)
    for (const other of [
      rule({ window: 'week' }),
      rule({ rolling: true }),
      rule({ timeZone: 'Europe/Berlin' }),
      rule({ scope: 'key' }),
      rule({ modelClass: { kind: 'tier', tier: 'free' } }),
    ])
      expect(countsAlike(rule(), other)).toBe(false)
  })
})

describe('a rolling account', () => {
  const rolling = rule({ window: 'hour', rolling: true })

  it('lets spend go bucket by bucket, each only when it is wholly outside', () => {
    let { account, hold } = held(opened(rolling), rolling, 70)
    account = settle(account, rolling, { hold, nanoUsd: 70, now: NOON })
    ;({ account, hold } = held(account, rolling, 30, NOON + 10 * MINUTE))
    account = settle(account, rolling, { hold, nanoUsd: 30, now: NOON + 10 * MINUTE })
    const spentAt = (at: number): number => accountAt(account, rolling, at).spentNanoUsd
    expect(spentAt(NOON + HOUR)).toBe(100)
    expect(spentAt(NOON + HOUR + MINUTE - 1)).toBe(100)
    expect(spentAt(NOON + HOUR + MINUTE)).toBe(30)
    expect(spentAt(NOON + HOUR + 11 * MINUTE)).toBe(0)
    const asked = { nanoUsd: 50, now: NOON + 30 * MINUTE }
    expect(affordableAt(account, rolling, asked)).toBe(NOON + HOUR + MINUTE)
    expect(affordableAt(account, rolling, { ...asked, nanoUsd: 90 })).toBe(NOON + HOUR + 11 * MINUTE)
    expect(affordableAt(account, rolling, { ...asked, nanoUsd: 101 })).toBeNull()
    expect(affordableAt(account, rolling, { ...asked, nanoUsd: 0 })).toBe(asked.now)
  })

  it('counts sums of the ledger until the end of their quarter of an hour is outside', () => {
    const at = NOON - 50 * MINUTE - (NOON % (15 * MINUTE))
    const quarter = at - (at % (15 * MINUTE))
    const account = opened(rolling, [[quarter, 50]])
    const leaves = quarter + 15 * MINUTE + HOUR
    expect(accountAt(account, rolling, leaves - 1).spentNanoUsd).toBe(50)
    expect(accountAt(account, rolling, leaves + MINUTE).spentNanoUsd).toBe(0)
  })

  it('forgets reservations that are older than itself', () => {
    const { account, hold } = held(opened(rolling), rolling, 70)
    const later = NOON + 2 * HOUR
    const next = held(account, rolling, 100, later)
    expect(settle(next.account, rolling, { hold, nanoUsd: 70, now: later })).toMatchObject({
      spentNanoUsd: 0,
      reservedNanoUsd: 100,
    })
  })
})

describe('affordableAt', () => {
  it('is the end of the window, or never', () => {
    const full = opened(rule(), [[NOON, 100]])
    expect(affordableAt(full, rule(), { nanoUsd: 10, now: NOON })).toBe(Date.parse('2026-06-11T00:00Z'))
    expect(affordableAt(full, rule(), { nanoUsd: 101, now: NOON })).toBeNull()
    const total = rule({ window: 'total' })
    expect(affordableAt(opened(total, [[1, 100]]), total, { nanoUsd: 1, now: NOON })).toBeNull()
  })
})
