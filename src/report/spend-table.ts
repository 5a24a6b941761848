import type { SpendDimension, SpendLine, SpendReport, SpendTotals } from '../engine/spend.ts'
import { amount, counted, percent } from './format.ts'
import { oneLine } from './plain-text.ts'
import { ASCII, UNICODE, type TextStyle } from './style.ts'
import { textTable, type Column } from './text-table.ts'

const FIGURES: readonly Column[] = [
  { header: 'CALLS', align: 'right' },
  { header: 'FAILED', align: 'right', drop: 2 },
  { header: 'ORPHANED', align: 'right', drop: 5 },
  { header: 'IN', align: 'right' },
  { header: 'CACHED', align: 'right', drop: 4 },
  { header: 'WRITTEN', align: 'right', drop: 1 },
  { header: 'OUT', align: 'right' },
  { header: 'REASON', align: 'right', drop: 3 },
  { header: 'COST $', align: 'right' },
  { header: 'EST', align: 'right', drop: 6 },
]

/** Spend by line, and the total of it. Amounts are exact: as many decimals as the finest of them needs. */
export function spendTable({ by, lines, total }: SpendReport, style: TextStyle): string[] {
  const symbols = style.ascii ? ASCII : UNICODE
  const decimals = decimalsOf([total, ...lines.map(({ totals }) => totals)])
  const columns = [...by.map((dimension): Column => ({ header: heading(dimension), align: 'left' })), ...FIGURES]
  const rows = lines.map(({ values, totals }) => ({
    cells: [...values.map((value) => oneLine(value) || symbols.none), ...figures(totals, decimals)].map((text) => ({
      text,
    })),
  }))
  const sum = by.map((_, index) => (index === 0 ? 'total' : ''))
  const totalCells = [...sum, ...figures(total, decimals)].map((text) => ({ text, tone: 'strong' as const }))
  return textTable(columns, [...rows, { cells: totalCells }], style)
}

function heading(dimension: SpendDimension): string {
  return dimension.toUpperCase()
}

function figures(totals: SpendTotals, decimals: number): string[] {
  const { calls, failed, orphaned, input, cacheRead, cacheWrite, output, reasoning, costNanoUsd } = totals
  const tokens = [input, cacheRead, cacheWrite, output, reasoning].map((count) => amount(count, 'tokens'))
  const [read = '', cached = '', written = '', out = '', thought = ''] = tokens
  return [
    String(calls),
    String(failed),
    String(orphaned),
    read,
    cached,
    written,
    out,
    thought,
    dollars(costNanoUsd, decimals),
    estimatedShare(totals),
  ]
}

/** The part of the cost that is not what a provider or a count said: estimated tokens, or only what was reserved. */
function estimatedShare({ costNanoUsd, estimatedNanoUsd, reservedNanoUsd }: SpendTotals): string {
  if (costNanoUsd === 0) return ''
  const share = (estimatedNanoUsd + reservedNanoUsd) / costNanoUsd
  return share > 0 && share < 0.005 ? '<1%' : percent(share, 0)
}

/** Nano-dollars with a fixed number of decimals, without rounding. */
function dollars(nanoUsd: number, decimals: number): string {
  const digits = String(nanoUsd).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9, -9 + decimals || undefined)}`
}

/** The fewest decimals, at least cents, that show every amount exactly. */
function decimalsOf(all: readonly SpendTotals[]): number {
  const needed = all.map(({ costNanoUsd }) => {
    const zeros = /0*$/.exec(String(costNanoUsd).padStart(10, '0').slice(-9))?.[0].length ?? 0
    return 9 - zeros
  })
  return needed.reduce((most, one) => Math.max(most, one), 2)
}

/** What a reader must know beside the figures. */
export function spendNotes(report: SpendReport, hidden: readonly SpendLine[]): string[] {
  const { by, total, since, until, widened, tagsSince, open } = report
  const several = by.filter((dimension) => dimension === 'group' || dimension === 'tag')
  return [
    ...(hidden.length === 0 ? [] : [`${counted(hidden.length, 'more line')} with --top; the total has them`]),
    ...several.map((name) => `a call with several ${name}s is in the line of each, once in the total`),
    ...(widened ? [`single calls of that time are gone, so whole days count: ${rangeText(since, until)}`] : []),
    ...(tagsSince === null ? [] : [`tags are kept with single calls, which reach back to ${dateText(tagsSince)}`]),
    ...(total.unknown === 0 ? [] : [`the cost of ${counted(total.unknown, 'call')} is not known and in no sum`]),
    ...(total.refused === 0 ? [] : [`${counted(total.refused, 'call')} reached no provider`]),
    ...(open.attempts === 0 ? [] : [`${counted(open.attempts, 'call')} not ended yet, in no sum`]),
  ]
}

/** `2026-08-01 to now`. */
export function rangeText(since: number | null, until: number | null): string {
  return `${since === null ? 'the beginning' : dateText(since)} to ${until === null ? 'now' : dateText(until)}`
}

function dateText(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace(/T00:00:00\.000Z$/, '')
    .replace('.000Z', 'Z')
}
