import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  breakerAfter,
  enter,
  FAILURE_WINDOW_MS,
  healthAt,
  MOST_CONSECUTIVE,
  PROBE_LEASE_MS,
  type AttemptTimes,
  type Breaker,
} from '../../../../src/engine/health/breaker.ts'
import { effectOf, type FailureFacts, type HealthEffect } from '../../../../src/engine/health/effect.ts'
import type { UpstreamFailureClass } from '../../../../src/engine/record.ts'

const LIMITS = { cooldownBaseMs: 5_000, cooldownMaxMs: 300_000 }
const START = 1_800_000_000_000

function effect(
  failure: UpstreamFailureClass,
  status: number | null,
  retryAfterMs: number | null = null,
): HealthEffect {
  const found = effectOf({ failure, status, retryAfterMs }, LIMITS)
  if (found === null) throw new Error(`${failure} has no effect`)
  return found
}

/** A target that is called whenever it lets somebody in. */
class Target {
  breaker: Breaker | null = null
  now = START

  begin(): AttemptTimes | null {
    const entry = enter(this.breaker, this.now)
    if (entry.kind === 'refused') return null
    this.breaker = entry.breaker
    return { startedAt: this.now, probe: entry.probe }
  }

  fail(what: HealthEffect, attempt = this.#must()): void {
    this.breaker = breakerAfter(this.breaker, { kind: 'failed', attempt, effect: what }, (this.now += 1))
  }

  succeed(attempt = this.#must()): void {
    this.breaker = breakerAfter(this.breaker, { kind: 'succeeded', attempt }, (this.now += 1))
  }

  /** Milliseconds for which it is shut. */
  shutMs(): number | null {
    const health = healthAt(this.breaker, this.now)
    return health === null || health.state === 'half_open' ? null : (health.retryAt ?? this.now) - this.now
  }

  #must(): AttemptTimes {
    const attempt = this.begin()
    if (attempt === null) throw new Error('the target is shut')
    return attempt
  }
}

describe('a cooldown', () => {
  it.each<[string, FailureFacts, number]>([
    ['503 with a wait', { failure: 'overloaded', status: 503, retryAfterMs: 7_000 }, 7_000],
    ['503 without', { failure: 'overloaded', status: 503, retryAfterMs: null }, 5_000],
    ['429 with a wait', { failure: 'rate_limited', status: 429, retryAfterMs: 42_000 }, 42_000],
    ['429 without', { failure: 'rate_limited', status: 429, retryAfterMs: null }, 5_000],
    ['429 that says 0', { failure: 'rate_limited', status: 429, retryAfterMs: 0 }, 5_000],
    ['429 that says a day', { failure: 'rate_limited', status: 429, retryAfterMs: 86_400_000 }, 3_600_000],
    ['529', { failure: 'overloaded', status: 529, retryAfterMs: null }, 1_000],
    ['an overload inside a 200', { failure: 'overloaded', status: 200, retryAfterMs: null }, 1_000],
    ['a refused key', { failure: 'auth', status: 401, retryAfterMs: null }, 60_000],
    ['an empty balance', { failure: 'quota', status: 402, retryAfterMs: null }, 60_000],
  ])('begins with the first %s', (_name, facts, shutMs) => {
    const target = new Target()
    target.fail(effect(facts.failure, facts.status, facts.retryAfterMs))
    expect(target.shutMs()).toBe(shutMs)
    expect(target.begin()).toBeNull()
  })

  it.each<[string, HealthEffect, number]>([
    ['500', effect('server_error', 500), 3],
    ['408', effect('server_error', 408), 3],
    ['a stall before the first content', effect('timeout_first_token', null), 3],
    ['an empty 200', effect('empty', 200), 3],
    ['a cut in the middle', effect('cut_mid_stream', 200), 3],
    ['a refused connection', effect('connect', null), 2],
  ])('takes several of: %s', (_name, what, needed) => {
    const target = new Target()
    for (let count = 1; count < needed; count += 1) {
      target.fail(what)
      expect(target.shutMs()).toBeNull()
    }
    target.fail(what)
    expect(target.shutMs()).toBe(5_000)
    expect(healthAt(target.breaker, target.now)?.reason).toContain(`${needed} failures`)
  })

  it('does not come from failures far apart, but does from a target that never succeeds', () => {
    const target = new Target()
    for (let count = 1; count < MOST_CONSECUTIVE; count += 1) {
      target.fail(effect('server_error', 500))
      expect(target.shutMs()).toBeNull()
      target.now += FAILURE_WINDOW_MS
    }
    target.fail(effect('server_error', 500))
    expect(target.shutMs()).toBe(5_000)
  })

  it('doubles up to the limit as long as nothing succeeds, and a success sets it back', () => {
    const target = new Target()
    const seen: (number | null)[] = []
    for (let count = 0; count < 8; count += 1) {
      target.fail(effect('overloaded', 503))
      seen.push(target.shutMs())
      target.now += target.shutMs() ?? 0
    }
    expect(seen).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000])
    target.succeed()
    expect(target.breaker).toBeNull()
  })

  it('is the business of the request, not of the target, for a bad one', () => {
    const blameless = ['bad_request', 'context_overflow', 'not_found', 'aborted', 'missing'] as const
    for (const failure of blameless) expect(effectOf({ failure, status: 400, retryAfterMs: null }, LIMITS)).toBeNull()
    // Our own limit on concurrent calls has no status.
    expect(effectOf({ failure: 'overloaded', status: null, retryAfterMs: null }, LIMITS)).toBeNull()
  })

  it('of a key concerns all of its provider, but a 403 only the model', () => {
    expect(effect('auth', 401).scope).toBe('provider')
    expect(effect('quota', 429).scope).toBe('provider')
    expect(effect('auth', 403).scope).toBe('target')
  })
})

