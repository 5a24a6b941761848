import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RateLimitRule, RoutingConfig } from '../../../src/engine/routing-config.ts'
import { RateTable } from '../../../src/pipeline/admission/rate-table.ts'
import type { UpstreamResult } from '../../../src/pipeline/ports.ts'
import { budget, codeOf, desk, matrix, never } from './desk.ts'
import { answered, failed, incoming, matrixOf, ROUTING, row, USAGE } from './support.ts'

describe('a hard budget', () => {
  it('is not overshot by a hundred requests at once', async () => {
    const limit = 50_000_000
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { ask, book } = desk({ budgets: [budget(limit)] }, async ({ request }) => {
      await gate
      // The dearest answer that the request allows.
      return answered('x', { ...USAGE, input: 2, output: request.maxOutputTokens ?? 1_000_000 })
    })
    const running = Array.from({ length: 100 }, () => ask('hi', { maxOutputTokens: 2_000 }))
    release()
    const replies = await Promise.all(running)
    expect(new Set(replies.map((reply) => codeOf(reply)))).toEqual(new Set(['answer', 'budget_exceeded']))
    expect(book.total()).toBeLessThanOrEqual(limit)
    expect(book.total()).toBeGreaterThan(limit / 2)
  })

  it('sends an output limit upstream when the client set none, and says so', async () => {
    const { ask, calls, records } = desk({ budgets: [budget(900_000)] }, () => answered('x'))
    await ask('hi')
    const limit = calls[0]?.request.maxOutputTokens
    expect(limit).toBeGreaterThan(0)
    expect(limit).toBeLessThan(900)
    expect(records[0]?.budget).toMatchObject({ imposedMaxOutputTokens: limit, settledNanoUsd: 110_000 })
    expect(records[0]?.budget?.left[0]).toMatchObject({ budget: 'stop', leftNanoUsd: 790_000, limitNanoUsd: 900_000 })
  })

  it('leaves the limit of the client alone', async () => {
    const { ask, calls } = desk({ budgets: [budget(900_000)] }, () => answered('x'))
    await ask('hi', { maxOutputTokens: 7 })
    expect(calls[0]?.request.maxOutputTokens).toBe(7)
  })

  it('refuses with what is left and when it is full again', async () => {
    const { ask } = desk({ budgets: [budget(100, { window: 'day' })] }, () => answered('x'))
    const reply = await ask()
    if (reply.kind !== 'error') throw new Error(reply.kind)
    expect(reply.error).toMatchObject({ code: 'budget_exceeded', status: 402 })
    expect(reply.error.data).toMatchObject({ budget: 'stop', resets_at: '2023-11-15T00:00:00.000Z' })
    expect(reply.record.attempts).toEqual([])
  })

  it('does not let models pass whose price nobody knows', async () => {
    const { ask, calls } = desk(
      { budgets: [budget(1e12)], matrix: matrixOf(row('only', 'standard', 'one', null)) },
      () => answered('x'),
    )
    expect((await ask()).kind).toBe('error')
    expect(calls).toHaveLength(0)
  })

  it('charges the declared ceiling for them where one is declared', async () => {
    const { ask, book } = desk(
      {
        budgets: [budget(1e9, { unknownPriceNanoUsd: 5_000 })],
        matrix: matrixOf(row('only', 'standard', 'one', null)),
      },
      () => answered('x'),
    )
    expect((await ask()).kind).toBe('answer')
    expect(book.rows).toMatchObject([{ costNanoUsd: 5_000, costBasis: 'reserved' }])
  })
})

describe('a budget that is spent', () => {
  const tiers = matrixOf(row('dear', 'premium', 'one', 10_000_000), row('cheap', 'free', 'two', 1_000))
  const premium = budget(0, {
    name: 'premium',
    modelClass: { kind: 'tier', tier: 'premium' },
    onExceed: 'downgrade',
  })

  it('leads to a lower tier in plain sight', async () => {
    const { ask, calls, records } = desk({ budgets: [premium], matrix: tiers, routing: wanting('premium') }, () =>
      answered('x'),
    )
    await ask()
    expect(calls.map(({ target }) => target.model)).toEqual(['cheap'])
    expect(records[0]?.decision.outcome).toMatchObject({ downgradedFrom: { tier: 'premium', cause: 'budget' } })
  })

  it('keeps a later attempt out when the first used it up', async () => {
    const two = matrixOf(row('first', 'standard', 'one', 1_000), row('second', 'standard', 'two', 1_000_000))
    const one = budget(3_000_000, { modelClass: { kind: 'pattern', pattern: 'second' } })
    const made: { spend: () => void } = { spend: () => undefined }
    const { ask, calls, replace } = desk({ budgets: [one], matrix: two }, () => {
      made.spend()
      return failed('server_error', 503)
    })
    // Somebody lowers the limit while the first attempt is under way.
    made.spend = () => replace([{ ...one, limitNanoUsd: 0 }])
    const reply = await ask('hi', { maxOutputTokens: 10 })
    expect(calls.map(({ target }) => target.model)).toEqual(['first'])
    expect(codeOf(reply)).toBe('budget_exceeded')
  })
})

