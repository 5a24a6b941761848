import { describe, expect, it } from 'vitest'
import type { ModelRow } from '../../../src/engine/matrix.ts'
import { UpstreamStreamError } from '../../../src/engine/upstream-error.ts'
import { ticket } from '../../../src/pipeline/admission/ticket.ts'
import type { AdmissionPort, ExchangeReply } from '../../../src/pipeline/ports.ts'
import { createLiveState } from '../../../src/pipeline/state.ts'
import { answered, bench, failed, incoming, matrixOf, ROUTING, row, streamed, type Bench } from './support.ts'

const never = new AbortController().signal

function run({ pipeline }: Bench, changes: Parameters<typeof incoming>[1] = {}): Promise<ExchangeReply> {
  return pipeline.run(incoming('hi', changes), never)
}

function errorOf(reply: ExchangeReply): { status: number; code: string; data: Readonly<Record<string, unknown>> } {
  if (reply.kind !== 'error') throw new Error(`expected an error, got ${reply.kind}`)
  return { status: reply.error.status, code: reply.error.code, data: reply.error.data ?? {} }
}

/** One model, served by two providers. */
function twice(id: string): ModelRow {
  const base = row(id, 'standard', 'one', 100)
  return { ...base, targets: [...base.targets, { provider: 'two', upstreamModel: id, hasCredentials: true }] }
}

describe('a target that fails once', () => {
  it.each([
    ['a lost connection', failed('connect', null)],
    ['a 500', failed('server_error', 500)],
  ])('is tried again after a short wait: %s', async (_name, failure) => {
    const desk = bench(({ attempt }) => (attempt === 0 ? failure : answered('ok')))
    expect((await run(desk)).kind).toBe('answer')
    expect(desk.calls.map(({ target }) => target.model)).toEqual(['cheap', 'cheap'])
    expect(desk.waits).toHaveLength(1)
    expect(desk.waits[0]).toBeGreaterThan(20)
    expect(desk.waits[0]).toBeLessThanOrEqual(500)
    const [first, second] = desk.records[0]?.attempts ?? []
    expect(first).not.toHaveProperty('retryOf')
    expect(second).toMatchObject({ retryOf: 0, failure: null })
    expect(second?.waitedMs).toBeGreaterThan(20)
  })

  it('is left to the client that repeats its requests itself', async () => {
    const desk = bench(({ target }) => (target.model === 'cheap' ? failed('server_error', 500) : answered('ok')))
    await run(desk, { clientRetry: 1 })
    expect(desk.calls.map(({ target }) => target.model)).toEqual(['cheap', 'dear'])
    expect(desk.waits).toEqual([])
  })

  it('waits as a lone 503 asks, when that is short', async () => {
    const desk = bench(({ attempt }) => (attempt === 0 ? failed('overloaded', 503, 3_000) : answered('ok')), {
      matrix: matrixOf(row('only', 'standard', 'one')),
    })
    expect((await run(desk)).kind).toBe('answer')
    expect(desk.waits[0]).toBeGreaterThanOrEqual(3_000)
    expect(desk.records[0]?.attempts[0]?.cooldownMs).toBe(3_000)
  })

  it('ends at once when the client leaves during the wait', async () => {
    const left = new AbortController()
    const desk = bench(() => failed('connect', null), { asleep: () => left.abort() })
    await desk.pipeline.run(incoming('hi'), left.signal)
    expect(desk.records[0]?.result).toEqual({ kind: 'client_gone', status: 499 })
    expect(desk.calls).toHaveLength(1)
  })
})

