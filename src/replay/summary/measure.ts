import { costMetric } from './cost-metric.ts'
import { latencyMetric } from './latency-metric.ts'
import type { Measured, Question } from './measured.ts'
import { isBuiltInMetric, type BuiltInMetric } from './metric-facts.ts'
import { rateMetric, routesMetric } from './rate-metric.ts'
import { scoreMetric } from './score-metric.ts'

const BUILT_IN: Readonly<Record<BuiltInMetric, (question: Question) => Measured>> = {
  'cost.total': (question) => costMetric(question, 'total'),
  'cost.request': (question) => costMetric(question, 'request'),
  'latency.typical': (question) => latencyMetric(question, 'totalMs', 'typical'),
  'latency.p95': (question) => latencyMetric(question, 'totalMs', 'p95'),
  'first_token.typical': (question) => latencyMetric(question, 'firstTokenMs', 'typical'),
  'first_token.p95': (question) => latencyMetric(question, 'firstTokenMs', 'p95'),
  'errors.rate': (question) => rateMetric(question, (arm) => arm.error !== null),
  'refusals.rate': (question) => rateMetric(question, (arm) => arm.refused),
  'routes.changed': routesMetric,
}

/** One metric on one slice of pairs. */
export function measure(question: Question): Measured {
  return isBuiltInMetric(question.metric) ? BUILT_IN[question.metric](question) : scoreMetric(question)
}
