import type { UpstreamFailureClass } from './record.ts'

/** What a failure before the first content byte allows. */
export interface FailureRule {
  /** `when_told_soon`: only when the provider named a wait that is short against what is left. */
  readonly sameTarget: 'never' | 'once' | 'when_told_soon'
  readonly next: 'any_target' | 'other_provider' | 'stop'
}

const NEXT: FailureRule = { sameTarget: 'never', next: 'any_target' }
const AGAIN: FailureRule = { sameTarget: 'once', next: 'any_target' }
const STOP: FailureRule = { sameTarget: 'never', next: 'stop' }
const REFUSED_KEY: FailureRule = { sameTarget: 'never', next: 'other_provider' }

/**
 * `bad_request` stops: another provider would refuse the same body, and the client must see why. `aborted` stops: the
 * client is gone. A refused key or an empty balance is no better for the next model of the same provider.
 */
const RULES = {
  connect: AGAIN,
  server_error: AGAIN,
  overloaded: NEXT,
  rate_limited: NEXT,
  quota: REFUSED_KEY,
  auth: REFUSED_KEY,
  timeout_first_token: NEXT,
  timeout_idle: NEXT,
  timeout_total: NEXT,
  empty: NEXT,
  malformed: NEXT,
  cut_mid_stream: NEXT,
  context_overflow: NEXT,
  parameter_unsupported: NEXT,
  not_found: NEXT,
  missing: NEXT,
  bad_request: STOP,
  aborted: STOP,
} as const satisfies Record<UpstreamFailureClass, FailureRule>

/** The rule for a failure; where a class covers several statuses, the status decides. */
export function failureRule(failure: UpstreamFailureClass, status: number | null): FailureRule {
  const serverSide = failure === 'overloaded' || failure === 'server_error'
  if (serverSide && status === 503) return { sameTarget: 'when_told_soon', next: 'any_target' }
  if (serverSide && status === 529) return NEXT
  // The key may be good for other models: see `effectOf`.
  if (failure === 'auth' && status === 403) return NEXT
  return RULES[failure]
}
