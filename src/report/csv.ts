import type { ReportRow } from '../replay/summary/report-rows.ts'
import type { ArmRow, EvidenceLabel } from '../replay/types.ts'
import { plainText } from './plain-text.ts'

const PAIR_COLUMNS = [
  'candidate',
  'fixture',
  'file',
  'line',
  'session',
  'turn',
  'intent',
  'tags',
  'route_changed',
  'worse',
]
const ARM_COLUMNS = [
  'model',
  'tier',
  'evidence',
  'cost_usd',
  'total_ms',
  'input_tokens',
  'output_tokens',
  'error',
  'refused',
] as const

const EVIDENCE: Readonly<Record<EvidenceLabel, string>> = {
  '=': 'same',
  R: 'recorded',
  C: 'cached',
  L: 'live',
  E: 'estimated',
  '-': 'missing',
}

/** One line per fixture and candidate, for spreadsheets (RFC 4180, LF). `metrics` are the score columns of both arms. */
export function* csvReport(rows: Iterable<ReportRow>, metrics: readonly string[]): Generator<string> {
  const arms = ['baseline', 'candidate']
  yield line([
    ...PAIR_COLUMNS,
    ...arms.flatMap((arm) => [...ARM_COLUMNS, ...metrics].map((column) => `${arm}.${column}`)),
  ])
  for (const { candidate, pair, worse } of rows) {
    yield line([
      candidate,
      pair.fixture,
      pair.file,
      pair.line,
      pair.session,
      pair.turn,
      pair.intent,
      pair.tags.join(' '),
      pair.routeChanged,
      worse?.kind ?? '',
      ...armCells(pair.baseline, metrics),
      ...armCells(pair.candidate, metrics),
    ])
  }
}

type Cell = string | number | boolean | null

function armCells(arm: ArmRow, metrics: readonly string[]): Cell[] {
  return [
    arm.model,
    arm.tier,
    EVIDENCE[arm.evidence],
    arm.costNanoUsd === null ? null : arm.costNanoUsd / 1e9,
    arm.totalMs,
    arm.inputTokens,
    arm.outputTokens,
    arm.error,
    arm.refused,
    ...metrics.map((metric) => arm.metrics[metric] ?? null),
  ]
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(cell).join(',')}\n`
}

/** Text that a spreadsheet would run as a formula gets an apostrophe in front. */
function cell(value: Cell): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = plainText(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
