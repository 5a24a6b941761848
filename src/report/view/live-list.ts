import { money, percent } from '../format.ts'
import { duration } from '../../engine/describe/amounts.ts'
import type { LiveRow } from './live-row.ts'
import type { LiveSnapshot, LiveStatus } from './live-feed.ts'
import { bar, joinSegments, line, rule, span, windowStart, type Frame, type Line, type Segment } from './frame.ts'
import { cleanText, fit, textWidth, type Look } from './width.ts'

/** The two lines above the list: where the proxy runs, and how it is doing. */
export function liveHeader(snapshot: LiveSnapshot, columns: number, look: Look): Frame {
  return [facts(snapshot.status, columns), figures(snapshot, columns), rule(columns, look)]
}

function facts(status: LiveStatus, columns: number): Line {
  const { config, recording } = status
  const file = config.file === null ? 'bundled config' : baseName(config.file)
  const segments: Segment[] = [
    { spans: [span(' gateway dev', 'strong')], keep: 9 },
    { spans: line(`${status.url}/v1`), keep: 8 },
    { spans: line(`${file} ${config.hash.slice(0, 6)}`, 'dim'), keep: 4 },
    { spans: config.rejected === null ? [] : line('!config rejected', 'bad'), keep: 7 },
    { spans: line(`upstream ${status.upstream}`, status.upstream === 'live' ? 'plain' : 'warn'), keep: 6 },
    { spans: recording === null ? [] : line(recordingText(recording), 'bad'), keep: 10 },
    { spans: line('? help', 'dim'), keep: 3 },
  ]
  return joinSegments(segments, columns)
}

function recordingText({ mode, written, dropped }: NonNullable<LiveStatus['recording']>): string {
  return `REC ${mode} (${written}${dropped > 0 ? `, ${dropped} dropped` : ''})`
}

function figures({ figures: now, status }: LiveSnapshot, columns: number): Line {
  const { totals, inFlight } = status
  const failed = now.failedShare === null ? '-' : percent(now.failedShare)
  const unknown = totals.costUnknown > 0 ? ` + ${totals.costUnknown} unknown` : ''
  const cap = capOf(status)
  const segments: Segment[] = [
    { spans: line(` ${now.perMinute} rpm`), keep: 9 },
    { spans: line(`err ${failed}`, (now.failedShare ?? 0) > 0 ? 'warn' : 'plain'), keep: 7 },
    { spans: line(`p50 ${timeOrDash(now.p50Ms)}  p95 ${timeOrDash(now.p95Ms)}`), keep: 6 },
    { spans: line(`spend ${money(totals.costNanoUsd)}${cap?.of ?? ''}${unknown}`), keep: 8 },
    { spans: cap === null || cap.label === '' ? [] : line(cap.label, cap.share >= 0.8 ? 'warn' : 'plain'), keep: 5 },
    { spans: cap === null ? [] : line(bar(cap.share, 8), cap.share >= 0.8 ? 'warn' : 'plain'), keep: 2 },
    { spans: line(`${totals.calls} calls`, 'dim'), keep: 3 },
    { spans: inFlight === 0 ? [] : line(`${inFlight} running`, 'dim'), keep: 4 },
  ]
  return joinSegments(segments, columns, '   ')
}

/** The cap of the session, or else the budget that is closest to its end. */
function capOf({
  totals,
  maxSpendNanoUsd,
  budget,
}: LiveStatus): { readonly of: string; readonly label: string; readonly share: number } | null {
  if (maxSpendNanoUsd !== null)
    return { of: ` of ${money(maxSpendNanoUsd)}`, label: '', share: shareOf(totals.costNanoUsd, maxSpendNanoUsd) }
  if (budget === null) return null
  const { name, subject, usedNanoUsd, limitNanoUsd } = budget
  const who = subject === '' ? name : `${name} ${subject}`
  const label = `${cleanText(who, false)} ${money(usedNanoUsd)} of ${money(limitNanoUsd)}`
  return { of: '', label, share: shareOf(usedNanoUsd, limitNanoUsd) }
}