function wanting(tier: string): Partial<RoutingConfig> {
  return { rules: [{ name: 'all', when: {}, tier }] }
}

describe('every attempt', () => {
  it('is a row of the ledger, committed before the answer', async () => {
    const two = matrixOf(row('bad', 'standard', 'one', 1_000), row('good', 'standard', 'two', 1_000_000))
    const { ask, book } = desk({ matrix: two }, ({ target }) =>
      target.model === 'bad' ? failed('rate_limited', 429) : answered('x'),
    )
    await ask()
    expect(book.rows).toMatchObject([
      { attempt: 0, model: 'bad', outcome: 'failed', failure: 'rate_limited', costNanoUsd: 0, costBasis: 'none' },
      { attempt: 1, model: 'good', outcome: 'answered', costNanoUsd: 110_000, costBasis: 'reported', usage: USAGE },
    ])
    expect(book.openings.map(({ id }) => id)).toEqual(book.rows.map(({ id }) => id))
    expect(book.durables).toBe(1)
  })

  it('that timed out is charged for the prompt it had read', async () => {
    const { ask, book, records } = desk({ routing: { failover: { ...ROUTING.failover, maxAttempts: 1 } } }, () =>
      failed('timeout_first_token', null),
    )
    await ask('how many words are in this question', { stream: true })
    expect(book.rows[0]).toMatchObject({ outcome: 'failed', costBasis: 'estimated' })
    expect(book.total()).toBeGreaterThan(0)
    expect(records[0]?.cost).toMatchObject({ kind: 'known', nanoUsd: book.total() })
  })

  it('has an unknown cost, not none, when nothing is known and no budget asks', async () => {
    const { ask, book } = desk({ matrix: matrixOf(row('only', 'standard', 'one', null)) }, () => answered('x'))
    await ask()
    expect(book.rows).toMatchObject([{ costNanoUsd: 0, costBasis: 'unknown' }])
  })
})

describe('the accounts', () => {
  it('stay few, whatever names a caller makes up without spending anything', () => {
    const { gate } = desk({ budgets: [budget(1_000_000, { scope: 'user' })] }, () => answered('x'))
    const base = incoming('hi')
    const generation = { routing: ROUTING, matrix, seed: 0 }
    for (let n = 0; n < 45_000; n += 1)
      gate.budgets({ ...base, rights: { ...base.rights, user: `made up ${n}` } }, generation, n)
    expect(gate.standing(45_000).length).toBeLessThanOrEqual(20_001)
  })
})

describe('a reload', () => {
  it('counts what was spent and what is under way under the new rules', async () => {
    let release: () => void = () => undefined
    const hold = new Promise<void>((resolve) => {
      release = resolve
    })
    let first = true
    const { ask, replace, gate } = desk({ budgets: [budget(1e9)] }, async () => {
      if (!first) await hold
      first = false
      return answered('x')
    })
    await ask('hi', { maxOutputTokens: 100 })
    const running = ask('hi', { maxOutputTokens: 100 })
    const under = budget(1e9, { window: 'day' })
    replace([under])
    const [before] = gate.budgets(incoming('hi'), { routing: ROUTING, matrix, seed: 0 }, 1_700_000_000_500)
    expect(before?.leftNanoUsd).toBeLessThan(1e9 - 110_000 - 100_000)
    release()
    await running
    const [after] = gate.budgets(incoming('hi'), { routing: ROUTING, matrix, seed: 0 }, 1_700_000_000_500)
    expect(after?.leftNanoUsd).toBe(1e9 - 220_000)
  })
})

describe('a clock that was a year ahead and is put right', () => {
  const NOW = Date.UTC(2026, 2, 10, 12)
  const AHEAD = Date.UTC(2027, 2, 10, 12)

  it('leaves no budget in a window of the future', () => {
    const { gate } = desk({ budgets: [budget(1_000, { window: 'day' })] }, () => answered('x'))
    const generation = { routing: ROUTING, matrix, seed: 0 }
    gate.budgets(incoming('hi'), generation, AHEAD)
    const [left] = gate.budgets(incoming('hi'), generation, NOW)
    expect(left?.resetsAt).toBe(Date.UTC(2026, 2, 11))
  })

  it('does not lock out whom a limit binds, and does not forget what was taken', () => {
    const table = new RateTable()
    const rateLimits: RateLimitRule[] = [{ name: 'few', scope: 'key', requests: { amount: 2, perMs: 60_000 } }]
    const generation = { routing: { ...ROUTING, rateLimits }, matrix, seed: 0 }
    const { rights } = incoming('hi')
    const take = (now: number): string | undefined =>
      table.take({
        rights,
        generation,
        choice: { model: row('only', 'standard', 'one').id, tier: 'standard' },
        tokens: 1,
        now,
      })?.kind
    expect([take(AHEAD), take(NOW), take(NOW), take(NOW + 30_000)]).toEqual(['taken', 'taken', 'refused', 'taken'])
    // So little is no correction.
    expect([take(NOW + 30_000), take(NOW + 29_000)]).toEqual(['refused', 'refused'])
  })
})

