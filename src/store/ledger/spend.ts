import type { SpendDimension, SpendFilter, SpendQuery, SpendReport, SpendTotals } from '../../engine/spend.ts'
import type { Connection } from '../open.ts'
import { DAY_MS } from './codes.ts'
import { spendRange, type SpendRange } from './spend-range.ts'
import { spendSql } from './spend-sql.ts'

interface TotalColumns {
  readonly calls: number
  readonly failed: number
  readonly refused: number
  readonly orphaned: number
  readonly unknown: number
  readonly input: number
  readonly cache_read: number
  readonly cache_write: number
  readonly output: number
  readonly reasoning: number
  readonly cost_nano: number
  readonly estimated_nano: number
  readonly reserved_nano: number
}

type Found = TotalColumns & Readonly<Record<`d${number}`, string | number>>

/** Sums of the ledger for people, exact to the nano-dollar at any moment, also while a proxy writes. */
export type SpendReader = (query: SpendQuery) => SpendReport

export function createSpendReader(connection: Connection): SpendReader {
  const state = connection.prepare<[], { rolled_seq: number; rows_from_quarter: number }>(
    'SELECT rolled_seq, rows_from_quarter FROM ledger_state',
  )
  const open = connection.prepare<[], { attempts: number; reservedNanoUsd: number }>(
    `SELECT count(*) AS attempts, coalesce(sum(opening ->> '$.reservedNanoUsd'), 0) AS reservedNanoUsd
     FROM attempt_open`,
  )
  const statements = new Map<string, ReturnType<typeof connection.prepare<[object], Found>>>()
  const run = (by: readonly SpendDimension[], filter: SpendFilter, range: SpendRange): Found[] => {
    const { sql, parameters } = spendSql(by, filter, range)
    const statement = statements.get(sql) ?? connection.prepare<[object], Found>(sql)
    statements.set(sql, statement)
    return statement.all(parameters)
  }
  // One read transaction: all sums are of the same moment.
  return connection.transaction((query: SpendQuery): SpendReport => {
    const { by, filter } = query
    const { rolled_seq: rolled, rows_from_quarter: rowsFrom } = state.get() ?? { rolled_seq: 0, rows_from_quarter: 0 }
    const range = spendRange(query, { rolled, rowsFrom })
    const lines = run(by, filter, range).map((found) => ({
      values: by.map((dimension, index) => valueText(dimension, found[`d${index}`] ?? '')),
      totals: totals(found),
    }))
    const [total] = run([], filter, range)
    const byTime = by.findIndex((dimension) => dimension === 'day' || dimension === 'month')
    return {
      by,
      lines: lines.toSorted(
        (a, b) =>
          compare(a.values[byTime] ?? '', b.values[byTime] ?? '') ||
          b.totals.costNanoUsd - a.totals.costNanoUsd ||
          compare(a.values.join('\n'), b.values.join('\n')),
      ),
      total: totals(total ?? NOTHING),
      since: range.since,
      until: range.until,
      widened: range.widened,
      tagsSince: range.tagsSince,
      open: open.get() ?? { attempts: 0, reservedNanoUsd: 0 },
    }
  })
}

/** The report of a store that does not exist yet. */
export function emptySpendReport({ by, since, until }: SpendQuery): SpendReport {
  return {
    by,
    lines: [],
    total: totals(NOTHING),
    since,
    until,
    widened: false,
    tagsSince: null,
    open: { attempts: 0, reservedNanoUsd: 0 },
  }
}

function valueText(dimension: SpendDimension, value: string | number): string {
  if (dimension !== 'day' || typeof value === 'string') return String(value)
  return new Date(value * DAY_MS).toISOString().slice(0, 10)
}

function totals(found: TotalColumns): SpendTotals {
  const { calls, failed, refused, orphaned, unknown, input, output, reasoning } = found
  return {
    calls,
    failed,
    refused,
    orphaned,
    unknown,
    input,
    cacheRead: found.cache_read,
    cacheWrite: found.cache_write,
    output,
    reasoning,
    costNanoUsd: found.cost_nano,
    estimatedNanoUsd: found.estimated_nano,
    reservedNanoUsd: found.reserved_nano,
  }
}

const NOTHING: TotalColumns = {
  calls: 0,
  failed: 0,
  refused: 0,
  orphaned: 0,
  unknown: 0,
  input: 0,
  cache_read: 0,
  cache_write: 0,
  output: 0,
  reasoning: 0,
  cost_nano: 0,
  estimated_nano: 0,
  reserved_nano: 0,
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
