import { GatewayError, type ErrorCode } from '../../wire/errors.ts'
import type { Fixture } from '../types.ts'

/** Refusals of the proxy itself that hang on things which a replay does not have: its limits, its cap, its store. */
const OF_THE_PROXY: readonly ErrorCode[] = [
  'rate_limit_exceeded',
  'request_too_large',
  'spend_cap_reached',
  'store_failed',
]

/**
 * The error with which the proxy turned an exchange away when it was recorded, instead of the attempt of this number; null
 * when it did not. Such an exchange spent nothing then, and in a replay it must not either.
 */
export function turnedAway(fixture: Fixture | undefined, attempt: number): GatewayError | null {
  if (fixture?.source.kind !== 'recorded' || fixture.attempts?.length !== attempt) return null
  const code = OF_THE_PROXY.find((known) => known === fixture.res?.error?.code)
  if (code === undefined) return null
  return new GatewayError(code, 'refused when it was recorded', { status: fixture.res?.status ?? 500 })
}