describe('rate limits', () => {
  const rule: RateLimitRule = { name: 'few', scope: 'key', requests: { amount: 2, perMs: 60_000 } }

  it('answer 429 with the wait, and say what is left before', async () => {
    const { ask, records, calls } = desk({ rateLimits: [rule] }, () => answered('x'))
    await ask()
    await ask()
    const reply = await ask()
    if (reply.kind !== 'error') throw new Error(reply.kind)
    expect(reply.error).toMatchObject({ code: 'rate_limit_exceeded', status: 429 })
    expect(reply.error.data?.['retry_after_ms']).toBeGreaterThan(29_000)
    expect(reply.error.data?.['retry_after_ms']).toBeLessThanOrEqual(30_000)
    expect(records.map(({ rateLimits }) => rateLimits?.[0]?.remaining)).toEqual([1, 0, 0])
    expect(calls).toHaveLength(2)
  })

  it('give places back however a request ends', async () => {
    const one: RateLimitRule = { name: 'one', scope: 'global', concurrent: 1 }
    const ends: UpstreamResult[] = [answered('x'), failed('bad_request', 400), failed('timeout_first_token', null)]
    const { ask } = desk(
      { rateLimits: [one], routing: { failover: { ...ROUTING.failover, maxAttempts: 1 } } },
      () => ends.shift() ?? answered('x'),
    )
    const codes = []
    for (let count = 0; count < 4; count += 1) codes.push(codeOf(await ask()))
    expect(codes).not.toContain('rate_limit_exceeded')
    expect(codes).toHaveLength(4)
  })

  it('correct the tokens to what was used', async () => {
    const tokens: RateLimitRule = { name: 't', scope: 'key', tokens: { amount: 400, perMs: 3_600_000 } }
    const { ask, records } = desk({ rateLimits: [tokens] }, () => answered('x'))
    // 110 tokens each: four would not fit by the estimate of 200 output tokens and more, three do by use.
    expect(codeOf(await ask())).toBe('answer')
    expect(codeOf(await ask())).toBe('answer')
    expect(records[1]?.rateLimits?.[0]?.remaining).toBeLessThan(290)
  })

  it('refuse for good what never fits', async () => {
    const tokens: RateLimitRule = { name: 't', scope: 'key', tokens: { amount: 10, perMs: 60_000 } }
    const { ask } = desk({ rateLimits: [tokens] }, () => answered('x'))
    const reply = await ask()
    if (reply.kind !== 'error') throw new Error(reply.kind)
    expect(reply.error).toMatchObject({ code: 'request_too_large', status: 413 })
    expect(reply.error.data).not.toHaveProperty('retry_after_ms')
  })
})

describe('any interleaving', () => {
  it('keeps hard budgets, whatever fails, is slow or is retried, and the ledger adds up', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 200_000, max: 5_000_000 }),
        fc.array(fc.record({ max: fc.option(fc.integer({ min: 1, max: 400 })), steps: fc.nat(6), end: fc.nat(4) }), {
          minLength: 5,
          maxLength: 40,
        }),
        async (limit, requests) => {
          const two = matrixOf(row('a', 'standard', 'one', 1_000_000), row('b', 'standard', 'two', 1_500_000))
          const plans = new Map<string, { steps: number; end: number }>()
          const made = desk({ budgets: [budget(limit)], matrix: two }, async (call) => {
            const plan = plans.get(call.requestId) ?? { steps: 0, end: 0 }
            for (let step = 0; step < plan.steps; step += 1) await Promise.resolve()
            if (call.target.model === 'a' && plan.end === 1) return failed('server_error', 503)
            if (call.target.model === 'a' && plan.end === 2) return failed('timeout_first_token', null)
            if (plan.end === 3) return answered('x', null)
            return answered('x', { ...USAGE, input: 2, output: call.request.maxOutputTokens ?? 1_000_000 })
          })
          await Promise.all(
            requests.map(({ max, ...plan }) => {
              const base = incoming('hi')
              plans.set(base.requestId, plan)
              const request = { ...base.request, ...(max === null ? {} : { maxOutputTokens: max }) }
              return made.pipeline.run({ ...base, request }, never)
            }),
          )
          expect(made.book.total()).toBeLessThanOrEqual(limit)
          const generation = { routing: ROUTING, matrix: two, seed: 0 }
          const [left] = made.gate.budgets(incoming('hi'), generation, 1_700_000_000_000)
          expect(left?.leftNanoUsd).toBe(limit - made.book.total())
          expect(made.book.openings).toHaveLength(made.book.rows.length)
        },
      ),
      { numRuns: 60, seed: 4 },
    )
  })
})
