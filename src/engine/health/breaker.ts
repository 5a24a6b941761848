import type { TargetHealth } from '../state.ts'
import type { HealthEffect } from './effect.ts'

/**
 * The circuit breaker of one target (or of one provider's credentials) that is not in perfect health; null stands for
 * perfect health, so that only troubled ones take memory. All times are milliseconds since the epoch.
 */
export interface Breaker {
  /** Times of the last counted failures within the window, oldest first. */
  readonly failures: readonly number[]
  /** Counted failures without a success between them. */
  readonly consecutive: number
  /** Cooldowns without a success between them; each doubles the next. */
  readonly strikes: number
  readonly block: Block | null
  /** Until when the one request that may try a half-open target has for it; null when there is none. */
  readonly probeUntil: number | null
}

interface Block {
  readonly state: HealthEffect['state']
  readonly since: number
  readonly until: number
  readonly reason: string
}

export type BreakerEvent =
  /** The first content has arrived: whoever was kept out may come in again. */
  | { readonly kind: 'reached'; readonly attempt: AttemptTimes }
  | { readonly kind: 'succeeded'; readonly attempt: AttemptTimes }
  | { readonly kind: 'failed'; readonly attempt: AttemptTimes; readonly effect: HealthEffect }
  /** Ended without a verdict on the target. */
  | { readonly kind: 'abandoned'; readonly attempt: AttemptTimes }

export interface AttemptTimes {
  readonly startedAt: number
  /** The lease it got from `enter`; null when it is no probe. */
  readonly probe: number | null
}

/** Failures that are this far apart do not count together. */
export const FAILURE_WINDOW_MS = 30_000
/** However far apart: a target that never succeeds must not stay in rotation. */
export const MOST_CONSECUTIVE = 5
/** A probe that takes longer than this gets company, so that a lost one can not keep a target shut. */
export const PROBE_LEASE_MS = 10_000

export type Entry =
  | { readonly kind: 'refused' }
  | { readonly kind: 'entered'; readonly breaker: Breaker | null; readonly probe: number | null }

/** Asks to call the target at `now`. Half open, the first who asks gets the probe and the others are refused. */
export function enter(breaker: Breaker | null, now: number): Entry {
  if (breaker === null || breaker.block === null) return { kind: 'entered', breaker, probe: null }
  if (now < breaker.block.until) return { kind: 'refused' }
  if (!probes(breaker.block)) return { kind: 'entered', breaker, probe: null }
  if (breaker.probeUntil !== null && now < breaker.probeUntil) return { kind: 'refused' }
  const probe = now + PROBE_LEASE_MS
  return { kind: 'entered', breaker: { ...breaker, probeUntil: probe }, probe }
}

/** A provider that named the end of its rate limit is believed; everything else is tried by one request first. */
function probes({ state }: Block): boolean {
  return state !== 'rate_limited'
}

/** The breaker after an event at `now`. */
export function breakerAfter(breaker: Breaker | null, event: BreakerEvent, now: number): Breaker | null {
  switch (event.kind) {
    case 'abandoned':
      return released(breaker, event.attempt)
    case 'reached':
      return reached(breaker, event.attempt)
    case 'succeeded':
      return isStale(breaker, event.attempt) ? breaker : null
    case 'failed':
      return failed(breaker, event, now)
  }
}

/** Attempts that began before a block say nothing about what came after it. */
function isStale(breaker: Breaker | null, { startedAt }: AttemptTimes): boolean {
  return breaker !== null && breaker.block !== null && startedAt <= breaker.block.since
}

function released(breaker: Breaker | null, { probe }: AttemptTimes): Breaker | null {
  return breaker === null || probe === null || breaker.probeUntil !== probe ? breaker : { ...breaker, probeUntil: null }
}

function reached(breaker: Breaker | null, attempt: AttemptTimes): Breaker | null {
  if (breaker === null || breaker.block === null || isStale(breaker, attempt)) return breaker
  return { ...breaker, block: null, probeUntil: null }
}

const HEALTHY: Breaker = { failures: [], consecutive: 0, strikes: 0, block: null, probeUntil: null }

function failed(
  before: Breaker | null,
  { attempt, effect }: Extract<BreakerEvent, { kind: 'failed' }>,
  now: number,
): Breaker {
  const breaker = before ?? HEALTHY
  const recent = breaker.failures.filter((at) => at > now - FAILURE_WINDOW_MS)
  const failures = [...recent, now].slice(-MOST_CONSECUTIVE)
  const consecutive = breaker.consecutive + 1
  const counted = { ...breaker, failures, consecutive }
  if (isStale(before, attempt)) return { ...counted, block: prolonged(breaker.block, effect, now) }
  // What was let in after a cooldown and fails again needs no further proof.
  const failedProbe = breaker.block !== null && probes(breaker.block)
  const proven = failedProbe || failures.length >= effect.after || consecutive >= MOST_CONSECUTIVE
  if (!proven) return counted
  const strikes = breaker.strikes + 1
  const until = now + cooldownOf(effect, strikes)
  const reason =
    effect.after > 1 && consecutive > 1 ? `${consecutive} failures, the last: ${effect.reason}` : effect.reason
  return { ...counted, strikes, block: { state: effect.state, since: now, until, reason }, probeUntil: null }
}

/** Answers to requests sent before the block do not double it, but what they are told counts. */
function prolonged(block: Block | null, { toldMs }: HealthEffect, now: number): Block | null {
  return block === null || toldMs === null ? block : { ...block, until: Math.max(block.until, now + toldMs) }
}

function cooldownOf({ baseMs, maxMs, toldMs }: HealthEffect, strikes: number): number {
  return Math.max(1, toldMs ?? Math.min(maxMs, baseMs * 2 ** Math.min(strikes - 1, 30)))
}

/** What a request at `now` is told; null when it may come in. */
export function healthAt(breaker: Breaker | null, now: number): TargetHealth | null {
  if (breaker === null || breaker.block === null) return null
  const { state, until, reason } = breaker.block
  if (now < until) return { state, retryAt: until, reason }
  if (!probes(breaker.block)) return null
  if (breaker.probeUntil !== null && now < breaker.probeUntil)
    return { state, retryAt: breaker.probeUntil, reason: `${reason}; one request is trying it` }
  return { state: 'half_open', retryAt: until, reason }
}
