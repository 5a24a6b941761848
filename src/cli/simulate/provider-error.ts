import type { ExchangeReply } from '../../pipeline/ports.ts'
import { GatewayError, type ErrorCode } from '../../wire/errors.ts'

/** Codes under which a provider itself speaks of its statuses; all others are its own trouble. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'invalid_request_error'],
  [401, 'invalid_api_key'],
  [402, 'budget_exceeded'],
  [403, 'model_not_allowed'],
  [404, 'model_not_found'],
  [408, 'request_timeout'],
  [413, 'request_too_large'],
  [422, 'invalid_request_error'],
  [429, 'rate_limit_exceeded'],
])

/**
 * The reply as a provider gives it: a gateway answers for whoever is behind it and translates a failure, while here the
 * status of the failed attempt is the provider's own.
 */
export function asProvider(reply: ExchangeReply): ExchangeReply {
  if (reply.kind !== 'error') return reply
  const failed = reply.record.attempts.at(-1)
  const status = failed?.status ?? null
  if (failed === undefined || status === null || status < 400) return reply
  const { retryAfterMs } = failed
  const error = new GatewayError(CODES.get(status) ?? 'upstream_exhausted', `simulated ${status}`, {
    status,
    data: retryAfterMs === null ? {} : { retry_after_ms: retryAfterMs },
  })
  return { ...reply, error }
}