describe('every attempt', () => {
  it('is admitted on its own, repeated ones too, and settled', async () => {
    const admitted: Parameters<AdmissionPort['admit']>[0][] = []
    let open = 0
    const desk = bench(({ target }) => (target.model === 'cheap' ? failed('connect', null) : answered('ok')), {
      admission: {
        admit(request) {
          admitted.push(request)
          open += 1
          return ticket({
            reservedNanoUsd: 0,
            maxOutputTokens: null,
            settle: () => {
              open -= 1
              return 0
            },
          })
        },
      },
    })
    await run(desk)
    expect(admitted.map(({ target, attempt }) => [target.model, attempt])).toEqual([
      ['cheap', 0],
      ['cheap', 1],
      ['dear', 2],
    ])
    expect(open).toBe(0)
  })

  it('says which credentials were refused on the way', async () => {
    const refusedCredentials = [{ failure: 'rate_limited', status: 429 }] as const
    const desk = bench(() => ({ ...answered('ok'), refusedCredentials }))
    await run(desk)
    expect(desk.records[0]?.attempts).toMatchObject([{ failure: null, refusedCredentials }])
  })

  it('counts against the cap on attempts', async () => {
    const desk = bench(() => failed('server_error', 500), {
      routing: { ...ROUTING, failover: { ...ROUTING.failover, maxAttempts: 2 } },
    })
    await run(desk)
    expect(desk.calls.map(({ target }) => target.model)).toEqual(['cheap', 'dear'])
  })

  it('stays within the cap on cost, where one is set', async () => {
    const capped = { ...ROUTING, failover: { ...ROUTING.failover, maxCostNanoUsd: 1_000 } }
    const desk = bench(() => failed('timeout_first_token', null), { routing: capped })
    await run(desk)
    // "dear" alone would cost more than that.
    expect(desk.calls.map(({ target }) => target.model)).toEqual(['cheap'])
  })
})

describe('a provider that refuses the key', () => {
  const matrix = matrixOf(
    row('a', 'standard', 'one', 1),
    row('b', 'standard', 'one', 2),
    row('c', 'standard', 'two', 3),
  )

  it.each([
    ['401', failed('auth', 401)],
    ['402', failed('quota', 402)],
  ])('is not asked for its other models: %s', async (_name, failure) => {
    const desk = bench(({ target }) => (target.provider === 'one' ? failure : answered('ok')), { matrix })
    await run(desk)
    await run(desk)
    // The second request does not even try it.
    expect(desk.calls.map(({ target }) => target.model)).toEqual(['a', 'c', 'c'])
    expect(desk.records[1]?.decision.candidates[0]).toMatchObject({
      model: 'a',
      rejected: { code: 'provider_unhealthy', state: 'down' },
    })
  })

  it('is asked for them after a 403, which may be about one model', async () => {
    const desk = bench(({ target }) => (target.model === 'a' ? failed('auth', 403) : answered('ok')), { matrix })
    await run(desk)
    await run(desk)
    expect(desk.calls.map(({ target }) => target.model)).toEqual(['a', 'b', 'b'])
  })

  it('serves again after a probe, once the key is mended', async () => {
    let mended = false
    const desk = bench(({ target }) => (target.provider === 'one' && !mended ? failed('auth', 401) : answered('ok')), {
      matrix,
    })
    await run(desk)
    mended = true
    desk.pass(60_000)
    await run(desk)
    expect(desk.calls.at(-1)?.target.model).toBe('a')
    await run(desk)
    expect(desk.records[2]?.decision.candidates.every((candidate) => 'score' in candidate)).toBe(true)
  })
})

