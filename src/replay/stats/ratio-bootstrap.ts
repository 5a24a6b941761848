import { deviation, interpolated, shareBelow, type Resampling } from './bootstrap.ts'
import { asRelativeChange, type Estimate } from './estimate.ts'
import { studentEstimate, type PairedSample } from './paired-means.ts'
import { normalCdf, normalQuantile, studentCdf, studentQuantile } from './special.ts'

/** Under this many sessions a bootstrap has too few distinct resamples; the t interval of the linearised ratio serves. */
const FEWEST_SESSIONS = 8
/** Over this many the same t interval is as good, at a thousandth of the cost. */
const MOST_SESSIONS = 5_000

interface Sums {
  readonly baseline: Float64Array
  readonly candidate: Float64Array
}

/**
 * Total candidate / total baseline − 1, resampling whole sessions: bootstrap percentiles of ln(ratio), expanded as in
 * Hesterberg (2015, section 5.3) so that few sessions do not make the interval too narrow. Costs are skewed, so a few
 * dear sessions count like a much smaller set: the expansion uses Kish's effective number of sessions (Σx)²/Σx². Needs a
 * baseline and a candidate total > 0.
 */
export function ratioOfSums(sample: PairedSample, how: Resampling): Estimate {
  const sums = sessionSums(sample)
  const whole = logRatio(sums)
  const n = sample.baseline.length
  const clusters = sample.clusters
  const df = Math.max(1, whole.effective - 1)
  const outside = clusters < FEWEST_SESSIONS || clusters > MOST_SESSIONS
  if (outside || whole.standardError === 0) {
    const t = studentEstimate({ method: 'ratio_of_sums_t', ...whole, df, n, clusters })
    return asRelativeChange(t, 'ratio_of_sums_t')
  }
  const replicates = drawLogRatios(sums, how)
  const factor = Math.sqrt((df + 1) / df)
  const shareOf = (tail: number): number => normalCdf(factor * studentQuantile(tail, df))
  // The tail whose bound is `limit`: `shareOf` solved for its argument.
  const tailOf = (share: number): number => studentCdf(normalQuantile(share) / factor, df)
  const least = 1 / (replicates.length + 1)
  const below = (limit: number): number => Math.min(1 - least, Math.max(least, shareBelow(replicates, limit)))
  const log: Estimate = {
    method: 'ratio_of_sums_bootstrap',
    point: whole.point,
    n,
    clusters,
    spread: { standardError: deviation(replicates), df, scale: 'linear' },
    interval: (level) => ({
      low: interpolated(replicates, shareOf((1 - level) / 2)),
      high: interpolated(replicates, shareOf((1 + level) / 2)),
    }),
    pAbove: (limit) => tailOf(below(limit)),
    pBelow: (limit) => tailOf(1 - below(limit)),
  }
  return asRelativeChange(log, 'ratio_of_sums_bootstrap')
}

function atLeastOne(share: number, size: number): number {
  return Math.max(share, 1 / (size + 1))
}

/** Sorted ln(ΣC / ΣB) of the resamples. */
function drawLogRatios(sums: Sums, how: Resampling): Float64Array {
  const groups = sums.baseline.length
  const drawn: number[] = []
  for (let r = 0; r < how.resamples; r += 1) {
    let b = 0
    let c = 0
    for (let g = 0; g < groups; g += 1) {
      const index = how.random.below(groups)
      b += sums.baseline[index] ?? 0
      c += sums.candidate[index] ?? 0
    }
    // A resample of sessions that are all free in one arm has no ratio.
    if (b > 0 && c > 0) drawn.push(Math.log(c / b))
  }
  return Float64Array.from(drawn).sort()
}

