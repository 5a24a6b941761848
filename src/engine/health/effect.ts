import type { UpstreamFailureClass } from '../record.ts'
import type { FailoverConfig } from '../routing-config.ts'
import type { TargetHealth } from '../state.ts'

export type CooldownLimits = Pick<FailoverConfig, 'cooldownBaseMs' | 'cooldownMaxMs'>

/** What is known of a failed attempt. */
export interface FailureFacts {
  readonly failure: UpstreamFailureClass
  readonly status: number | null
  readonly retryAfterMs: number | null
}

/** What a failure means for what was called. */
export interface HealthEffect {
  /** A refused key takes every model of its provider along, anything else only the target. */
  readonly scope: 'target' | 'provider'
  readonly state: Exclude<TargetHealth['state'], 'half_open'>
  /** Failures within the window that open the breaker. */
  readonly after: number
  /** First cooldown in milliseconds; doubles with every further one up to `maxMs`. */
  readonly baseMs: number
  readonly maxMs: number
  /** What the provider asks for; stands in for the doubling. */
  readonly toldMs: number | null
  readonly reason: string
}

/** Nobody is kept out longer on the word of one header: after this, one request looks again. */
const MAX_TOLD_MS = 60 * 60_000
/** An overloaded provider (529) is back soon, and there is no limit of ours to respect. */
const OVERLOAD_BASE_MS = 1_000
const OVERLOAD_MAX_MS = 30_000
/** A server that was started again should be found within this time. */
const CONNECT_MAX_MS = 30_000
/** A refused key is mended by hand outside. */
const CREDENTIAL_BASE_MS = 60_000
/** The first failure to connect is repeated at once; only both together say that nobody is there. */
const CONNECT_FAILURES = 2
const SERVER_FAILURES = 3
/** Tells an empty balance from a refused key; both are `down`. */
export const QUOTA_REASON = 'quota or balance used up'

/** Null for failures that say nothing about the target: the request's own fault, the client gone, our own limits. */
export function effectOf(facts: FailureFacts, limits: CooldownLimits): HealthEffect | null {
  const { cooldownBaseMs, cooldownMaxMs } = limits
  const common = {
    scope: 'target',
    state: 'open',
    after: SERVER_FAILURES,
    baseMs: cooldownBaseMs,
    maxMs: cooldownMaxMs,
    toldMs: null,
    reason: reasonOf(facts),
  } as const
  switch (facts.failure) {
    case 'connect':
      return { ...common, after: CONNECT_FAILURES, maxMs: Math.min(CONNECT_MAX_MS, cooldownMaxMs) }
    case 'overloaded':
      return overloaded(common, facts)
    case 'rate_limited':
      return { ...common, state: 'rate_limited', after: 1, toldMs: told(facts) }
    case 'quota':
      return { ...common, ...quarantine(cooldownMaxMs), scope: 'provider' }
    case 'auth':
      // A 403 often means that the key may not use this one model; the others of its provider go on.
      return { ...common, ...quarantine(cooldownMaxMs), scope: facts.status === 403 ? 'target' : 'provider' }
    case 'server_error':
      return facts.status === 503 || facts.status === 529 ? overloaded(common, facts) : common
    case 'timeout_first_token':
    case 'timeout_idle':
    case 'timeout_total':
    case 'empty':
    case 'malformed':
    case 'cut_mid_stream':
      return common
    case 'bad_request':
    case 'context_overflow':
    case 'parameter_unsupported':
    case 'not_found':
    case 'missing':
    case 'aborted':
      return null
  }
}

function overloaded(common: HealthEffect, facts: FailureFacts): HealthEffect | null {
  // Without a status it was the gateway's own limit on calls at once.
  if (facts.status === null) return null
  if (facts.status === 503) return { ...common, after: 1, toldMs: told(facts) }
  return { ...common, after: 1, baseMs: OVERLOAD_BASE_MS, maxMs: OVERLOAD_MAX_MS, toldMs: told(facts) }
}

function quarantine(maxMs: number): Pick<HealthEffect, 'state' | 'after' | 'baseMs' | 'maxMs'> {
  return { state: 'down', after: 1, baseMs: CREDENTIAL_BASE_MS, maxMs: Math.max(maxMs, CREDENTIAL_BASE_MS) }
}

/** "Wait 0 s" is no wait at all: then ours counts. */
function told({ retryAfterMs }: FailureFacts): number | null {
  return retryAfterMs === null || retryAfterMs <= 0 ? null : Math.min(retryAfterMs, MAX_TOLD_MS)
}

function reasonOf({ failure, status }: FailureFacts): string {
  if (failure === 'auth') return `credentials refused with ${status ?? 'an error'}`
  if (failure === 'quota') return QUOTA_REASON
  return status === null || status < 400 ? failure.replaceAll('_', ' ') : `status ${status}`
}
