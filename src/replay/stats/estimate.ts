import type { Interval, Method } from '../summary/types.ts'

/**
 * An estimated change with its uncertainty. `interval` and the two p-values come from the same distribution: the 90 %
 * interval lies above `limit` exactly when `pAbove(limit)` < 0.05.
 */
export interface Estimate {
  readonly method: Method
  readonly point: number
  /** Pairs used. */
  readonly n: number
  /** Independent groups among them. */
  readonly clusters: number
  readonly spread: Spread
  /** Two-sided; `level` in (0, 1), for example 0.9. */
  interval(level: number): Interval
  /** One-sided p against "the true change is at most `limit`". Small: the change is larger. */
  pAbove(limit: number): number
  /** One-sided p against "the true change is at least `limit`". Small: the change is smaller. */
  pBelow(limit: number): number
}

/** For power: standard error on the scale where the estimate is about symmetric. */
interface Spread {
  readonly standardError: number
  /** Degrees of freedom; Infinity for normal and bootstrap intervals. */
  readonly df: number
  /** `log`: of ln(candidate / baseline). */
  readonly scale: 'linear' | 'log'
}

/** A difference known without sampling error: the same answers in both arms. */
export function exactEstimate(point: number, n: number, clusters: number): Estimate {
  return {
    method: 'exact',
    point,
    n,
    clusters,
    spread: { standardError: 0, df: Infinity, scale: 'linear' },
    interval: () => ({ low: point, high: point }),
    pAbove: (limit) => (point > limit ? 0 : 1),
    pBelow: (limit) => (point < limit ? 0 : 1),
  }
}

/** The same estimate told as relative change: exp(x) − 1 of an estimate on the log scale. */
export function asRelativeChange(log: Estimate, method: Method): Estimate {
  return {
    ...log,
    method,
    point: Math.expm1(log.point),
    spread: { ...log.spread, scale: 'log' },
    interval: (level) => {
      const { low, high } = log.interval(level)
      return { low: Math.expm1(low), high: Math.expm1(high) }
    },
    pAbove: (limit) => (limit <= -1 ? 0 : log.pAbove(Math.log1p(limit))),
    pBelow: (limit) => (limit <= -1 ? 1 : log.pBelow(Math.log1p(limit))),
  }
}
