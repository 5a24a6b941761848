import { describe, expect, it } from 'vitest'
import type { LedgerRow, SpentPart } from '../../../src/engine/ledger.ts'
import { checkLedger } from '../../../src/store/ledger/check.ts'
import { createCompaction } from '../../../src/store/ledger/compaction.ts'
import { createRetention, usedBytesReader } from '../../../src/store/ledger/retention.ts'
import { createRollUp } from '../../../src/store/ledger/roll-up.ts'
import { createSpendReader } from '../../../src/store/ledger/spend.ts'
import { createSpentReader } from '../../../src/store/ledger/spent.ts'
import { startUpkeep } from '../../../src/store/ledger/upkeep.ts'
import { createLedgerWriter } from '../../../src/store/ledger/writer.ts'
import { openDatabase, type Connection } from '../../../src/store/open.ts'
import { closing, DAY, HOUR, MINUTE, NOON, opening, storeDirectory } from './support.ts'

const { path } = storeDirectory()
const sum = (parts: readonly SpentPart[]): number => parts.reduce((total, { nanoUsd }) => total + nanoUsd, 0)
const NO_LIMIT = Number.MAX_SAFE_INTEGER

/** Rows of the given times, each ten times as dear as the one before, committed and rolled up. */
function filled(times: readonly number[], changes: Partial<LedgerRow> = {}): Connection {
  const connection = openDatabase(path())
  append(connection, times, changes)
  return connection
}

function append(connection: Connection, times: readonly number[], changes: Partial<LedgerRow> = {}): void {
  const closings = times.map((at, index) =>
    closing(opening({ ...changes, at }), { ...changes, costNanoUsd: 10 ** index }),
  )
  createLedgerWriter(connection)({ openings: [], ended: [], closings })
  while (createRollUp(connection).step(1000));
}

function rowsLeft(connection: Connection): number {
  return Number(connection.prepare('SELECT count(*) FROM attempt').pluck().get())
}

function dropAll(connection: Connection, now: number, keepMs: number): void {
  const retention = createRetention(connection, { keepMs, maxBytes: NO_LIMIT })
  while (retention.step(now));
}

const total = (connection: Connection, since: number | null, until: number | null) =>
  createSpendReader(connection)({ by: [], since, until, filter: {} })

describe('retention', () => {
  it('drops rows by age to the quarter of an hour and keeps their sums', () => {
    const connection = filled([NOON, NOON + 14 * MINUTE, NOON + 15 * MINUTE])
    dropAll(connection, NOON + 15 * MINUTE + HOUR, HOUR)
    expect(rowsLeft(connection)).toBe(1)
    expect(total(connection, null, null).total.costNanoUsd).toBe(111)
    expect(checkLedger(connection)).toMatchObject({ rows: 1, days: 1, daysWithRows: 0, problems: [] })
  })

  it('sums the whole day, and says so, where a range ends inside a day whose rows are gone', () => {
    const connection = filled([NOON, NOON + 6 * HOUR, NOON + DAY, NOON + DAY + 6 * HOUR])
    dropAll(connection, NOON + DAY + 15 * MINUTE, DAY)
    // The rows of the first noon are gone, the later ones are left.
    expect(rowsLeft(connection)).toBe(3)
    const midnight = NOON - 12 * HOUR
    expect(total(connection, NOON + HOUR, NOON + DAY + HOUR)).toMatchObject({
      total: { costNanoUsd: 110 },
      since: NOON + HOUR,
      widened: false,
    })
    expect(total(connection, NOON - HOUR, NOON + DAY + HOUR)).toMatchObject({
      total: { costNanoUsd: 111 },
      since: midnight,
      until: NOON + DAY + HOUR,
      widened: true,
    })
    expect(total(connection, null, NOON + HOUR)).toMatchObject({
      total: { costNanoUsd: 11 },
      until: midnight + DAY,
      widened: true,
    })
  })

  it('makes a rolling budget stricter, not more generous, when rows at its edge are gone', () => {
    const connection = filled([NOON + MINUTE, NOON + 14 * MINUTE, NOON + HOUR])
    const range = { scope: 'global', subject: '', from: NOON + 5 * MINUTE, to: NOON + DAY } as const
    const spent = createSpentReader(connection)
    expect(sum(spent(range))).toBe(110)
    dropAll(connection, NOON + 2 * HOUR, HOUR)
    expect(sum(spent(range))).toBe(111)
    expect(spent(range).every(({ at }) => at >= range.from)).toBe(true)
  })

  it('counts new rows also when every earlier one was dropped', () => {
    const connection = filled([NOON, NOON + MINUTE])
    dropAll(connection, NOON + DAY, HOUR)
    expect(rowsLeft(connection)).toBe(0)
    connection.close()
    const again = filled([NOON + DAY])
    expect(rowsLeft(again)).toBe(1)
    expect(total(again, null, null).total).toMatchObject({ calls: 3, costNanoUsd: 12 })
    expect(sum(createSpentReader(again)({ scope: 'global', subject: '', from: 0, to: NO_LIMIT }))).toBe(12)
  })

  it('drops the oldest rows while the file is too large, but never those of the last hour', () => {
    const old = Array.from({ length: 3000 }, (_, index) => NOON + index * MINUTE)
    const connection = filled([])
    createLedgerWriter(connection)({
      openings: [],
      ended: [],
      closings: old.map((at) => closing(opening({ at }), { costNanoUsd: 1 })),
    })
    while (createRollUp(connection).step(1000));
    const now = NOON + 3000 * MINUTE
    const used = usedBytesReader(connection)
    const before = used()
    const maxBytes = Math.floor(before * 0.8)
    const retention = createRetention(connection, { keepMs: NO_LIMIT, maxBytes })
    while (retention.step(now));
    expect(used()).toBeLessThanOrEqual(maxBytes)
    expect(used()).toBeGreaterThan(maxBytes * 0.9)
    const left = rowsLeft(connection)
    expect(left).toBeGreaterThan(1000)
    expect(Number(connection.prepare('SELECT min(at_ms) FROM attempt').pluck().get())).toBe(now - left * MINUTE)

    const none = createRetention(connection, { keepMs: NO_LIMIT, maxBytes: 1 })
    while (none.step(now));
    expect(rowsLeft(connection)).toBeGreaterThanOrEqual(60)
    expect(rowsLeft(connection)).toBeLessThanOrEqual(90)
    expect(total(connection, null, null).total.calls).toBe(3000)
    expect(checkLedger(connection).problems).toEqual([])
  })

  it('takes limits that change while it runs', () => {
    const connection = filled([NOON, NOON + HOUR])
    const limits = { keepMs: NO_LIMIT, maxBytes: NO_LIMIT }
    const retention = createRetention(connection, limits)
    expect(retention.step(NOON + DAY)).toBe(false)
    limits.keepMs = DAY - HOUR
    while (retention.step(NOON + DAY));
    expect(rowsLeft(connection)).toBe(1)
  })

  it('says from when on tags are known', () => {
    const connection = filled([NOON, NOON + HOUR], { tags: ['blue'] })
    dropAll(connection, NOON + HOUR + 15 * MINUTE, HOUR)
    const report = createSpendReader(connection)({ by: ['tag'], since: null, until: null, filter: {} })
    expect(report.tagsSince).toBe(NOON + 15 * MINUTE)
    expect(report.lines).toMatchObject([{ values: ['blue'], totals: { costNanoUsd: 10 } }])
  })
})

