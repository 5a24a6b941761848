import type { Interval, MetricSummary, Verdict } from './types.ts'

/**
 * The verdict of an interval [L, U] for candidate − baseline, turned so that more is better, with margin m:
 * L > 0 better; else L > −m equivalent; else U < 0 worse; else inconclusive. Without a margin nothing is equivalent.
 */
export function judge(interval: Interval, good: MetricSummary['good'], margin: number | null): Verdict {
  if (good === 'neither') return { kind: 'not_compared', reason: { code: 'informational' } }
  const low = good === 'higher' ? interval.low : -interval.high
  const high = good === 'higher' ? interval.high : -interval.low
  if (low > 0) return { kind: 'better' }
  if (margin !== null && low > -margin) return { kind: 'equivalent' }
  return { kind: high < 0 ? 'worse' : 'inconclusive' }
}
