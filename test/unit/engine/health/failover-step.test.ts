import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextStep, type Step, type StepInput } from '../../../../src/engine/failover-step.ts'
import type { UpstreamFailureClass } from '../../../../src/engine/record.ts'

function step(
  failure: UpstreamFailureClass,
  status: number | null,
  changes: Partial<StepInput> & { retryAfterMs?: number } = {},
): Step {
  const { retryAfterMs, ...rest } = changes
  return nextStep({
    failure: { failure, status, retryAfterMs: retryAfterMs ?? null },
    providers: ['one', 'one', 'two'],
    index: 0,
    attempts: 1,
    repeats: 0,
    leftMs: 60_000,
    config: { maxAttempts: 4 },
    clientRetry: 0,
    roll: 0.3,
    usable: () => true,
    ...rest,
  })
}

describe('the table of failures', () => {
  it.each<[string, UpstreamFailureClass, number | null, string]>([
    ['a lost connection', 'connect', null, 'repeat'],
    ['500', 'server_error', 500, 'repeat'],
    ['502', 'server_error', 502, 'repeat'],
    ['504', 'server_error', 504, 'repeat'],
    ['408', 'server_error', 408, 'repeat'],
    ['529', 'overloaded', 529, 'next 1'],
    ['503 without a wait', 'overloaded', 503, 'next 1'],
    ['429', 'rate_limited', 429, 'next 1'],
    ['402', 'quota', 402, 'next 2'],
    ['429 for money', 'quota', 429, 'next 2'],
    ['401', 'auth', 401, 'next 2'],
    ['403', 'auth', 403, 'next 1'],
    ['400', 'bad_request', 400, 'stop final'],
    ['422', 'bad_request', 422, 'stop final'],
    ['an overflow', 'context_overflow', 400, 'next 1'],
    ['an unknown model', 'not_found', 404, 'next 1'],
    ['an empty 200', 'empty', 200, 'next 1'],
    ['an unreadable 200', 'malformed', 200, 'next 1'],
    ['a stall', 'timeout_first_token', null, 'next 1'],
    ['a client that left', 'aborted', null, 'stop final'],
  ])('%s', (_name, failure, status, expected) => {
    const said = step(failure, status)
    const text = said.kind === 'next' ? `next ${said.index}` : said.kind === 'stop' ? `stop ${said.why}` : 'repeat'
    expect(text).toBe(expected)
  })

  it('repeats once only, and not what the client repeats itself', () => {
    expect(step('server_error', 500, { repeats: 1, attempts: 2 })).toEqual({ kind: 'next', index: 1 })
    expect(step('connect', null, { clientRetry: 1 })).toEqual({ kind: 'next', index: 1 })
    expect(step('connect', null, { clientRetry: 1, providers: ['one'] })).toEqual({ kind: 'stop', why: 'no_target' })
  })

  it('leaves the last attempt to another target', () => {
    expect(step('connect', null, { attempts: 3 })).toEqual({ kind: 'next', index: 1 })
    expect(step('connect', null, { attempts: 3, index: 2 })).toMatchObject({ kind: 'repeat' })
    expect(step('connect', null, { attempts: 4 })).toEqual({ kind: 'stop', why: 'attempts' })
  })

  it('waits for a 503 only where the wait is short against what is left', () => {
    const alone = { providers: ['one'] }
    expect(step('overloaded', 503, { ...alone, retryAfterMs: 15_000 })).toMatchObject({ kind: 'repeat' })
    expect(step('overloaded', 503, { ...alone, retryAfterMs: 15_001 })).toEqual({ kind: 'stop', why: 'no_target' })
    // With somebody else to ask, a user is not kept waiting for longer than a second.
    expect(step('overloaded', 503, { retryAfterMs: 900 })).toMatchObject({ kind: 'repeat' })
    expect(step('overloaded', 503, { retryAfterMs: 2_000 })).toEqual({ kind: 'next', index: 1 })
  })

  it('passes over targets that are shut meanwhile', () => {
    expect(step('rate_limited', 429, { usable: (index) => index === 2 })).toEqual({ kind: 'next', index: 2 })
    expect(step('server_error', 500, { usable: (index) => index !== 0 })).toEqual({ kind: 'next', index: 1 })
    expect(step('server_error', 500, { usable: () => false })).toEqual({ kind: 'stop', why: 'no_target' })
  })
})

const FAILURES: readonly UpstreamFailureClass[] = [
  'connect',
  'server_error',
  'overloaded',
  'rate_limited',
  'quota',
  'auth',
  'timeout_first_token',
  'empty',
  'context_overflow',
]

describe('whatever fails', () => {
  it('ends within the attempts and the deadline, each target at most twice, none twice after a client retry', () => {
    const hop = fc.record({
      failure: fc.constantFrom(...FAILURES),
      status: fc.constantFrom(null, 200, 408, 429, 500, 503, 529),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 90_000 })),
      tookMs: fc.integer({ min: 0, max: 20_000 }),
    })
    const plan = fc.array(fc.constantFrom('one', 'two', 'three'), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(
        fc.array(hop, { minLength: 40, maxLength: 40 }),
        plan,
        fc.record({
          most: fc.integer({ min: 1, max: 6 }),
          clientRetry: fc.nat(2),
          roll: fc.double({ min: 0, max: 0.999, noNaN: true }),
        }),
        (hops, providers, { most, clientRetry, roll }) => {
          const tries = new Map<number, number>()
          let index = 0
          let leftMs = 60_000
          let attempts = 0
          let repeats = 0
          for (const { failure, status, retryAfterMs, tookMs } of hops) {
            attempts += 1
            tries.set(index, (tries.get(index) ?? 0) + 1)
            leftMs -= tookMs
            const said = nextStep({
              failure: { failure, status, retryAfterMs },
              providers,
              index,
              attempts,
              repeats,
              leftMs,
              config: { maxAttempts: most },
              clientRetry,
              roll,
              usable: () => true,
            })
            if (said.kind === 'stop') break
            const waitMs = said.kind === 'repeat' ? said.waitMs : 0
            expect(waitMs).toBeLessThanOrEqual(leftMs / 4 + 50)
            leftMs -= waitMs
            const to = said.kind === 'next' ? said.index : index
            expect(to > index).toBe(said.kind === 'next')
            repeats = said.kind === 'next' ? 0 : repeats + 1
            index = to
            expect(leftMs).toBeGreaterThan(0)
          }
          expect(attempts).toBeLessThanOrEqual(most)
          for (const count of tries.values()) expect(count).toBeLessThanOrEqual(clientRetry > 0 ? 1 : 2)
        },
      ),
      { seed: 5, numRuns: 500 },
    )
  })
})
