import type { ReportRow } from '../replay/summary/report-rows.ts'
import type { ArmRow, EvidenceLabel } from '../replay/types.ts'
import { csvLine, type Cell } from './csv-line.ts'

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
  yield csvLine([
    ...PAIR_COLUMNS,
    ...arms.flatMap((arm) => [...ARM_COLUMNS, ...metrics].map((column) => `${arm}.${column}`)),
  ])
  for (const { candidate, pair, worse } of rows) {
    yield csvLine([
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
