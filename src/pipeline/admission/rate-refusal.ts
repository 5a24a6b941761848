import { duration } from '../../engine/describe/amounts.ts'
import type { RateLimitRule } from '../../engine/routing-config.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { RateRefusal } from './rate-table.ts'

/** Clients obey any wait literally, so none is longer than this; who comes back too early is told again. */
const MAX_RETRY_AFTER_MS = 60_000

const THINGS = { requests: 'requests', tokens: 'tokens', concurrent: 'requests at a time' } as const

/** The answer of a rate limit: 429 with the wait, or 413 when no wait would help. */
export function rateError({ rule, kind, retryAfterMs, amount }: RateRefusal): GatewayError {
  const each = rule.scope === 'global' ? '' : ` for each ${rule.scope}`
  const limit = `the rate limit "${rule.name}" of ${amount} ${THINGS[kind]}${periodOf(rule, kind)}${each}`
  const data = { limit: rule.name, scope: rule.scope, kind, amount }
  if (retryAfterMs === null)
    return new GatewayError('request_too_large', `${limit} never holds as many at once as this request needs`, {
      hint: 'send a smaller request, or raise the limit in the config',
      data,
    })
  return new GatewayError('rate_limit_exceeded', `${limit} is reached`, {
    data: { ...data, retry_after_ms: Math.min(MAX_RETRY_AFTER_MS, Math.max(1, retryAfterMs)) },
  })
}

function periodOf(rule: RateLimitRule, kind: RateRefusal['kind']): string {
  const rate = kind === 'concurrent' ? undefined : rule[kind]
  return rate === undefined ? '' : ` in ${duration(rate.perMs)}`
}
