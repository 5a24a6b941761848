import type { Estimate } from '../stats/estimate.ts'
import { clusterT, logRatioT, mean, type PairedSample } from '../stats/paired-means.ts'
import { ratioOfSums } from '../stats/ratio-bootstrap.ts'
import type { PairRow } from '../types.ts'
import { geometricMean, logLevel, scaled, unionOf } from './estimate-forms.ts'
import {
  FEWEST_CLUSTERS,
  measured,
  resampling,
  sessionIndex,
  type Finding,
  type Measured,
  type Question,
} from './measured.ts'
import type { Interval, Verdict } from './types.ts'

interface Costs {
  readonly rows: readonly PairRow[]
  readonly estimated: number
  /** False when an estimate comes without a range. */
  readonly ranged: boolean
}

/** `cost.total`: ratio of sums; `cost.request`: ratio of geometric means, or differences when something was free. */
export function costMetric(question: Question, kind: 'total' | 'request'): Measured {
  const rows = question.rows.filter((row) => row.baseline.costNanoUsd !== null && row.candidate.costNanoUsd !== null)
  const n = rows.length
  const estimatedRows = rows.filter(isEstimated)
  const costs: Costs = {
    rows,
    estimated: estimatedRows.length,
    ranged: estimatedRows.every((row) => armsRanged(row)),
  }
  const sample = costSample(rows, 'point')
  const values = kind === 'total' ? totals(sample) : typical(sample)
  const base: Omit<Finding, 'outcome'> = {
    ...values,
    n,
    clusters: sample.clusters,
    estimated: costs.estimated,
    candidateRange: candidateRange(costs, kind),
  }
  const stop = whyNoVerdict(question, costs, sample)
  if (stop !== null) return measured(question, { ...base, outcome: stop })
  const estimateOf = (of: PairedSample): Estimate => changeEstimate(question, of, kind)
  const outcome =
    costs.estimated === 0
      ? estimateOf(sample)
      : unionOf(estimateOf(sample), estimateOf(costSample(rows, 'low')), estimateOf(costSample(rows, 'high')))
  return measured(question, { ...base, outcome, level: () => levelEstimate(sample, kind) })
}

function isEstimated(row: PairRow): boolean {
  return row.baseline.evidence === 'E' || row.candidate.evidence === 'E'
}

function armsRanged(row: PairRow): boolean {
  return [row.baseline, row.candidate].every((arm) => arm.evidence !== 'E' || arm.costRange !== undefined)
}

function whyNoVerdict(question: Question, costs: Costs, sample: PairedSample): Verdict | null {
  const of = question.rows.length
  const n = costs.rows.length
  const need = question.coverage
  if (n === 0) return { kind: 'not_measured', reason: { code: 'nothing_recorded' } }
  if (n < need * of) return { kind: 'not_measured', reason: { code: 'below_coverage', measured: n, of, need } }
  if (costs.estimated > 0 && (question.estimatedCosts === 'refuse' || !costs.ranged)) {
    return { kind: 'not_compared', reason: { code: 'cost_estimated', estimated: costs.estimated, of: n } }
  }
  const same = sample.baseline.every((value, i) => value === sample.candidate[i])
  if (same && n === of && costs.estimated === 0) return { kind: 'equal' }
  if (sample.clusters < FEWEST_CLUSTERS) {
    const reason = { code: 'too_few', have: sample.clusters, need: FEWEST_CLUSTERS, what: 'sessions' } as const
    return { kind: 'not_measured', reason }
  }
  return null
}

/** `low`: the candidate at its cheapest against the baseline at its dearest; `high` the other way round. */
function costSample(rows: readonly PairRow[], at: 'point' | 'low' | 'high'): PairedSample {
  const cost = (arm: PairRow['baseline'], end: 'point' | 'low' | 'high'): number => {
    if (end === 'low' && arm.costRange !== undefined) return arm.costRange.lowNanoUsd
    if (end === 'high' && arm.costRange !== undefined) return arm.costRange.highNanoUsd
    return arm.costNanoUsd ?? Number.NaN
  }
  const opposite = at === 'low' ? 'high' : at === 'high' ? 'low' : 'point'
  return {
    baseline: rows.map((row) => cost(row.baseline, opposite)),
    candidate: rows.map((row) => cost(row.candidate, at)),
    ...sessionIndex(rows),
  }
}

type Values = Pick<Finding, 'baseline' | 'candidate' | 'change'> & { readonly changeKind: 'relative' | 'difference' }

const NO_VALUES: Values = { baseline: null, candidate: null, change: null, changeKind: 'relative' }

function totals(sample: PairedSample): Values {
  if (sample.baseline.length === 0) return NO_VALUES
  const baseline = sum(sample.baseline)
  const candidate = sum(sample.candidate)
  if (ratioPossible(sample, 'total')) {
    return { baseline, candidate, change: candidate / baseline - 1, changeKind: 'relative' }
  }
  return { baseline, candidate, change: candidate - baseline, changeKind: 'difference' }
}

function typical(sample: PairedSample): Values {
  if (sample.baseline.length === 0) return NO_VALUES
  if (ratioPossible(sample, 'request')) {
    const baseline = geometricMean(sample.baseline)
    const candidate = geometricMean(sample.candidate)
    return { baseline, candidate, change: candidate / baseline - 1, changeKind: 'relative' }
  }
  const baseline = mean(sample.baseline)
  const candidate = mean(sample.candidate)
  return { baseline, candidate, change: candidate - baseline, changeKind: 'difference' }
}

/** Logarithms need positive totals, or positive costs throughout. */
function ratioPossible(sample: PairedSample, kind: 'total' | 'request'): boolean {
  if (kind === 'total') return sum(sample.baseline) > 0 && sum(sample.candidate) > 0
  return sample.baseline.every((value) => value > 0) && sample.candidate.every((value) => value > 0)
}

function changeEstimate(question: Question, sample: PairedSample, kind: 'total' | 'request'): Estimate {
  if (ratioPossible(sample, kind)) {
    return kind === 'total' ? ratioOfSums(sample, resampling(question, sample.clusters)) : logRatioT(sample)
  }
  const values = sample.candidate.map((value, i) => value - (sample.baseline[i] ?? 0))
  const perRequest = clusterT({ ...sample, values })
  return kind === 'total' ? scaled(perRequest, values.length) : perRequest
}

function levelEstimate(sample: PairedSample, kind: 'total' | 'request'): Estimate {
  if (kind === 'request' && ratioPossible(sample, kind)) return logLevel({ ...sample, values: sample.candidate })
  const perRequest = clusterT({ ...sample, values: sample.candidate })
  return kind === 'total' ? scaled(perRequest, sample.candidate.length) : perRequest
}

function candidateRange(costs: Costs, kind: 'total' | 'request'): Interval | null {
  if (costs.estimated === 0 || !costs.ranged) return null
  const low = costSample(costs.rows, 'low').candidate
  const high = costSample(costs.rows, 'high').candidate
  if (kind === 'total') return { low: sum(low), high: sum(high) }
  const center = [...low, ...high].every((value) => value > 0) ? geometricMean : mean
  return { low: center(low), high: center(high) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
