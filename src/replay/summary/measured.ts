import { minimumDetectable, neededPairs } from '../stats/power.ts'
import { createRandom } from '../stats/random.ts'
import { resamplesFor, type Resampling } from '../stats/bootstrap.ts'
import { exactEstimate, type Estimate } from '../stats/estimate.ts'
import type { PairRow } from '../types.ts'
import type { MetricFacts } from './metric-facts.ts'
import type { MetricSummary, Slice, Verdict } from './types.ts'
import { judge } from './verdict.ts'

/** Sessions (or single-turn pairs) below which a t interval is not trusted. */
export const FEWEST_CLUSTERS = 5
/** Pairs below which a p95 is not compared. */
export const FEWEST_FOR_P95 = 100

/** One metric on one slice, asked for. */
export interface Question {
  readonly metric: string
  readonly facts: MetricFacts
  readonly slice: Slice
  /** Pairs of the slice. */
  readonly rows: readonly PairRow[]
  /** As a change; null where nothing counts as equivalent. */
  readonly margin: number | null
  readonly exploratory: boolean
  /** Share of pairs that must be measured. */
  readonly coverage: number
  readonly estimatedCosts: 'allow' | 'refuse'
  readonly seed: number
  /** Most bootstrap resamples. */
  readonly resamples: number
}

/** A metric with what gates need beyond its summary. */
export interface Measured {
  readonly summary: MetricSummary
  /** Of the change; null when nothing may be concluded. */
  readonly estimate: Estimate | null
  /** Of the candidate's own value in the metric's unit, for absolute limits; null when nothing may be concluded. */
  readonly level: () => Estimate | null
}

/** What a metric's own code has found; the rest of the summary follows from it. */
export interface Finding {
  readonly baseline: number | null
  readonly candidate: number | null
  readonly change: number | null
  readonly n: number
  readonly clusters: number
  /** An estimate gives a verdict by its interval; a verdict stands for itself. */
  readonly outcome: Estimate | Verdict
  /** With the verdict "equal": how sure that is beyond these fixtures. Left out: exactly. */
  readonly equalBy?: Estimate
  readonly changeKind?: MetricSummary['changeKind']
  readonly mcnemarP?: number | null
  readonly bounds?: MetricSummary['bounds']
  readonly candidateRange?: MetricSummary['candidateRange']
  readonly estimated?: number
  readonly level?: () => Estimate | null
}

export function measured(question: Question, found: Finding): Measured {
  const estimate = 'kind' in found.outcome ? equalEstimate(found) : found.outcome
  const verdict = 'kind' in found.outcome ? found.outcome : judgedBy(question, found.outcome)
  const { margin } = question
  const sampled = estimate !== null && estimate.method !== 'exact'
  return {
    estimate,
    level: found.level ?? (() => null),
    summary: {
      metric: question.metric,
      slice: question.slice,
      unit: question.facts.unit,
      good: question.facts.good,
      baseline: found.baseline,
      candidate: found.candidate,
      changeKind: found.changeKind ?? question.facts.changeKind,
      change: found.change,
      interval90: estimate?.interval(0.9) ?? null,
      interval95: estimate?.interval(0.95) ?? null,
      method: estimate?.method ?? null,
      mcnemarP: found.mcnemarP ?? null,
      n: found.n,
      of: question.rows.length,
      clusters: found.clusters,
      verdict,
      margin,
      canSee: sampled ? minimumDetectable(estimate) : null,
      neededPairs: sampled && margin !== null && margin > 0 ? neededPairs(estimate, margin) : null,
      bounds: found.bounds ?? null,
      candidateRange: found.candidateRange ?? null,
      estimated: found.estimated ?? 0,
      exploratory: question.exploratory,
      standsOut: false,
    },
  }
}

function judgedBy(question: Question, estimate: Estimate): Verdict {
  return judge(estimate.interval(0.9), question.facts.good, question.margin)
}

/** "Equal" is a statement about these fixtures; for traffic like them it still has an interval. */
function equalEstimate(found: Finding): Estimate | null {
  const equal = 'kind' in found.outcome && found.outcome.kind === 'equal'
  return equal ? (found.equalBy ?? exactEstimate(0, found.n, found.clusters)) : null
}

/** Exploratory slices are many and only need to stand out. */
const EXPLORATORY_RESAMPLES = 1_000

/** Draws for this metric and slice alone, so that adding a metric changes no other figure. */
export function resampling(question: Question, units: number): Resampling {
  const { seed, metric, slice, exploratory } = question
  const most = exploratory ? Math.min(EXPLORATORY_RESAMPLES, question.resamples) : question.resamples
  return { random: createRandom(`${seed}/${metric}/${slice.label}`), resamples: resamplesFor(units, most) }
}

/** Session indexes of the rows, from 0 in order of appearance. */
export function sessionIndex(rows: readonly PairRow[]): { cluster: number[]; clusters: number } {
  const seen = new Map<string, number>()
  const cluster = rows.map((row) => {
    const known = seen.get(row.session)
    if (known !== undefined) return known
    seen.set(row.session, seen.size)
    return seen.size - 1
  })
  return { cluster, clusters: seen.size }
}