describe('a half-open breaker', () => {
  function opened(): Target {
    const target = new Target()
    target.fail(effect('overloaded', 503))
    target.now += 5_000
    return target
  }

  it('lets one request in, and shows as shut to the others', () => {
    const target = opened()
    expect(healthAt(target.breaker, target.now)).toMatchObject({ state: 'half_open' })
    expect(target.begin()).not.toBeNull()
    expect(target.begin()).toBeNull()
    expect(healthAt(target.breaker, target.now)).toMatchObject({
      state: 'open',
      retryAt: target.now + PROBE_LEASE_MS,
      reason: expect.stringContaining('one request is trying it'),
    })
  })

  it('opens to all when the probe reaches content, before it has ended', () => {
    const target = opened()
    const probe = target.begin()
    if (probe === null) throw new Error('no probe')
    target.breaker = breakerAfter(target.breaker, { kind: 'reached', attempt: probe }, target.now)
    expect([target.begin(), target.begin()]).not.toContain(null)
  })

  it('gives the place of a probe that never came back to the next one, and to one only', () => {
    const target = opened()
    const lost = target.begin()
    target.now += PROBE_LEASE_MS
    expect(target.begin()).not.toBeNull()
    if (lost === null) throw new Error('no probe')
    // The lost one comes back late: the lease is no longer its own to give up.
    target.breaker = breakerAfter(target.breaker, { kind: 'abandoned', attempt: lost }, target.now)
    expect(target.begin()).toBeNull()
  })

  it('is open again after a failed probe, without counting to three', () => {
    const target = opened()
    target.fail(effect('server_error', 500))
    expect(target.shutMs()).toBe(10_000)
  })

  it('is not reopened or doubled by answers to requests sent before it opened', () => {
    const target = new Target()
    const early = [target.begin(), target.begin(), target.begin()]
    target.now += 10
    for (const attempt of early) if (attempt !== null) target.fail(effect('overloaded', 503), attempt)
    expect(target.shutMs()).toBeLessThanOrEqual(5_000)
    const [first] = early
    if (first === undefined || first === null) throw new Error('not begun')
    target.succeed(first)
    expect(target.begin()).toBeNull()
  })
})

type Act = { readonly kind: 'wait'; readonly ms: number } | { readonly kind: 'begin' | 'end'; readonly how: number }
const EFFECTS: readonly HealthEffect[] = [
  effect('server_error', 500),
  effect('connect', null),
  effect('overloaded', 503, 2_000),
  effect('overloaded', 529),
  effect('rate_limited', 429),
  effect('auth', 401),
  effect('cut_mid_stream', 200),
]
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400_000 }) }),
  fc.record({ kind: fc.constant('begin' as const), how: fc.nat(10) }),
  fc.record({ kind: fc.constant('end' as const), how: fc.nat(40) }),
)

describe('whatever happens', () => {
  it('stays small, never shuts for ever, and lets at most one probe in at a time', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const target = new Target()
        const running: AttemptTimes[] = []
        for (const step of acts) {
          if (step.kind === 'wait') target.now += step.ms
          if (step.kind === 'begin') {
            const attempt = target.begin()
            if (attempt !== null) running.push(attempt)
          }
          if (step.kind === 'end') {
            const [attempt] = running.splice(step.how % Math.max(1, running.length), 1)
            if (attempt === undefined) continue
            const what = EFFECTS[step.how % (EFFECTS.length + 3)]
            if (what !== undefined) target.fail(what, attempt)
            else if (step.how % 2 === 0) target.succeed(attempt)
            else target.breaker = breakerAfter(target.breaker, { kind: 'abandoned', attempt }, target.now)
          }
          const shut = target.shutMs() ?? 0
          expect(target.breaker?.failures.length ?? 0).toBeLessThanOrEqual(MOST_CONSECUTIVE)
          expect(shut).toBeGreaterThanOrEqual(0)
          expect(shut).toBeLessThanOrEqual(LIMITS.cooldownMaxMs)
          // What a request is told and what it meets agree.
          const told = healthAt(target.breaker, target.now)
          const enters = enter(target.breaker, target.now).kind === 'entered'
          expect(enters).toBe(told === null || told.state === 'half_open')
          const probing = running.filter(({ probe }) => probe !== null && probe === target.breaker?.probeUntil)
          const takesNewOne = told?.state === 'half_open' && probing.some(({ probe }) => (probe ?? 0) > target.now)
          expect(takesNewOne).toBe(false)
        }
        target.now += LIMITS.cooldownMaxMs
        expect(target.begin()).not.toBeNull()
      }),
      { seed: 7, numRuns: 400 },
    )
  })
})
