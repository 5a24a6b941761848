import { deviation, interpolated, shareBelow, type Resampling } from './bootstrap.ts'
import { asRelativeChange, type Estimate } from './estimate.ts'
import { studentEstimate, type PairedSample } from './paired-means.ts'

/** Under this many sessions a bootstrap has too few distinct resamples; the t interval of the same linearisation serves. */
const FEWEST_SESSIONS = 10

interface Sums {
  readonly baseline: Float64Array
  readonly candidate: Float64Array
}

/**
 * Total candidate / total baseline − 1, resampling whole sessions. Studentised bootstrap on ln(ratio): each resample's
 * error is divided by its own linearised standard error (Davison & Hinkley 1997, 2.4 and 5.2.1), which keeps the coverage
 * of skewed costs closer to nominal than plain percentiles. Needs a baseline and a candidate total > 0.
 */
export function ratioOfSums(sample: PairedSample, how: Resampling): Estimate {
  const sums = sessionSums(sample)
  const whole = logRatio(sums, null)
  const n = sample.baseline.length
  const clusters = sample.clusters
  if (clusters < FEWEST_SESSIONS || whole.standardError === 0) {
    const t = studentEstimate({ method: 'ratio_of_sums_t', ...whole, df: clusters - 1, n, clusters })
    return asRelativeChange(t, 'ratio_of_sums_t')
  }
  const pivots = drawPivots(sums, whole.point, how)
  const { point, standardError } = whole
  const log: Estimate = {
    method: 'ratio_of_sums_bootstrap',
    point,
    n,
    clusters,
    spread: { standardError, df: clusters - 1, scale: 'linear' },
    interval: (level) => ({
      low: point - interpolated(pivots, (1 + level) / 2) * standardError,
      high: point - interpolated(pivots, (1 - level) / 2) * standardError,
    }),
    pAbove: (limit) => atLeastOne(1 - shareBelow(pivots, (point - limit) / standardError), pivots.length),
    pBelow: (limit) => atLeastOne(shareBelow(pivots, (point - limit) / standardError), pivots.length),
  }
  return asRelativeChange(log, 'ratio_of_sums_bootstrap')
}

function atLeastOne(share: number, size: number): number {
  return Math.max(share, 1 / (size + 1))
}

function drawPivots(sums: Sums, point: number, how: Resampling): Float64Array {
  const groups = sums.baseline.length
  const drawn = new Int32Array(groups)
  const pivots: number[] = []
  for (let r = 0; r < how.resamples; r += 1) {
    for (let g = 0; g < groups; g += 1) drawn[g] = how.random.below(groups)
    const replicate = logRatio(sums, drawn)
    // A resample of sessions that are all free, or all in the same ratio, has no pivot.
    if (Number.isFinite(replicate.point) && replicate.standardError > 0) {
      pivots.push((replicate.point - point) / replicate.standardError)
    }
  }
  return Float64Array.from(pivots).sort()
}

/** ln(ΣC / ΣB) with the delta-method standard error √(G/(G−1) · Σ (c_g/ΣC − b_g/ΣB)²), over all or the drawn sessions. */
function logRatio(sums: Sums, drawn: Int32Array | null): { point: number; standardError: number } {
  const groups = sums.baseline.length
  let b = 0
  let c = 0
  let bb = 0
  let cc = 0
  let bc = 0
  for (let g = 0; g < groups; g += 1) {
    const index = drawn === null ? g : (drawn[g] ?? 0)
    const x = sums.baseline[index] ?? 0
    const y = sums.candidate[index] ?? 0
    b += x
    c += y
    bb += x * x
    cc += y * y
    bc += x * y
  }
  const squares = cc / (c * c) + bb / (b * b) - (2 * bc) / (b * c)
  const rounding = 1e-14 * (cc / (c * c))
  const variance = squares <= rounding ? 0 : (groups / (groups - 1)) * squares
  return { point: Math.log(c / b), standardError: Math.sqrt(variance) }
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
  const once = new Int32Array(sample.clusters).fill(1)
  const point = Math.log(weightedP95(arms[1], once) / weightedP95(arms[0], once))
  const replicates = new Float64Array(how.resamples)
  const times = new Int32Array(sample.clusters)
  for (let r = 0; r < how.resamples; r += 1) {
    times.fill(0)
    for (let g = 0; g < sample.clusters; g += 1) {
      const drawn = how.random.below(sample.clusters)
      times[drawn] = (times[drawn] ?? 0) + 1
    }
    replicates[r] = Math.log(weightedP95(arms[1], times) / weightedP95(arms[0], times))
  }
  const sorted = replicates.sort()
  const log: Estimate = {
    method: 'p95_ratio_bootstrap',
    point,
    n: sample.baseline.length,
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

/** p95 with each value counted as often as its session was drawn; one walk from the top, so linear and mostly short. */
function weightedP95(arm: SortedArm, times: Int32Array): number {
  let total = 0
  for (const cluster of arm.cluster) total += times[cluster] ?? 0
  let above = total - Math.ceil(0.95 * total)
  for (let i = arm.values.length - 1; i >= 0; i -= 1) {
    above -= times[arm.cluster[i] ?? 0] ?? 0
    if (above < 0) return arm.values[i] ?? Number.NaN
  }
  return Number.NaN
}
