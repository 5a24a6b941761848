import type { Gate, Where } from '../gates/types.ts'
import { matchesWhere } from '../gates/where.ts'
import { benjaminiHochberg } from '../stats/multiple.ts'
import type { PairRow } from '../types.ts'
import { measure } from './measure.ts'
import type { Measured } from './measured.ts'
import { BUILT_IN_METRICS, metricFacts } from './metric-facts.ts'
import { exploratorySlices, sliceOf } from './slices.ts'
import type { MetricSummary, Slice } from './types.ts'

/** Accepted loss of quality where no gate says otherwise: five points. */
const DEFAULT_MARGIN = 0.05
/** False discovery rate for marking slices. */
const DISCOVERY_RATE = 0.1

export interface MetricOptions {
  readonly seed: number
  readonly gates: readonly Gate[]
  /** Needed share of measured pairs by head of the metric's name (`quality`, `cost`, …); 0.9 where absent. */
  readonly coverage: Readonly<Record<string, number>>
  readonly estimatedCosts: 'allow' | 'refuse'
  readonly resamples: number
}

/** The metrics of one candidate, kept so that gates and tables read the same figures. */
export interface MetricBook {
  /** Overall metrics, then slices named by gates, then exploratory slices. */
  readonly summaries: readonly MetricSummary[]
  readonly of: (metric: string, where: Where) => Measured
}

export function metricBook(rows: readonly PairRow[], options: MetricOptions): MetricBook {
  const known = new Map<string, Measured>()
  const ask = (metric: string, slice: Slice, pairs: readonly PairRow[], exploratory: boolean): Measured => {
    const key = `${metric}{${slice.label}}`
    const before = known.get(key)
    if (before !== undefined) return before
    const found = measure({
      metric,
      facts: metricFacts(metric),
      slice,
      rows: pairs,
      margin: marginOf(metric, slice, options.gates),
      exploratory,
      coverage: options.coverage[metric.split('.')[0] ?? ''] ?? 0.9,
      estimatedCosts: options.estimatedCosts,
      seed: options.seed,
      resamples: options.resamples,
    })
    known.set(key, found)
    return found
  }
  const of = (metric: string, where: Where): Measured => {
    const slice = sliceOf(where)
    const pairs = slice.label === 'all' ? rows : rows.filter((row) => matchesWhere(row, where))
    return ask(metric, slice, pairs, false)
  }
  const overall = metricNames(rows).map((metric) => of(metric, {}))
  const gated = options.gates.map((gate) => of(gate.metric, gate.where))
  const before = new Set([...overall, ...gated])
  const exploratory = exploratorySlices(rows).flatMap(({ slice, rows: pairs }) =>
    slicedMetrics(rows).map((metric) => ask(metric, slice, pairs, true)),
  )
  const fresh = exploratory.filter((measured) => !before.has(measured))
  return { of, summaries: [...[...before].map(({ summary }) => summary), ...markStandouts(fresh)] }
}

function metricNames(rows: readonly PairRow[]): string[] {
  return [...Object.keys(BUILT_IN_METRICS), ...scoreNames(rows)]
}

/** `quality.score` is always there, so that its absence is stated rather than silent. */
function scoreNames(rows: readonly PairRow[]): string[] {
  const names = new Set(['quality.score'])
  for (const row of rows) {
    for (const metric of Object.keys(row.baseline.metrics)) names.add(metric)
    for (const metric of Object.keys(row.candidate.metrics)) names.add(metric)
  }
  return [...names].sort()
}

function slicedMetrics(rows: readonly PairRow[]): string[] {
  return ['cost.total', ...scoreNames(rows).filter((metric) => metric.startsWith('quality.'))]
}

/** A gate's own margin, else the one of the gate on all fixtures, else five points for quality. */
function marginOf(metric: string, slice: Slice, gates: readonly Gate[]): number | null {
  const onMetric = gates.filter((gate) => gate.metric === metric)
  const own = onMetric.find((gate) => sliceOf(gate.where).label === slice.label)
  const overall = onMetric.find((gate) => sliceOf(gate.where).label === 'all')
  const margins = [own, overall].flatMap((gate) =>
    (gate?.bounds ?? []).flatMap((bound) => {
      if (bound.kind === 'non_inferior') return [bound.margin]
      return bound.kind === 'max_increase' ? [bound.limit] : []
    }),
  )
  return margins[0] ?? (metric.startsWith('quality.') ? DEFAULT_MARGIN : null)
}

function markStandouts(measured: readonly Measured[]): MetricSummary[] {
  const tested = measured.flatMap(({ summary, estimate }) =>
    estimate === null || estimate.method === 'exact'
      ? []
      : [{ summary, p: Math.min(1, 2 * Math.min(estimate.pAbove(0), estimate.pBelow(0))) }],
  )
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p))
  const marked = new Set(tested.filter((_, i) => (adjusted[i] ?? 1) <= DISCOVERY_RATE).map(({ summary }) => summary))
  return measured.map(({ summary }) => (marked.has(summary) ? { ...summary, standsOut: true } : summary))
}
