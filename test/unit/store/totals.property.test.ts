import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../../src/engine/ledger.ts'
import { SPEND_DIMENSIONS, type SpendDimension, type SpendFilter, type SpendTotals } from '../../../src/engine/spend.ts'
import { createCompaction } from '../../../src/store/ledger/compaction.ts'
import { checkLedger } from '../../../src/store/ledger/check.ts'
import { createRetention } from '../../../src/store/ledger/retention.ts'
import { createRollUp } from '../../../src/store/ledger/roll-up.ts'
import { createSpendReader } from '../../../src/store/ledger/spend.ts'
import { createSpentReader } from '../../../src/store/ledger/spent.ts'
import { createLedgerWriter } from '../../../src/store/ledger/writer.ts'
import { openDatabase } from '../../../src/store/open.ts'
import { closing, DAY, HOUR, opening, storeDirectory } from './support.ts'

const { dir } = storeDirectory()
const START = Date.UTC(2026, 0, 1)
const SPAN_DAYS = 160
const END = START + SPAN_DAYS * DAY

const few = fc.integer({ min: 0, max: 2 })
const rowArbitrary = fc
  .record({
    at: fc.oneof(
      fc.integer({ min: START, max: END - 1 }),
      few.map((n) => START + n * 50 * DAY),
    ),
    user: fc.option(few.map((n) => `user-${n}`)),
    project: fc.option(few.map((n) => `p${n}`)),
    key: few,
    groups: fc.uniqueArray(few.map((n) => `g${n}`)),
    tags: fc.uniqueArray(few.map((n) => `t${n}`)),
    model: few,
    intent: few.map((n) => ['math', 'code.generate', 'chat'][n] ?? ''),
    cost: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1e12 })),
    basis: fc.constantFrom('reported', 'counted', 'estimated', 'reserved', 'none', 'unknown' as const),
    outcome: fc.constantFrom('answered', 'failed', 'client_gone', 'refused', 'orphaned' as const),
    tokens: fc.option(fc.array(fc.nat(1e6), { minLength: 6, maxLength: 6 })),
  })
  .map(({ key, model, cost, basis, tokens, ...rest }): LedgerRow => {
    const [input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, output = 0, reasoning = 0] = tokens ?? []
    const opened = opening({
      ...rest,
      keyId: `key_${key}`,
      alias: `alias-${key}`,
      model: `m${model}`,
      tier: ['free', 'standard', 'premium'][model] ?? '',
    })
    return closing(opened, {
      outcome: rest.outcome,
      costNanoUsd: cost,
      costBasis: basis,
      usage:
        tokens === null ? null : { input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, basis: 'reported' },
    })
  })

type Step =
  | { readonly kind: 'rows'; readonly rows: readonly LedgerRow[] }
  | { readonly kind: 'roll up'; readonly limit: number }
  /** As many days of rows are kept, seen from so many days after the start. */
  | { readonly kind: 'retain'; readonly keepDays: number; readonly nowDays: number; readonly steps: number }
  | { readonly kind: 'compact'; readonly steps: number }

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('rows' as const),
      rows: fc.array(rowArbitrary, { maxLength: 30, size: '+1' }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('roll up' as const), limit: fc.integer({ min: 1, max: 200 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('retain' as const),
      keepDays: fc.nat(SPAN_DAYS),
      nowDays: fc.nat(SPAN_DAYS),
      steps: fc.nat(40),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), steps: fc.nat(3) }) },
)

const moment = fc.oneof(
  fc.constant(null),
  fc.nat(SPAN_DAYS).map((days) => START + days * DAY),
  fc.integer({ min: START, max: END }),
)
const queryArbitrary = fc.record({
  by: fc.uniqueArray(fc.constantFrom(...SPEND_DIMENSIONS), { maxLength: 3 }),
  since: moment,
  until: moment,
  filter: fc.oneof(
    fc.constant({}),
    few.map((n): SpendFilter => ({ user: `user-${n}` })),
    few.map((n): SpendFilter => ({ key: `alias-${n}`, model: `m${n}` })),
    few.map((n): SpendFilter => ({ group: `g${n}` })),
    few.map((n): SpendFilter => ({ tag: `t${n}` })),
  ),
})

