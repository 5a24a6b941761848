import type { Estimate } from './estimate.ts'
import { binomialCdf, normalCdf, normalQuantile } from './special.ts'
import { clusterT, type ClusteredValues } from './paired-means.ts'
import type { Interval } from '../summary/types.ts'

/** Pass/fail in two arms on the same fixtures. */
export interface PairedCounts {
  readonly n: number
  /** Pairs where only the baseline passes. */
  readonly onlyBaseline: number
  /** Pairs where only the candidate passes. */
  readonly onlyCandidate: number
}

/**
 * Difference of paired proportions, candidate − baseline, with the adjusted Wald interval of Bonett & Price (2012):
 * add one to each discordant cell and two to n, then p21 − p12 ± z·√((p12 + p21 − (p21 − p12)²) / (n + 2)), cut to
 * [−1, 1]. Never of zero width. `point` is the plain difference, which lies inside.
 */
export function bonettPrice(counts: PairedCounts): Estimate {
  const total = counts.n + 2
  const lost = (counts.onlyBaseline + 1) / total
  const won = (counts.onlyCandidate + 1) / total
  const center = won - lost
  const standardError = Math.sqrt((won + lost - center * center) / total)
  return {
    method: 'bonett_price',
    point: (counts.onlyCandidate - counts.onlyBaseline) / counts.n,
    n: counts.n,
    clusters: counts.n,
    spread: { standardError, df: Infinity, scale: 'linear' },
    interval: (level) => {
      const half = normalQuantile((1 + level) / 2) * standardError
      return { low: Math.max(-1, center - half), high: Math.min(1, center + half) }
    },
    pAbove: (limit) => (limit < -1 ? 0 : normalCdf((limit - center) / standardError)),
    pBelow: (limit) => (limit > 1 ? 0 : normalCdf((center - limit) / standardError)),
  }
}

/** Counts of pass/fail differences, each −1, 0 or 1. */
export function discordant(differences: readonly number[]): PairedCounts {
  return {
    n: differences.length,
    onlyBaseline: differences.filter((value) => value < 0).length,
    onlyCandidate: differences.filter((value) => value > 0).length,
  }
}

/**
 * For differences in [−1, 1] that are all the same: a t interval would have no width, which nobody should believe.
 * Bonett–Price with the sessions as units is a safe stand-in, since no session can differ by more than 1.
 */
export function withoutVariation(difference: number, clusters: number, n: number): Estimate {
  const units = Math.abs(difference) * clusters
  const estimate = bonettPrice({
    n: clusters,
    onlyBaseline: difference < 0 ? units : 0,
    onlyCandidate: difference > 0 ? units : 0,
  })
  return { ...estimate, n }
}

/** Exact McNemar test, two-sided: twice the smaller binomial(½) tail of the discordant pairs, at most 1. For display. */
export function mcnemarExactP(counts: Omit<PairedCounts, 'n'>): number {
  const differing = counts.onlyBaseline + counts.onlyCandidate
  if (differing === 0) return 1
  return Math.min(1, 2 * binomialCdf(Math.min(counts.onlyBaseline, counts.onlyCandidate), differing, 0.5))
}

/** Wilson score interval of a single share (Wilson 1927). `n` > 0 need not be whole: effective sizes are allowed. */
export function wilson(share: number, n: number, level: number): Interval {
  const z = normalQuantile((1 + level) / 2)
  const scale = 1 + (z * z) / n
  const center = (share + (z * z) / (2 * n)) / scale
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / scale
  return { low: share === 0 ? 0 : center - half, high: share === 1 ? 1 : center + half }
}

/**
 * Share of ones with Wilson's interval. With several turns a session the size is divided by the design effect (clustered
 * variance / simple variance, at least 1); where all values are equal no effect can be seen and the sessions count.
 */
export function shareEstimate(sample: ClusteredValues): Estimate {
  const clustered = clusterT(sample)
  const { point: share, n } = clustered
  const size = effectiveSize(sample, clustered)
  const standardError = Math.sqrt((share * (1 - share)) / size)
  // Score test: Wilson's interval is the set of shares that it does not reject.
  const score = (limit: number): number => {
    if (limit <= 0 || limit >= 1) return share > limit ? Infinity : share < limit ? -Infinity : 0
    return (share - limit) / Math.sqrt((limit * (1 - limit)) / size)
  }
  return {
    method: 'wilson',
    point: share,
    n,
    clusters: sample.clusters,
    spread: { standardError, df: Infinity, scale: 'linear' },
    interval: (level) => wilson(share, size, level),
    pAbove: (limit) => normalCdf(-score(limit)),
    pBelow: (limit) => normalCdf(score(limit)),
  }
}

function effectiveSize(sample: ClusteredValues, clustered: Estimate): number {
  const { n, point } = clustered
  if (sample.clusters === n) return n
  const simple = (point * (1 - point)) / n
  if (simple === 0 || sample.clusters < 2) return sample.clusters
  return n / Math.max(1, clustered.spread.standardError ** 2 / simple)
}