describe('compaction', () => {
  it('sums up quarters of an hour into days after forty days, and not before', () => {
    const quarters = (connection: Connection): number =>
      Number(connection.prepare('SELECT count(*) FROM spend_quarter WHERE scope = 0').pluck().get())
    const connection = filled([NOON, NOON + HOUR, NOON + DAY, NOON + DAY + HOUR])
    const compaction = createCompaction(connection)
    const spent = createSpentReader(connection)
    while (compaction.step(NOON + 40 * DAY));
    expect(quarters(connection)).toBe(4)
    while (compaction.step(NOON + 41 * DAY));
    expect(quarters(connection)).toBe(3)
    while (compaction.step(NOON + 42 * DAY));
    expect(quarters(connection)).toBe(2)
    expect(sum(spent({ scope: 'user', subject: 'ada', from: 0, to: NO_LIMIT }))).toBe(1111)
    expect(checkLedger(connection).problems).toEqual([])
    append(connection, [NOON + 2 * HOUR])
    while (compaction.step(NOON + 42 * DAY));
    expect(quarters(connection)).toBe(2)
    expect(sum(spent({ scope: 'user', subject: 'ada', from: 0, to: NO_LIMIT }))).toBe(1112)
  })
})

describe('upkeep', () => {
  it('drops by itself, in steps, and tells once when it can not', async () => {
    const connection = filled(Array.from({ length: 12 }, (_, index) => NOON + index * HOUR))
    const troubles: string[] = []
    const upkeep = startUpkeep(connection, {
      limits: { keepMs: 3 * HOUR, maxBytes: NO_LIMIT },
      now: () => NOON + 12 * HOUR,
      onTrouble: ({ message }) => troubles.push(message),
      everyMs: 5,
      paceMs: 1,
    })
    await expect.poll(() => rowsLeft(connection)).toBe(3)
    connection.exec('ALTER TABLE attempt RENAME TO elsewhere')
    await expect.poll(() => troubles.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(troubles).toHaveLength(1)
    upkeep.stop()
  })
})

describe('check of the ledger', () => {
  it.each([
    ['a cost changed in the sums of a day', 'UPDATE spend_day SET cost_nano = cost_nano + 1', ['day_sums', 'roll_ups']],
    [
      'a cost changed in the sums for budgets',
      'UPDATE spend_quarter SET cost_nano = 0 WHERE scope = 2',
      ['budget_sums', 'roll_ups'],
    ],
    ['a sum for budgets that nothing stands behind', 'INSERT INTO spend_quarter SELECT 2, 1, 5, 1, 1, 5', ['roll_ups']],
    ['a deleted row', 'DELETE FROM attempt WHERE seq = 1', ['day_sums']],
    ['a deleted sum', 'DELETE FROM spend_day', ['day_sums', 'roll_ups']],
    ['a text that is gone', "DELETE FROM word WHERE text = 'ada'", ['dangling']],
  ])('finds %s', (_name, damage, kinds) => {
    const connection = filled([NOON, NOON + DAY])
    expect(checkLedger(connection).problems).toEqual([])
    connection.exec(damage)
    const found = new Set(checkLedger(connection).problems.map(({ kind }) => kind))
    expect([...found].sort()).toEqual(kinds.toSorted())
  })
})
