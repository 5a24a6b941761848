import type { Estimate } from './estimate.ts'
import { normalCdf, normalQuantile } from './special.ts'
import { mean } from './paired-means.ts'
import type { Random } from './random.ts'

export interface Resampling {
  readonly random: Random
  /** Number of resamples; see `resamplesFor`. */
  readonly resamples: number
}

/** Usual number of resamples: more would move an interval's ends by less than a hundredth of its width. */
export const RESAMPLES = 10_000
/** Draws that a figure may cost, about a quarter of a second. */
const DRAWS = 20_000_000

/** Resamples for sets of `units` sessions: at most `most`, fewer for huge sets, never under 1 000. */
export function resamplesFor(units: number, most = RESAMPLES): number {
  return Math.max(Math.min(1_000, most), Math.min(most, Math.floor(DRAWS / Math.max(1, units))))
}

/** Mean of paired differences with the BCa bootstrap interval (Efron 1987). Meant for n >= 100. */
export function bcaMean(values: readonly number[], how: Resampling): Estimate {
  const n = values.length
  const point = mean(values)
  const dense = Float64Array.from(values)
  const replicates = new Float64Array(how.resamples)
  for (let r = 0; r < how.resamples; r += 1) {
    let sum = 0
    for (let i = 0; i < n; i += 1) sum += dense[how.random.below(n)] ?? 0
    replicates[r] = sum / n
  }
  const bca = bcaFromReplicates({ point, replicates, influence: values.map((value) => value - point) })
  const standardError = deviation(replicates)
  return {
    method: 'bca_bootstrap',
    point,
    n,
    clusters: n,
    spread: { standardError, df: Infinity, scale: 'linear' },
    ...bca,
  }
}

/**
 * BCa interval from bootstrap replicates: bias correction z₀ from the share below the point, acceleration
 * a = Σ l³ / (6 (Σ l²)^1.5) from the influence values l (Davison & Hinkley 1997, 5.3.2 and eq. 5.8 for interpolation).
 */
export function bcaFromReplicates(input: {
  readonly point: number
  readonly replicates: Float64Array
  readonly influence: readonly number[]
}): Pick<Estimate, 'interval' | 'pAbove' | 'pBelow'> {
  const { point } = input
  const sorted = Float64Array.from(input.replicates).sort()
  if (sorted[0] === sorted.at(-1)) return constant(point)
  const size = sorted.length
  const z0 = normalQuantile(clampShare(shareBelow(sorted, point), size))
  const a = acceleration(input.influence)
  const bound = (tail: number): number => {
    const z = z0 + normalQuantile(tail)
    return interpolated(sorted, normalCdf(z0 + z / (1 - a * z)))
  }
  // The level whose bound is `limit`: the BCa map solved for its argument.
  const levelOf = (limit: number): number => {
    const w = normalQuantile(clampShare(shareBelow(sorted, limit), size)) - z0
    return normalCdf(w / (1 + a * w) - z0)
  }
  return {
    interval: (level) => ({ low: bound((1 - level) / 2), high: bound((1 + level) / 2) }),
    pAbove: levelOf,
    pBelow: (limit) => 1 - levelOf(limit),
  }
}

function constant(point: number): Pick<Estimate, 'interval' | 'pAbove' | 'pBelow'> {
  return {
    interval: () => ({ low: point, high: point }),
    pAbove: (limit) => (point > limit ? 0 : 1),
    pBelow: (limit) => (point < limit ? 0 : 1),
  }
}

function acceleration(influence: readonly number[]): number {
  let squares = 0
  let cubes = 0
  for (const value of influence) {
    squares += value * value
    cubes += value ** 3
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5)
}

/** Share of replicates under `x`; ties count half, which matters for scores with few values. */
export function shareBelow(sorted: Float64Array, x: number): number {
  const below = lowerIndex(sorted, (value) => value < x)
  const upTo = lowerIndex(sorted, (value) => value <= x)
  return (below + upTo) / 2 / sorted.length
}

function lowerIndex(sorted: Float64Array, isBefore: (value: number) => boolean): number {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (isBefore(sorted[middle] ?? Infinity)) from = middle + 1
    else to = middle
  }
  return from
}

/** A bootstrap can not tell a share from 0 by less than one replicate. */
function clampShare(share: number, size: number): number {
  const least = 1 / (size + 1)
  return Math.min(1 - least, Math.max(least, share))
}

/** Quantile of replicates, interpolated on the normal scale between neighbouring order statistics. */
export function interpolated(sorted: Float64Array, share: number): number {
  const size = sorted.length
  const rank = (size + 1) * share
  const k = Math.floor(rank)
  if (k < 1) return sorted[0] ?? Number.NaN
  if (k >= size) return sorted[size - 1] ?? Number.NaN
  const low = sorted[k - 1] ?? Number.NaN
  const high = sorted[k] ?? Number.NaN
  const from = normalQuantile(k / (size + 1))
  const to = normalQuantile((k + 1) / (size + 1))
  return low + ((normalQuantile(share) - from) / (to - from)) * (high - low)
}

/** Standard deviation with n − 1. */
export function deviation(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  const center = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - center) ** 2
  return Math.sqrt(squares / (values.length - 1))
}
