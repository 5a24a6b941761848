import type { Estimate } from '../stats/estimate.ts'
import { logRatioT, type PairedSample } from '../stats/paired-means.ts'
import { p95Ratio } from '../stats/ratio-bootstrap.ts'
import type { ArmRow, PairRow } from '../types.ts'
import { geometricMean, logLevel, plusOne } from './estimate-forms.ts'
import {
  FEWEST_CLUSTERS,
  FEWEST_FOR_P95,
  measured,
  resampling,
  sessionIndex,
  type Measured,
  type Question,
} from './measured.ts'
import type { Verdict } from './types.ts'

type Timed = 'totalMs' | 'firstTokenMs'

/** Latency compares only like with like: both arms of a pair timed the same way, and never estimates. */
export function latencyMetric(question: Question, timed: Timed, kind: 'typical' | 'p95'): Measured {
  const rows = question.rows.filter((row) => positive(row.baseline[timed]) && positive(row.candidate[timed]))
  const sample: PairedSample = {
    baseline: rows.map((row) => row.baseline[timed] ?? Number.NaN),
    candidate: rows.map((row) => row.candidate[timed] ?? Number.NaN),
    ...sessionIndex(rows),
  }
  const center = kind === 'typical' ? geometricMean : p95
  const baseline = rows.length === 0 ? null : center(sample.baseline)
  const candidate = rows.length === 0 ? null : center(sample.candidate)
  const base = {
    baseline,
    candidate,
    n: rows.length,
    clusters: sample.clusters,
    estimated: rows.filter((row) => arms(row).some((arm) => arm.latencyBasis === 'estimated')).length,
  }
  const stop = whyNoVerdict(question, rows, { timed, kind })
  // Without a comparison there is no change either: the number alone would be read as one.
  if (stop !== null) return measured(question, { ...base, change: stop.kind === 'equal' ? 0 : null, outcome: stop })
  const outcome = kind === 'typical' ? logRatioT(sample) : p95Ratio(sample, resampling(question, sample.clusters))
  return measured(question, { ...base, change: outcome.point, outcome, level: () => levelOf(question, sample, kind) })
}

function positive(value: number | null): boolean {
  return value !== null && value > 0
}

function arms(row: PairRow): readonly ArmRow[] {
  return [row.baseline, row.candidate]
}

function whyNoVerdict(
  question: Question,
  rows: readonly PairRow[],
  { timed, kind }: { readonly timed: Timed; readonly kind: 'typical' | 'p95' },
): Verdict | null {
  const of = question.rows.length
  const n = rows.length
  const need = question.coverage
  if (n === 0) return { kind: 'not_measured', reason: { code: 'nothing_recorded' } }
  if (rows.some((row) => arms(row).some((arm) => arm.latencyBasis === 'estimated'))) {
    return { kind: 'not_compared', reason: { code: 'latency_estimated' } }
  }
  const differing = rows.find((row) => row.baseline.latencyBasis !== row.candidate.latencyBasis)
  if (differing !== undefined) {
    const name = (arm: ArmRow): string => arm.latencyBasis ?? 'unknown'
    const reason = {
      code: 'latency_bases_differ',
      baseline: name(differing.baseline),
      candidate: name(differing.candidate),
    } as const
    return { kind: 'not_compared', reason }
  }
  if (n < need * of) return { kind: 'not_measured', reason: { code: 'below_coverage', measured: n, of, need } }
  if (n === of && rows.every((row) => row.candidate[timed] === row.baseline[timed])) return { kind: 'equal' }
  const { clusters } = sessionIndex(rows)
  if (kind === 'p95' && n < FEWEST_FOR_P95) {
    return { kind: 'not_measured', reason: { code: 'too_few', have: n, need: FEWEST_FOR_P95, what: 'pairs' } }
  }
  if (clusters >= FEWEST_CLUSTERS) return null
  return { kind: 'not_measured', reason: { code: 'too_few', have: clusters, need: FEWEST_CLUSTERS, what: 'sessions' } }
}

/** Smallest value with at least 95 % of all at or under it. */
function p95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN
}

function levelOf(question: Question, sample: PairedSample, kind: 'typical' | 'p95'): Estimate {
  if (kind === 'typical') return logLevel({ ...sample, values: sample.candidate })
  const ones = sample.candidate.map(() => 1)
  return plusOne(p95Ratio({ ...sample, baseline: ones }, resampling(question, sample.clusters)))
}