describe('a target in trouble', () => {
  it('goes to the same model at another provider first', async () => {
    const desk = bench(({ target }) => (target.provider === 'one' ? failed('rate_limited', 429) : answered('ok')), {
      matrix: matrixOf(twice('m'), row('other', 'standard', 'one', 100)),
    })
    await run(desk)
    expect(desk.calls.map(({ target }) => `${target.provider}/${target.model}`)).toEqual(['one/m', 'two/m'])
  })

  it('leaves the rotation after its rate limit and comes back when that is over', async () => {
    let limited = true
    const desk = bench(({ target }) =>
      target.model === 'cheap' && limited ? failed('rate_limited', 429, 8_000) : answered('ok'),
    )
    await run(desk)
    await run(desk)
    expect(desk.calls.map(({ target }) => target.model)).toEqual(['cheap', 'dear', 'dear'])
    expect(desk.records[1]?.decision.candidates[0]).toMatchObject({ rejected: { code: 'rate_limited_upstream' } })
    limited = false
    desk.pass(8_000)
    await run(desk)
    expect(desk.calls.at(-1)?.target.model).toBe('cheap')
  })

  it('gets one probe among requests that come together, and all of them once it answers', async () => {
    let down = true
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const desk = bench(async ({ target }) => {
      if (target.model === 'dear') return answered('ok')
      if (down) return failed('overloaded', 503)
      await gate
      return answered('ok')
    })
    await run(desk)
    down = false
    desk.pass(5_000)
    desk.calls.length = 0
    const together = [run(desk), run(desk), run(desk)]
    expect(desk.calls.map(({ target }) => target.model).sort()).toEqual(['cheap', 'dear', 'dear'])
    release()
    await Promise.all(together)
    await run(desk)
    expect(desk.calls.at(-1)?.target.model).toBe('cheap')
  })

  it('is not stayed with for 25 straight failures', async () => {
    const desk = bench(({ target }) => (target.model === 'cheap' ? failed('server_error', 500) : answered('ok')))
    for (let count = 0; count < 25; count += 1) await run(desk)
    expect(desk.calls.filter(({ target }) => target.model === 'cheap').length).toBeLessThanOrEqual(3)
  })

  it.each([
    ['limits our rate', failed('rate_limited', 429, 20_000), 429],
    ['is overloaded', failed('overloaded', 503, 20_000), 503],
  ])('that is the only one is answered for honestly, with its wait: %s', async (_name, failure, status) => {
    const desk = bench(() => failure, { matrix: matrixOf(row('only', 'standard', 'one')) })
    expect(errorOf(await run(desk))).toMatchObject({ status, code: 'upstream_exhausted' })
    desk.pass(5_000)
    const { data, ...error } = errorOf(await run(desk))
    expect(error).toEqual({ status, code: 'upstream_exhausted' })
    expect(data['retry_after_ms']).toBeGreaterThan(10_000)
    expect(data['retry_after_ms']).toBeLessThanOrEqual(15_000)
    // The second request was not carried to the provider.
    expect(desk.calls).toHaveLength(1)
  })

  it('does not turn a request that no model can serve into one to repeat', async () => {
    const small = { ...row('small', 'standard', 'one'), contextWindow: 10 }
    const desk = bench(() => failed('overloaded', 503), { matrix: matrixOf(small) })
    const reply = await desk.pipeline.run(incoming('word '.repeat(500)), never)
    expect(errorOf(reply)).toMatchObject({ status: 422, code: 'no_capable_model' })
  })
})

describe('a stream that breaks off after its first content', () => {
  const cut = (): ReturnType<typeof streamed> =>
    streamed(
      [
        { kind: 'start', id: 'x', model: 'm' },
        { kind: 'text', text: 'half' },
      ],
      new UpstreamStreamError('cut_mid_stream', 'gone'),
    )

  async function drain(reply: ExchangeReply): Promise<void> {
    if (reply.kind !== 'stream') throw new Error(`expected a stream, got ${reply.kind}`)
    for await (const part of reply.parts) void part
  }

  it('is never tried again, and counts for the health of its target', async () => {
    const desk = bench(({ target }) => (target.model === 'cheap' ? cut() : answered('ok')))
    for (let count = 0; count < 3; count += 1) await expect(drain(await run(desk))).rejects.toThrow('gone')
    expect(desk.calls.map(({ target }) => target.model)).toEqual(['cheap', 'cheap', 'cheap'])
    await run(desk)
    expect(desk.calls.at(-1)?.target.model).toBe('dear')
  })

  it('does not count when it was the client that left', async () => {
    const desk = bench(() =>
      streamed([
        { kind: 'text', text: 'a' },
        { kind: 'text', text: 'b' },
      ]),
    )
    for (let count = 0; count < 6; count += 1) {
      const reply = await run(desk)
      if (reply.kind === 'stream') for await (const part of reply.parts) if (part.kind === 'text') break
    }
    expect(desk.calls.every(({ target }) => target.model === 'cheap')).toBe(true)
  })
})

describe('a new config', () => {
  it('gives a provider with a refused key another chance at once', async () => {
    const state = createLiveState()
    const bad = bench(() => failed('auth', 401), { state })
    await run(bad)
    expect(errorOf(await run(bad)).code).toBe('upstream_auth_failed')
    const mended = bench(() => answered('ok'), { state })
    await run(mended)
    expect(mended.calls.map(({ target }) => target.model)).toEqual(['cheap'])
  })
})
