import { usdText } from '../engine/record-facts.ts'
import type { SpendDimension, SpendReport, SpendTotals } from '../engine/spend.ts'
import { csvLine, type Cell } from './csv-line.ts'

const CSV_FIGURES = [
  'calls',
  'failed',
  'refused',
  'orphaned',
  'unknown_cost',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_usd',
  'cost_nano_usd',
  'estimated_nano_usd',
  'reserved_nano_usd',
]

/** One line for each line of the report, for spreadsheets; no total, so that a sum over the column is right. */
export function spendCsv({ by, lines }: SpendReport): string {
  const body = lines.map(({ values, totals }) => csvLine([...values, ...csvFigures(totals)]))
  return [csvLine([...by, ...CSV_FIGURES]), ...body].join('')
}

function csvFigures(totals: SpendTotals): Cell[] {
  const { calls, failed, refused, orphaned, unknown, input, cacheRead, cacheWrite, output, reasoning } = totals
  const { costNanoUsd, estimatedNanoUsd, reservedNanoUsd } = totals
  const tokens = [input, cacheRead, cacheWrite, output, reasoning]
  // Digits only, so that no spreadsheet reads it otherwise; a float would lose some.
  const cost = usdText(costNanoUsd)
  return [calls, failed, refused, orphaned, unknown, ...tokens, cost, costNanoUsd, estimatedNanoUsd, reservedNanoUsd]
}

/** The report as one JSON document; amounts as integers of nano-dollars and as exact decimal texts. */
export function spendJson(report: SpendReport): Record<string, unknown> {
  const { by, lines, total, since, until, widened, tagsSince, open } = report
  return {
    schema: 'gateway.spend/1',
    since: isoOrNull(since),
    until: isoOrNull(until),
    widened,
    ...(tagsSince === null ? {} : { tagsSince: isoOrNull(tagsSince) }),
    by,
    lines: lines.map(({ values, totals }) => ({ ...named(by, values), ...totalsJson(totals) })),
    total: totalsJson(total),
    open,
  }
}

function named(by: readonly SpendDimension[], values: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(by.map((dimension, index) => [dimension, values[index] || null]))
}

function totalsJson(totals: SpendTotals): Record<string, unknown> {
  const { calls, failed, refused, orphaned, unknown, input, cacheRead, cacheWrite, output, reasoning } = totals
  const { costNanoUsd, estimatedNanoUsd, reservedNanoUsd } = totals
  return {
    calls,
    failed,
    refused,
    orphaned,
    unknownCost: unknown,
    tokens: { input, cacheRead, cacheWrite, output, reasoning },
    costUsd: usdText(costNanoUsd),
    costNanoUsd,
    estimatedNanoUsd,
    reservedNanoUsd,
  }
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
