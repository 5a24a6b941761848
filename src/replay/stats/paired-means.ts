import { asRelativeChange, type Estimate } from './estimate.ts'
import { studentCdf, studentQuantile } from './special.ts'
import type { Method } from '../summary/types.ts'

/** Two arms on the same fixtures. `cluster[i]` is the index, from 0, of the session that pair i belongs to. */
export interface PairedSample {
  readonly baseline: readonly number[]
  readonly candidate: readonly number[]
  readonly cluster: readonly number[]
  readonly clusters: number
}

/** Values with their session index. */
export interface ClusteredValues {
  readonly values: readonly number[]
  readonly cluster: readonly number[]
  readonly clusters: number
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** candidate − baseline, pair by pair. */
export function differences(sample: PairedSample): number[] {
  return sample.candidate.map((value, i) => value - (sample.baseline[i] ?? Number.NaN))
}

/** Paired t: mean of the differences, standard error s/√n, Student's t with n − 1 degrees of freedom. Needs n >= 2. */
export function pairedT(values: readonly number[]): Estimate {
  const n = values.length
  const point = mean(values)
  let squares = 0
  for (const value of values) squares += (value - point) ** 2
  const standardError = Math.sqrt(squares / (n - 1) / n)
  return studentEstimate({ method: 'paired_t', point, standardError, df: n - 1, n, clusters: n })
}

/**
 * Mean with a cluster-robust standard error: with S_j the sum and n_j the number of values of session j, and d the mean,
 * Var = G/(G−1) · Σ (S_j − n_j·d)² / N², Student's t with G − 1 degrees of freedom (Liang & Zeger 1986; Miller,
 * arXiv 2411.00640). Turns of a session may depend on each other in any way. Needs G >= 2.
 */
export function clusterT(sample: ClusteredValues): Estimate {
  const n = sample.values.length
  const point = mean(sample.values)
  const residual = Array.from<number>({ length: sample.clusters }).fill(0)
  for (const [i, value] of sample.values.entries()) {
    const cluster = sample.cluster[i] ?? 0
    residual[cluster] = (residual[cluster] ?? 0) + value - point
  }
  let squares = 0
  for (const value of residual) squares += value * value
  const groups = sample.clusters
  const standardError = Math.sqrt(((groups / (groups - 1)) * squares) / (n * n))
  return studentEstimate({ method: 'cluster_t', point, standardError, df: groups - 1, n, clusters: groups })
}

/**
 * Geometric-mean ratio − 1: t interval on ln(candidate / baseline), clustered when a session has several turns. Every
 * value must be > 0; with zero-cost pairs use the differences instead.
 */
export function logRatioT(sample: PairedSample): Estimate {
  const logs = sample.candidate.map((value, i) => Math.log(value / (sample.baseline[i] ?? Number.NaN)))
  if (sample.clusters === logs.length) return asRelativeChange(pairedT(logs), 'log_ratio_t')
  return asRelativeChange(clusterT({ ...sample, values: logs }), 'cluster_log_ratio_t')
}

interface StudentInput {
  readonly method: Method
  readonly point: number
  readonly standardError: number
  readonly df: number
  readonly n: number
  readonly clusters: number
}

/** point ± t·se. With se = 0 the interval is the point; callers decide whether that can be believed. */
export function studentEstimate(input: StudentInput): Estimate {
  const { point, standardError, df } = input
  const upperP = (distance: number): number => {
    if (standardError === 0) return distance > 0 ? 0 : 1
    return studentCdf(-distance / standardError, df)
  }
  return {
    method: input.method,
    point,
    n: input.n,
    clusters: input.clusters,
    spread: { standardError, df, scale: 'linear' },
    interval: (level) => {
      const half = standardError === 0 ? 0 : studentQuantile((1 + level) / 2, df) * standardError
      return { low: point - half, high: point + half }
    },
    pAbove: (limit) => upperP(point - limit),
    pBelow: (limit) => upperP(limit - point),
  }
}
