import type { UpstreamFailureClass } from './record.ts'

export type AfterFailure = 'next_target' | 'stop'

/**
 * What an attempt that failed before its first content byte allows. `bad_request` stops: another provider would refuse
 * the same body, and the client must see why. `aborted` stops: the client is gone.
 */
const AFTER_FAILURE = {
  connect: 'next_target',
  timeout_first_token: 'next_target',
  timeout_idle: 'next_target',
  timeout_total: 'next_target',
  rate_limited: 'next_target',
  quota: 'next_target',
  auth: 'next_target',
  bad_request: 'stop',
  context_overflow: 'next_target',
  not_found: 'next_target',
  overloaded: 'next_target',
  server_error: 'next_target',
  empty: 'next_target',
  malformed: 'next_target',
  cut_mid_stream: 'next_target',
  missing: 'next_target',
  aborted: 'stop',
} as const satisfies Record<UpstreamFailureClass, AfterFailure>

export function afterFailure(failure: UpstreamFailureClass): AfterFailure {
  return AFTER_FAILURE[failure]
}
