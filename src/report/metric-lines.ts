import type { CandidateSummary, MetricSummary, Verdict } from '../replay/summary/types.ts'
import { verdictLabel, verdictReason } from './describe-verdict.ts'
import { amount, change, interval, money, percent } from './format.ts'
import { oneLine } from './plain-text.ts'
import type { Symbols, Tone } from './style.ts'

/** One row of the table of metrics as finished strings; screens and reports show the same cells. */
export interface MetricLine {
  readonly metric: string
  /** 1 for a slice under its metric. */
  readonly indent: 0 | 1
  readonly name: string
  readonly baseline: string
  readonly candidate: string
  readonly change: string
  readonly interval: string
  readonly n: string
  readonly verdict: string
  readonly tone: Tone
  /** Why there is no verdict, what the set can see, bounds; empty for nothing to add. */
  readonly notes: readonly string[]
}

const NAMES: Readonly<Record<string, string>> = {
  'cost.total': 'cost total',
  'cost.request': 'cost / request (gm)',
  'latency.typical': 'latency (gm)',
  'latency.p95': 'latency p95',
  'first_token.typical': 'first token (gm)',
  'first_token.p95': 'first token p95',
  'errors.rate': 'errors',
  'refusals.rate': 'refusals',
  'routes.changed': 'routes changed',
}

export function metricName(metric: string): string {
  return NAMES[metric] ?? metric.replace('.', ' ').replaceAll('_', ' ')
}

/** Slices shown under a metric unless all are asked for; the rest is in the JSON. */
const SHOWN_SLICES = 8

/** The rows worth a reader's time: overall metrics, slices that gates name, then intents of `quality.score`. */
export function metricLines(candidate: CandidateSummary, symbols: Symbols): MetricLine[] {
  const overall = candidate.metrics.filter((metric) => metric.slice.label === 'all' && isShown(metric, candidate))
  return overall.flatMap((metric) => [
    metricLine(metric, symbols),
    ...slicesOf(metric, candidate).map((slice) => metricLine(slice, symbols)),
  ])
}

/** Metrics without data are silent, except quality, whose absence must be said, and those that a gate asks for. */
function isShown(metric: MetricSummary, candidate: CandidateSummary): boolean {
  if (candidate.gates.some(({ gate }) => gate.metric === metric.metric)) return true
  if (metric.metric === 'quality.score') return true
  if (metric.metric === 'routes.changed') return false
  const { verdict } = metric
  if (verdict.kind === 'not_measured') {
    return verdict.reason.code !== 'nothing_recorded' && !metric.metric.endsWith('.p95')
  }
  const second = metric.metric.startsWith('first_token.') || metric.metric === 'latency.p95'
  return !(second && (verdict.kind === 'not_compared' || verdict.kind === 'equal'))
}

function slicesOf(metric: MetricSummary, candidate: CandidateSummary): MetricSummary[] {
  const slices = candidate.metrics.filter((other) => other.metric === metric.metric && other.slice.label !== 'all')
  const gated = slices.filter((slice) => !slice.exploratory)
  const byIntent = slices.filter((slice) => slice.exploratory && slice.slice.where.intent !== undefined)
  const marked = slices.filter((slice) => slice.standsOut && !byIntent.includes(slice))
  const shown = metric.metric === 'quality.score' ? [...byIntent, ...marked] : marked
  return [...gated, ...shown.slice(0, SHOWN_SLICES)]
}

export function metricLine(metric: MetricSummary, symbols: Symbols): MetricLine {
  const sliced = metric.slice.label !== 'all'
  const levelOnly = metric.baseline === null && metric.metric === 'routes.changed'
  const range = metric.interval90
  return {
    metric: metric.metric,
    indent: sliced ? 1 : 0,
    name: oneLine(sliced ? metric.slice.label : metricName(metric.metric)),
    baseline: metric.baseline === null ? symbols.none : amount(metric.baseline, metric.unit),
    candidate: metric.candidate === null ? symbols.none : amount(metric.candidate, metric.unit),
    change: metric.change === null || levelOnly ? symbols.none : change(metric.change, metric),
    interval:
      range === null ? '' : levelOnly ? `[${percent(range.low)}, ${percent(range.high)}]` : interval(range, metric),
    n: String(metric.n),
    verdict: `${verdictLabel(metric.verdict)}${markOf(metric)}`,
    tone: toneOf(metric.verdict),
    notes: sliced ? [] : notesOf(metric, symbols),
  }
}

/** `!` for a slice that is worse, `*` for another that stands out among the slices. */
function markOf({ slice, verdict, standsOut }: MetricSummary): string {
  if (slice.label !== 'all' && verdict.kind === 'worse') return ' !'
  return standsOut ? ' *' : ''
}

function toneOf(verdict: Verdict): Tone {
  switch (verdict.kind) {
    case 'better':
    case 'equivalent':
    case 'equal':
      return 'good'
    case 'worse':
      return 'bad'
    case 'inconclusive':
      return 'warn'
    case 'not_measured':
    case 'not_compared':
      return 'dim'
  }
}

function notesOf(metric: MetricSummary, symbols: Symbols): string[] {
  const { verdict, canSee, margin, neededPairs, bounds, candidateRange } = metric
  const notes: string[] = []
  if (verdict.kind === 'not_measured' || (verdict.kind === 'not_compared' && verdict.reason.code !== 'informational')) {
    notes.push(`${verdictLabel(verdict)}: ${verdictReason(verdict)}`)
  }
  if (metric.good === 'higher' && canSee !== null) {
    const needs =
      verdict.kind === 'inconclusive' && margin !== null && neededPairs !== null
        ? `; a margin of ${points(margin)} needs ~${neededPairs} fixtures`
        : ''
    notes.push(`this set can see ${symbols.atLeast} ${points(canSee)}${needs}`)
  }
  if (bounds !== null)
    notes.push(
      `between ${change(bounds.low, metric)} and ${change(bounds.high, metric)} whatever the missing answers are worth`,
    )
  if (candidateRange !== null) {
    notes.push(
      `candidate between ${money(candidateRange.low)} and ${money(candidateRange.high)}, ${metric.estimated} estimated`,
    )
  }
  return notes
}

function points(share: number): string {
  return `${(share * 100).toFixed(1)}pp`
}