function shareOf(used: number, limit: number): number {
  return limit === 0 ? 1 : used / limit
}

function timeOrDash(ms: number | null): string {
  return ms === null ? '-' : duration(ms)
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

interface Column {
  readonly head: string
  readonly width: number
  readonly align?: 'right'
  readonly cell: (row: LiveRow, look: Look, width: number) => string
}

/** Narrowest width at which each of the right-hand columns is shown. */
const COST_FROM = 96
const TOKENS_FROM = 80
const TIMES_FROM = 64
/** From here on intents are shown in full. */
const WIDE_FROM = 112

function columnsFor(columns: number): Column[] {
  const fixed: Column[] = [
    { head: 'TIME', width: 8, cell: (row) => row.time },
    { head: 'KEY', width: columns >= WIDE_FROM ? 10 : 5, cell: (row) => row.key },
    { head: 'INTENT', width: intentWidth(columns), cell: (row) => row.intent },
  ]
  const right: Column[] = [{ head: 'CODE', width: 4, align: 'right', cell: (row) => row.code }]
  if (columns >= TIMES_FROM) {
    right.push({ head: 'TTFT', width: 6, align: 'right', cell: (row) => row.firstToken })
    right.push({
      head: 'TOTAL',
      width: 6,
      align: 'right',
      cell: (row, { symbols }) => (row.state === 'done' ? row.total : symbols.ellipsis),
    })
  }
  if (columns >= TOKENS_FROM) right.push({ head: 'TOK in/out', width: 10, align: 'right', cell: (row) => row.tokens })
  if (columns >= COST_FROM) right.push({ head: 'COST', width: 8, align: 'right', cell: (row) => row.cost })
  const route: Column = { head: 'ROUTE', width: 0, cell: routeCell }
  const shape = [...fixed, route, ...right]
  const used = shape.reduce((sum, column, index) => sum + column.width + (index === 0 ? MARGIN : gapOf(column)), 0)
  return shape.map((column) => (column === route ? { ...route, width: Math.max(8, columns - used) } : column))
}

/** Figures are right-aligned and keep their distance by themselves. */
function gapOf({ align }: Column): number {
  return align === 'right' ? 1 : 2
}

function intentWidth(columns: number): number {
  if (columns >= WIDE_FROM) return 22
  return columns >= COST_FROM ? 10 : 8
}

/** Room for the cursor in front of a row. */
const MARGIN = 3

/** The visible part of the list with its column heads; one span a row, so that drawing stays cheap. */
export function liveList(
  rows: readonly LiveRow[],
  view: { readonly cursor: number; readonly height: number; readonly columns: number; readonly look: Look },
): Frame {
  const { cursor, height, columns, look } = view
  const shape = columnsFor(columns)
  const start = windowStart(rows.length, cursor, height - 1)
  const visible = rows.slice(start, start + height - 1)
  return [
    line(`   ${cells(shape, look, ({ head }) => head)}`, 'dim'),
    ...visible.map((row, index) => {
      const selected = start + index === cursor
      const text = cells(shape, look, ({ cell, width }) => cell(row, look, width))
      return line(`${selected ? ' > ' : '   '}${text}`, selected ? 'strong' : row.tone)
    }),
  ]
}

function routeCell({ route, shortRoute }: LiveRow, _: Look, width: number): string {
  return textWidth(route) > width ? shortRoute : route
}

function cells(shape: readonly Column[], look: Look, text: (column: Column) => string): string {
  return shape
    .map((column, index) => {
      const gap = index === 0 ? '' : ' '.repeat(gapOf(column))
      const how = column.align === undefined ? { look } : { look, align: column.align }
      return `${gap}${fit(text(column), column.width, how)}`
    })
    .join('')
}
