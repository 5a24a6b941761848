import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  accountAt,
  adopt,
  expire,
  leftOf,
  openAccount,
  reserve,
  settle,
  type Account,
  type Hold,
} from '../../../../src/engine/budgets/account.ts'
import { windowAt } from '../../../../src/engine/budgets/windows.ts'
import type { BudgetRule } from '../../../../src/engine/routing-config.ts'

/*
 * Any interleaving of what may happen to an account, against a list of all rows that is summed up anew each time. The
 * sums know nothing of slots and holds: a row counts while its admission is inside the window.
 */

// On no quarter of an hour: there the ledger's sums begin, which count a little longer than their rows.
const START = Date.parse('2026-03-27T21:00:00.007Z')
const HOUR = 3_600_000
const LENGTH = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR, total: Infinity } as const

interface Row {
  readonly at: number
  readonly reserved: number
  /** What is charged now; null while the attempt runs. */
  charged: number | null
  settled: boolean
  hold: Hold
}

type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'reserve'; readonly nanoUsd: number }
  | { readonly do: 'settle'; readonly which: number; readonly share: number }
  | { readonly do: 'expire'; readonly which: number }
  | { readonly do: 'limit'; readonly nanoUsd: number }
  | { readonly do: 'reopen' }

const which = fc.nat(200)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat(60_000), fc.nat(3 * HOUR), fc.nat(90 * HOUR)),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('reserve' as const), nanoUsd: fc.oneof(fc.nat(400), fc.constant(0)) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('settle' as const), which, share: fc.integer({ min: 0, max: 100 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('limit' as const), nanoUsd: fc.nat(2_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
)

const ruleOf: fc.Arbitrary<BudgetRule> = fc
  .record({
    window: fc.constantFrom('hour', 'day', 'week', 'month', 'total'),
    rolling: fc.boolean(),
    timeZone: fc.constantFrom(undefined, 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
    onExceed: fc.constantFrom('block', 'downgrade', 'warn'),
    limitNanoUsd: fc.integer({ min: 0, max: 2_000 }),
  })
  .map(({ rolling, timeZone, window, ...rest }) => ({
    name: 'b',
    scope: 'global',
    warnAt: 0.8,
    mode: 'hard',
    window,
    ...rest,
    ...(rolling && window !== 'total' ? { rolling: true } : timeZone === undefined ? {} : { timeZone }),
  }))

class World {
  rule: BudgetRule
  now = START
  account: Account
  readonly rows: Row[] = []
  reserved = 0
  reopened = 0
  /** Reservations that were wrongly made or refused. */
  readonly broken: string[] = []

  constructor(rule: BudgetRule) {
    this.rule = rule
    this.account = openAccount(rule, [], START)
  }

  take(next: Step): void {
    const { rule, now } = this
    if (next.do === 'wait') this.now += next.ms
    else if (next.do === 'limit') this.rule = { ...rule, limitNanoUsd: next.nanoUsd }
    else if (next.do === 'reserve') this.reserve(next.nanoUsd)
    else if (next.do === 'reopen') this.reopen()
    else {
      const open = this.rows.filter((row) => !row.settled)
      const row = open[next.which % Math.max(1, open.length)]
      if (row === undefined) return
      if (next.do === 'expire') {
        const held = expire(this.account, rule, { hold: row.hold, now })
        this.account = held.account
        row.hold = held.hold
        row.charged = row.reserved
      } else {
        row.charged = Math.floor((row.reserved * next.share) / 100)
        row.settled = true
        this.account = settle(this.account, rule, { hold: row.hold, nanoUsd: row.charged, now })
      }
    }
  }

  reserve(nanoUsd: number): void {
    const { rule, now } = this
    const before = accountAt(this.account, rule, now)
    const held = reserve(this.account, rule, { nanoUsd, now })
    const fits = nanoUsd === 0 || rule.onExceed === 'warn' || nanoUsd <= leftOf(before, rule)
    if ((held !== null) !== fits) this.broken.push(`${nanoUsd} of ${leftOf(before, rule)}`)
    if (held === null) return
    this.account = held.account
    this.rows.push({ at: now, reserved: nanoUsd, charged: null, settled: false, hold: held.hold })
    this.reserved += 1
    const total = held.account.spentNanoUsd + held.account.reservedNanoUsd
    if (rule.onExceed !== 'warn' && nanoUsd > 0 && total > rule.limitNanoUsd) this.broken.push(`${total} held`)
  }

  /** As after a reload that changed the rule: charged rows from the ledger, the others taken in as they run. */
  reopen(): void {
    const { rule, now } = this
    const spent = this.rows.flatMap(({ at, charged }) =>
      charged === null ? [] : [{ at, nanoUsd: charged, model: 'm', tier: 't' }],
    )
    this.account = openAccount(rule, spent, now)
    for (const row of this.rows) {
      // What has expired is charged already; its hold belongs to the slot of its admission as before.
      if (row.charged !== null) continue
      const held = adopt(this.account, rule, { nanoUsd: row.reserved, at: row.at, now })
      this.account = held.account
      row.hold = held.hold
    }
    this.reopened += 1
  }

  sums(): { spent: number; reserved: number } {
    let [spent, reserved] = [0, 0]
    for (const { at, reserved: held, charged } of this.rows) {
      if (!counts(this.rule, at, this.now)) continue
      spent += charged ?? 0
      reserved += charged === null ? held : 0
    }
    return { spent, reserved }
  }
}

function counts(rule: BudgetRule, at: number, now: number): boolean {
  if (rule.window === 'total') return true
  if (rule.rolling !== true) return at >= windowAt(rule, now).from
  // A sixtieth of the window is a bucket, and the bucket of the row must be wholly outside.
  const bucket = LENGTH[rule.window] / 60
  return (Math.floor(at / bucket) + 1) * bucket > Math.floor(now / bucket) * bucket - LENGTH[rule.window]
}

describe('any interleaving', () => {
  it('keeps every hard budget, loses nothing, and agrees with the sum of all rows', () => {
    let [reserved, reopened] = [0, 0]
    fc.assert(
      fc.property(ruleOf, fc.array(step, { maxLength: 80, size: 'max' }), (rule, steps) => {
        const world = new World(rule)
        for (const next of steps) {
          world.take(next)
          const { spentNanoUsd, reservedNanoUsd, slots } = accountAt(world.account, world.rule, world.now)
          const { spent, reserved: held } = world.sums()
          expect([spentNanoUsd, reservedNanoUsd]).toEqual([spent, held])
          for (const slot of slots) expect(Math.min(slot.spentNanoUsd, slot.reservedNanoUsd)).toBeGreaterThanOrEqual(0)
          expect(slots.length).toBeLessThanOrEqual(rule.rolling === true ? 61 : 1)
        }
        expect(world.broken).toEqual([])
        expect(world.account.overshootNanoUsd).toBe(0)
        reserved += world.reserved
        reopened += world.reopened
      }),
      { seed: 77, numRuns: 300 },
    )
    expect(reserved).toBeGreaterThan(3_000)
    expect(reopened).toBeGreaterThan(500)
  })
})
