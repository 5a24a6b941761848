import { asRelativeChange, type Estimate } from '../stats/estimate.ts'
import { clusterT, mean, type ClusteredValues } from '../stats/paired-means.ts'

/** exp of the mean logarithm; every value must be > 0. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map((value) => Math.log(value))))
}

/** An estimate multiplied by a positive constant: a mean per request told as a total. */
export function scaled(estimate: Estimate, factor: number): Estimate {
  return {
    ...estimate,
    point: estimate.point * factor,
    spread: { ...estimate.spread, standardError: estimate.spread.standardError * factor },
    interval: (level) => {
      const { low, high } = estimate.interval(level)
      return { low: low * factor, high: high * factor }
    },
    pAbove: (limit) => estimate.pAbove(limit / factor),
    pBelow: (limit) => estimate.pBelow(limit / factor),
  }
}

/** Geometric mean of positive values, in their own unit. */
export function logLevel(sample: ClusteredValues): Estimate {
  const log = asRelativeChange(
    clusterT({ ...sample, values: sample.values.map((value) => Math.log(value)) }),
    'cluster_log_ratio_t',
  )
  return plusOne(log)
}

/** A relative change x told as the factor 1 + x. */
export function plusOne(relative: Estimate): Estimate {
  return {
    ...relative,
    point: relative.point + 1,
    interval: (level) => {
      const { low, high } = relative.interval(level)
      return { low: low + 1, high: high + 1 }
    },
    pAbove: (limit) => relative.pAbove(limit - 1),
    pBelow: (limit) => relative.pBelow(limit - 1),
  }
}

/** Widest statement of three: what holds whatever the estimated part turns out to be. */
export function unionOf(point: Estimate, low: Estimate, high: Estimate): Estimate {
  const all = [point, low, high]
  return {
    ...point,
    interval: (level) => {
      const intervals = all.map((estimate) => estimate.interval(level))
      return {
        low: Math.min(...intervals.map((interval) => interval.low)),
        high: Math.max(...intervals.map((interval) => interval.high)),
      }
    },
    pAbove: (limit) => Math.max(...all.map((estimate) => estimate.pAbove(limit))),
    pBelow: (limit) => Math.max(...all.map((estimate) => estimate.pBelow(limit))),
  }
}