/** The values of a row under a dimension: several for groups and tags. */
function valuesOf(row: LedgerRow, dimension: SpendDimension): readonly string[] {
  const orNone = (list: readonly string[]): readonly string[] => (list.length === 0 ? [''] : list)
  const day = new Date(row.at).toISOString()
  switch (dimension) {
    case 'day':
      return [day.slice(0, 10)]
    case 'month':
      return [day.slice(0, 7)]
    case 'key':
      return [row.keyId]
    case 'group':
      return orNone(row.groups)
    case 'tag':
      return orNone(row.tags)
    case 'user':
    case 'project':
      return [row[dimension] ?? '']
    case 'alias':
    case 'model':
    case 'tier':
    case 'provider':
    case 'intent':
    case 'endpoint':
      return [row[dimension]]
  }
}

function matches(row: LedgerRow, { key, user, model, group, tag }: SpendFilter): boolean {
  return (
    (key === undefined || row.keyId === key || row.alias === key) &&
    (user === undefined || row.user === user) &&
    (model === undefined || row.model === model) &&
    (group === undefined || row.groups.includes(group)) &&
    (tag === undefined || row.tags.includes(tag))
  )
}

const only = (yes: boolean, value: number): number => (yes ? value : 0)

function totalsOf(rows: readonly LedgerRow[]): SpendTotals {
  const sum = (of: (row: LedgerRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  return {
    calls: rows.length,
    failed: sum((row) => only(row.outcome === 'failed', 1)),
    refused: sum((row) => only(row.outcome === 'refused', 1)),
    orphaned: sum((row) => only(row.outcome === 'orphaned', 1)),
    unknown: sum((row) => only(row.costBasis === 'unknown', 1)),
    input: sum((row) => row.usage?.input ?? 0),
    cacheRead: sum((row) => row.usage?.cacheRead ?? 0),
    cacheWrite: sum((row) => (row.usage?.cacheWrite5m ?? 0) + (row.usage?.cacheWrite1h ?? 0)),
    output: sum((row) => row.usage?.output ?? 0),
    reasoning: sum((row) => row.usage?.reasoning ?? 0),
    costNanoUsd: sum((row) => row.costNanoUsd),
    estimatedNanoUsd: sum((row) => only(row.costBasis === 'estimated', row.costNanoUsd)),
    reservedNanoUsd: sum((row) => only(row.costBasis === 'reserved', row.costNanoUsd)),
  }
}

/** Lines by plain iteration over the rows. */
function expectedLines(rows: readonly LedgerRow[], by: readonly SpendDimension[]): Record<string, SpendTotals> {
  const lines = new Map<string, LedgerRow[]>()
  for (const row of rows) {
    let keys: string[][] = [[]]
    for (const dimension of by) {
      keys = keys.flatMap((key) => valuesOf(row, dimension).map((value) => [...key, value]))
    }
    for (const key of keys) lines.set(key.join('|'), [...(lines.get(key.join('|')) ?? []), row])
  }
  return Object.fromEntries([...lines].map(([key, members]) => [key, totalsOf(members)]))
}

let runs = 0

/** A store with the history in it, and the rows that went in. */
function play(steps: readonly Step[]) {
  runs += 1
  const connection = openDatabase(`${dir()}/${runs}.db`)
  const write = createLedgerWriter(connection)
  const rollUp = createRollUp(connection)
  const compaction = createCompaction(connection)
  const rows: LedgerRow[] = []
  let dropped = false
  for (const step of steps) {
    if (step.kind === 'rows') {
      write({ openings: [], ended: [], closings: step.rows })
      rows.push(...step.rows)
    } else if (step.kind === 'roll up') {
      rollUp.step(step.limit)
    } else if (step.kind === 'retain') {
      const retention = createRetention(connection, { keepMs: step.keepDays * DAY, maxBytes: Number.MAX_SAFE_INTEGER })
      for (let n = 0; n < step.steps && retention.step(START + step.nowDays * DAY); n += 1) dropped = true
    } else {
      for (let n = 0; n < step.steps && compaction.step(END); n += 1);
    }
  }
  return { connection, rows, dropped }
}

const history = fc.array(stepArbitrary, { minLength: 3, maxLength: 14, size: '+1' })

describe('totals', () => {
  it('by any dimensions, range and filter equal the sum of the rows, after any roll-ups and dropped rows', () => {
    let linesSeen = 0
    let widened = 0
    fc.assert(
      fc.property(history, fc.array(queryArbitrary, { minLength: 4, maxLength: 8 }), (steps, queries) => {
        const { connection, rows, dropped } = play(steps)
        const read = createSpendReader(connection)
        for (const query of queries) {
          const report = read(query)
          const meant = rows.filter(
            (row) => matches(row, query.filter) && row.at >= (report.since ?? 0) && row.at < (report.until ?? Infinity),
          )
          const found = Object.fromEntries(report.lines.map(({ values, totals }) => [values.join('|'), totals]))
          const nothing = query.by.length === 0 ? { '': totalsOf([]) } : {}
          expect(found).toEqual({ ...nothing, ...expectedLines(meant, query.by) })
          expect(report.total).toEqual(totalsOf(meant))
          linesSeen += report.lines.length
          widened += Number(report.widened)
          // Nothing is left out of what was asked, and without dropped rows nothing is added.
          const covers = (report.since ?? 0) <= (query.since ?? 0) && (report.until ?? END) >= (query.until ?? END)
          const same = report.since === query.since && report.until === query.until && !report.widened
          expect(dropped ? report.tagsSince !== null || covers : same).toBe(true)
        }
        connection.close()
      }),
      { seed: 20260801, numRuns: 120 },
    )
    expect(linesSeen).toBeGreaterThan(1000)
    expect(widened).toBeGreaterThan(5)
  })

  it('asked by a budget for a calendar window equal the sum of the rows', () => {
    const window = fc.record({
      hours: fc.constantFrom(1, 24, 168, 720),
      endsAfterHours: fc.integer({ min: 151 * 24, max: SPAN_DAYS * 24 }),
      quarters: fc.nat(3),
    })
    fc.assert(
      fc.property(history, fc.array(window, { minLength: 3, maxLength: 6 }), (steps, windows) => {
        const { connection, rows } = play(steps)
        const spent = createSpentReader(connection)
        for (const { hours, endsAfterHours, quarters } of windows) {
          const to = START + endsAfterHours * HOUR + (quarters * HOUR) / 4
          const from = to - hours * HOUR
          for (const [scope, subject, of] of [
            ['global', '', () => true],
            ['user', 'user-1', (row: LedgerRow) => row.user === 'user-1'],
            ['group', 'g0', (row: LedgerRow) => row.groups.includes('g0')],
            ['key', 'key_2', (row: LedgerRow) => row.keyId === 'key_2'],
            ['project', 'p0', (row: LedgerRow) => row.project === 'p0'],
          ] as const) {
            const parts = spent({ scope, subject, from, to })
            const expected = rows
              .filter((row) => row.at >= from && row.at < to && of(row))
              .reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
            expect(parts.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0)).toBe(expected)
            expect(parts.every(({ at }) => at >= from && at < to)).toBe(true)
          }
          const ever = spent({ scope: 'global', subject: '', from: 0, to: Number.MAX_SAFE_INTEGER })
          expect(ever.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0)).toBe(totalsOf(rows).costNanoUsd)
        }
        connection.close()
      }),
      { seed: 20260802, numRuns: 60 },
    )
  })

  it('asked by a budget for any range are never less than the rows, and exact where the rows are left', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: END - 60 * DAY, max: END }), fc.nat(30 * DAY), (steps, to, length) => {
        const { connection, rows, dropped } = play(steps.filter(({ kind }) => kind !== 'compact'))
        const from = to - length
        const found = createSpentReader(connection)({ scope: 'global', subject: '', from, to })
        const sum = found.reduce((total, { nanoUsd }) => total + nanoUsd, 0)
        const expected = totalsOf(rows.filter(({ at }) => at >= from && at < to)).costNanoUsd
        expect(dropped ? sum >= expected : sum === expected).toBe(true)
        connection.close()
      }),
      { seed: 20260803, numRuns: 100 },
    )
  })

  it('pass the check of the store after any history', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { connection } = play(steps)
        expect(checkLedger(connection).problems).toEqual([])
        connection.close()
      }),
      { seed: 20260804, numRuns: 60 },
    )
  })
})