/** ln(ΣC / ΣB) with the delta-method standard error √(G/(G−1) · Σ (c_g/ΣC − b_g/ΣB)²) and the effective sessions. */
function logRatio(sums: Sums): { point: number; standardError: number; effective: number } {
  const groups = sums.baseline.length
  let b = 0
  let c = 0
  let bb = 0
  let cc = 0
  let bc = 0
  for (const [g, x] of sums.baseline.entries()) {
    const y = sums.candidate[g] ?? 0
    b += x
    c += y
    bb += x * x
    cc += y * y
    bc += x * y
  }
  const squares = cc / (c * c) + bb / (b * b) - (2 * bc) / (b * c)
  // What rounding leaves of a ratio that is the same in every session.
  const variance = squares <= 1e-14 * (cc / (c * c)) ? 0 : (groups / (groups - 1)) * squares
  const effective = Math.min((b * b) / bb, (c * c) / cc)
  return { point: Math.log(c / b), standardError: Math.sqrt(variance), effective }
}

function sessionSums(sample: PairedSample): Sums {
  const baseline = new Float64Array(sample.clusters)
  const candidate = new Float64Array(sample.clusters)
  for (const [i, cluster] of sample.cluster.entries()) {
    baseline[cluster] = (baseline[cluster] ?? 0) + (sample.baseline[i] ?? 0)
    candidate[cluster] = (candidate[cluster] ?? 0) + (sample.candidate[i] ?? 0)
  }
  return { baseline, candidate }
}

/**
 * p95 of the candidate / p95 of the baseline − 1: percentile bootstrap of the log ratio over sessions. Only for
 * n >= 100; below that the interval is too wide to use. p95 is the smallest value with at least 95 % at or under it.
 */
export function p95Ratio(sample: PairedSample, how: Resampling): Estimate {
  const arms = [sortedArm(sample.baseline, sample.cluster), sortedArm(sample.candidate, sample.cluster)] as const
  const sizes = clusterSizes(sample)
  const once = new Int32Array(sample.clusters).fill(1)
  const n = sample.baseline.length
  const point = Math.log(weightedP95(arms[1], once, n) / weightedP95(arms[0], once, n))
  const replicates = new Float64Array(how.resamples)
  const times = new Int32Array(sample.clusters)
  for (let r = 0; r < how.resamples; r += 1) {
    times.fill(0)
    let total = 0
    for (let g = 0; g < sample.clusters; g += 1) {
      const drawn = how.random.below(sample.clusters)
      times[drawn] = (times[drawn] ?? 0) + 1
      total += sizes[drawn] ?? 0
    }
    replicates[r] = Math.log(weightedP95(arms[1], times, total) / weightedP95(arms[0], times, total))
  }
  const sorted = replicates.sort()
  const log: Estimate = {
    method: 'p95_ratio_bootstrap',
    point,
    n,
    clusters: sample.clusters,
    spread: { standardError: deviation(sorted), df: Infinity, scale: 'linear' },
    interval: (level) => ({ low: interpolated(sorted, (1 - level) / 2), high: interpolated(sorted, (1 + level) / 2) }),
    pAbove: (limit) => atLeastOne(shareBelow(sorted, limit), sorted.length),
    pBelow: (limit) => atLeastOne(1 - shareBelow(sorted, limit), sorted.length),
  }
  return asRelativeChange(log, 'p95_ratio_bootstrap')
}

interface SortedArm {
  readonly values: Float64Array
  readonly cluster: Int32Array
}

function sortedArm(values: readonly number[], cluster: readonly number[]): SortedArm {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b)
  return {
    values: Float64Array.from(order, (i) => values[i] ?? 0),
    cluster: Int32Array.from(order, (i) => cluster[i] ?? 0),
  }
}

function clusterSizes(sample: PairedSample): Int32Array {
  const sizes = new Int32Array(sample.clusters)
  for (const cluster of sample.cluster) sizes[cluster] = (sizes[cluster] ?? 0) + 1
  return sizes
}

/** p95 with each value counted as often as its session was drawn, `total` in all; a walk over about the top twentieth. */
function weightedP95(arm: SortedArm, times: Int32Array, total: number): number {
  let above = total - Math.ceil(0.95 * total)
  for (let i = arm.values.length - 1; i >= 0; i -= 1) {
    above -= times[arm.cluster[i] ?? 0] ?? 0
    if (above < 0) return arm.values[i] ?? Number.NaN
  }
  return Number.NaN
}
