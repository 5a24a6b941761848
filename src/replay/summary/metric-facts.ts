import type { MetricSummary, MetricUnit } from './types.ts'

export interface MetricFacts {
  readonly unit: MetricUnit
  readonly good: MetricSummary['good']
  readonly changeKind: MetricSummary['changeKind']
}

/** Metrics that every run has. Everything else in a row's `metrics` is a score in 0..1. */
export const BUILT_IN_METRICS = {
  'cost.total': { unit: 'nano_usd', good: 'lower', changeKind: 'relative' },
  /** Geometric mean over requests. */
  'cost.request': { unit: 'nano_usd', good: 'lower', changeKind: 'relative' },
  /** Geometric mean of the whole request's time. */
  'latency.typical': { unit: 'ms', good: 'lower', changeKind: 'relative' },
  'latency.p95': { unit: 'ms', good: 'lower', changeKind: 'relative' },
  'first_token.typical': { unit: 'ms', good: 'lower', changeKind: 'relative' },
  'first_token.p95': { unit: 'ms', good: 'lower', changeKind: 'relative' },
  'errors.rate': { unit: 'share', good: 'lower', changeKind: 'difference' },
  'refusals.rate': { unit: 'share', good: 'lower', changeKind: 'difference' },
  'routes.changed': { unit: 'share', good: 'neither', changeKind: 'difference' },
} as const satisfies Record<string, MetricFacts>

export type BuiltInMetric = keyof typeof BUILT_IN_METRICS

export function isBuiltInMetric(metric: string): metric is BuiltInMetric {
  return Object.hasOwn(BUILT_IN_METRICS, metric)
}

/** Agreement with the old answer is not quality: it is shown and never judged. */
export function metricFacts(metric: string): MetricFacts {
  if (isBuiltInMetric(metric)) return BUILT_IN_METRICS[metric]
  const judged = metric.startsWith('quality.')
  return { unit: 'score', good: judged ? 'higher' : 'neither', changeKind: 'difference' }
}
