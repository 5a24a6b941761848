import type { PlannedAttempt } from '../engine/decision.ts'
import type { AttemptRecord } from '../engine/record.ts'
import type { AttemptOutcome, UpstreamFailure, UpstreamResult } from './ports.ts'

/** What is known of an attempt beside its result. */
export interface Placed {
  readonly ms: number
  readonly cooldownMs: number | null
  readonly waitedMs: number
  readonly retryOf: number | null
  /** What the provider may bill for it though it failed; 0 for nothing. */
  readonly costNanoUsd: number
}

/** The hop as the record keeps it. */
export function attemptRecord(target: PlannedAttempt, result: UpstreamResult, placed: Placed): AttemptRecord {
  const { ms, cooldownMs, waitedMs, retryOf, costNanoUsd } = placed
  const refused = result.kind === 'missing' ? [] : (result.refusedCredentials ?? [])
  const reached = result.kind === 'answer' || result.kind === 'stream'
  return {
    model: target.model,
    provider: target.provider,
    upstreamModel: target.upstreamModel,
    status: result.kind === 'missing' ? null : result.status,
    failure: reached ? null : result.kind === 'missing' ? 'missing' : result.failure,
    ms: micros(ms),
    // For a whole answer the first byte is not seen apart from the last one.
    firstTokenMs: result.kind === 'stream' ? micros(ms) : null,
    retryAfterMs: result.kind === 'failed' ? result.retryAfterMs : null,
    injected: result.kind === 'missing' ? false : result.injected,
    ...(cooldownMs === null ? {} : { cooldownMs: Math.round(cooldownMs) }),
    ...(retryOf === null ? {} : { retryOf }),
    ...(waitedMs === 0 ? {} : { waitedMs: micros(waitedMs) }),
    ...(result.kind === 'failed' && result.uncalled === true ? { uncalled: true as const } : {}),
    ...(costNanoUsd === 0 ? {} : { costNanoUsd }),
    ...(refused.length === 0 ? {} : { refusedCredentials: refused }),
  }
}

/** What the result says about the target. */
export function outcomeOf(
  result: Exclude<UpstreamResult, { kind: 'stream' }>,
  { aborted, leftMs, deadlineMs }: { aborted: boolean; leftMs: number; deadlineMs: number },
): AttemptOutcome {
  if (result.kind === 'answer') return { kind: 'succeeded' }
  if (result.kind === 'missing' || aborted) return { kind: 'no_verdict' }
  // Earlier attempts had used up most of the time: that this one ran out of it is no fault of its target.
  if (result.failure === 'timeout_first_token' && leftMs < deadlineMs / 2) return { kind: 'no_verdict' }
  const { failure, status, retryAfterMs } = result
  return { kind: 'failed', failure, status, retryAfterMs }
}

/** A call that was given up while the provider was at work. */
export function isAbandoned(result: UpstreamResult): result is UpstreamFailure {
  return result.kind === 'failed' && result.failure === 'aborted' && result.uncalled !== true
}

/** Microsecond resolution is all that these clocks give. */
export function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** What the table is asked about after a target that could not be called: the next one, never the same. */
export const SHUT: UpstreamFailure = {
  kind: 'failed',
  failure: 'overloaded',
  status: null,
  retryAfterMs: null,
  message: '',
  injected: false,
}

/** The provider was at work when we left it or it broke off, and may bill for that. An error that it answers is free. */
export function mayBeBilled({ failure, uncalled }: Pick<UpstreamFailure, 'failure' | 'uncalled'>): boolean {
  if (uncalled === true) return false
  return (
    failure.startsWith('timeout_') ||
    failure === 'aborted' ||
    // The connection was lost after the request had been sent.
    failure === 'connect' ||
    failure === 'cut_mid_stream' ||
    failure === 'empty' ||
    failure === 'malformed'
  )
}
