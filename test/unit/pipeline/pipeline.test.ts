import { describe, expect, it } from 'vitest'
import { UpstreamStreamError } from '../../../src/engine/upstream-error.ts'
import { spendCap } from '../../../src/pipeline/admission/spend-cap.ts'
import type { ExchangeReply } from '../../../src/pipeline/ports.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import { answered, bench, failed, incoming, matrixOf, ROUTING, row, streamed, USAGE } from './support.ts'

const never = new AbortController().signal

async function readAll(reply: ExchangeReply): Promise<StreamPart[]> {
  if (reply.kind !== 'stream') throw new Error(`expected a stream, got ${reply.kind}`)
  const parts: StreamPart[] = []
  for await (const part of reply.parts) parts.push(part)
  return parts
}

describe('whole answers', () => {
  it('serves the choice and books usage and cost from the provider bill', async () => {
    const { pipeline, calls, records } = bench(() => answered('hello'))
    const reply = await pipeline.run(incoming('hi'), never)
    expect(reply.kind).toBe('answer')
    expect(calls.map(({ target }) => target.model)).toEqual(['cheap'])
    expect(records).toHaveLength(1)
    // 110 tokens at 100 pico-dollars are 11,000 pico, which is 11 nano-dollars.
    expect(records[0]?.cost).toMatchObject({ kind: 'known', nanoUsd: 11, usageBasis: 'reported' })
    expect(records[0]?.result).toEqual({ kind: 'answered', status: 200, finish: 'stop' })
  })

  it('estimates the usage when the provider reports none, and says so', async () => {
    const { pipeline, records } = bench(() => answered('four words of text', null))
    await pipeline.run(incoming('hi'), never)
    expect(records[0]?.usage).toMatchObject({ basis: 'estimated' })
    expect(records[0]?.usage?.output).toBeGreaterThan(0)
    expect(records[0]?.cost).toMatchObject({ kind: 'known', usageBasis: 'estimated' })
  })

  it('shows an unknown price as unknown, never as zero', async () => {
    const { pipeline, records } = bench(() => answered('x'), { matrix: matrixOf(row('only', 'free', 'one', null)) })
    await pipeline.run(incoming('hi'), never)
    expect(records[0]?.cost).toEqual({ kind: 'unknown', why: 'no_price' })
  })
})

describe('failover', () => {
  it('goes on to the next planned target and keeps every hop in the record', async () => {
    const { pipeline, records } = bench(({ target }) =>
      target.model === 'cheap' ? failed('overloaded', 529) : answered('ok'),
    )
    const reply = await pipeline.run(incoming('hi'), never)
    expect(reply.kind).toBe('answer')
    expect(records[0]?.attempts.map(({ model, status, failure }) => [model, status, failure])).toEqual([
      ['cheap', 529, 'overloaded'],
      ['dear', 200, null],
    ])
  })

  it.each([
    ['all rate limited', failed('rate_limited', 429, 120_000), 429, 'upstream_exhausted'],
    ['all unavailable', failed('server_error', 503), 503, 'upstream_exhausted'],
    ['credentials refused', failed('auth', 401), 502, 'upstream_auth_failed'],
    ['all timed out', failed('timeout_first_token', null), 504, 'deadline_exceeded'],
    ['anything else', failed('connect', null), 502, 'upstream_exhausted'],
    ['a bad request', failed('bad_request', 400), 400, 'invalid_request_error'],
  ])('ends with an honest status: %s', async (name, result, status, code) => {
    const { pipeline, calls } = bench(() => result)
    const reply = await pipeline.run(incoming('hi'), never)
    if (reply.kind !== 'error') throw new Error('expected an error')
    expect([reply.error.status, reply.error.code]).toEqual([status, code])
    expect(reply.record.result).toMatchObject({ kind: 'failed', status, code })
    // A request that the provider calls bad is not carried to the next one; a lost connection is tried twice.
    expect(calls).toHaveLength(name === 'a bad request' ? 1 : name === 'anything else' ? 4 : 2)
  })

  it('never tells a client to wait for more than a minute: OpenAI clients obey any number', async () => {
    const { pipeline } = bench(() => failed('rate_limited', 429, 120_000))
    const reply = await pipeline.run(incoming('hi'), never)
    expect(reply.kind === 'error' && reply.error.data?.['retry_after_ms']).toBe(60_000)
  })

  it('stops at the deadline instead of trying on', async () => {
    const { pipeline, calls } = bench(() => failed('connect', null), {
      routing: { ...ROUTING, failover: { ...ROUTING.failover, deadlineMs: 0 } },
    })
    const reply = await pipeline.run(incoming('hi'), never)
    expect(calls).toHaveLength(0)
    expect(reply.kind === 'error' && reply.error.code).toBe('deadline_exceeded')
  })
})

describe('strict parameters', () => {
  const strict = { ...ROUTING, strictParams: true }
  const refused = failed('parameter_unsupported', null)

  it('go on to a provider that takes them, and end as 400 when there is none', async () => {
    const some = bench(({ target }) => (target.model === 'cheap' ? refused : answered('ok')), { routing: strict })
    expect((await some.pipeline.run(incoming('hi'), never)).kind).toBe('answer')
    expect(some.calls.map(({ strictParams }) => strictParams)).toEqual([true, true])

    const none = bench(() => refused, { routing: strict })
    const reply = await none.pipeline.run(incoming('hi'), never)
    expect(reply.kind === 'error' && [reply.error.status, reply.error.code]).toEqual([400, 'unsupported_parameter'])
  })

  it('that the proxy has no place for are refused before anybody is called; without strictness they are listed', async () => {
    const { pipeline, calls } = bench(() => answered('ok'), { routing: strict })
    const reply = await pipeline.run(incoming('hi', { droppedParams: ['store'] }), never)
    expect(reply.kind === 'error' && [reply.error.code, reply.error.param]).toEqual(['unsupported_parameter', 'store'])
    expect(calls).toHaveLength(0)

    const lenient = bench(() => answered('ok'))
    await lenient.pipeline.run(incoming('hi', { droppedParams: ['store'] }), never)
    expect(lenient.records[0]?.droppedParams).toEqual(['store'])
  })
})

describe('streams', () => {
  const parts: StreamPart[] = [
    { kind: 'start', id: 'x', model: 'm' },
    { kind: 'text', text: 'Hel' },
    { kind: 'text', text: 'lo' },
    { kind: 'finish', reason: 'stop' },
    { kind: 'usage', usage: USAGE },
  ]

  it('settles after the last part with the text put together', async () => {
    const { pipeline, records, contents } = bench(() => streamed(parts))
    const reply = await pipeline.run(incoming('hi'), never)
    if (reply.kind !== 'stream') throw new Error('expected a stream')
    expect(reply.draft.cost).toEqual({ kind: 'pending' })
    expect(records).toHaveLength(0)
    expect(await readAll(reply)).toEqual(parts)
    expect((await reply.done).cost).toMatchObject({ kind: 'known', nanoUsd: 11 })
    expect(contents[0]?.answer?.blocks).toEqual([{ kind: 'text', text: 'Hello' }])
    expect(contents[0]?.chunks?.length).toEqual([3, 2])
  })

  it('a cut after the first part is a failure, never a second attempt and never a finish', async () => {
    const { pipeline, calls, records } = bench(() =>
      streamed(parts.slice(0, 2), new UpstreamStreamError('cut_mid_stream', 'gone')),
    )
    const reply = await pipeline.run(incoming('hi'), never)
    await expect(readAll(reply)).rejects.toThrow(UpstreamStreamError)
    expect(calls).toHaveLength(1)
    expect(records[0]?.result).toMatchObject({ kind: 'failed', afterFirstByte: true })
    expect(records[0]?.attempts[0]?.failure).toBe('cut_mid_stream')
    // What was streamed until then is booked on an estimate.
    expect(records[0]?.usage?.basis).toBe('estimated')
  })

  it('settles when the client leaves in the middle', async () => {
    const { pipeline, records } = bench(() => streamed(parts))
    const reply = await pipeline.run(incoming('hi'), never)
    if (reply.kind !== 'stream') throw new Error('expected a stream')
    for await (const part of reply.parts) if (part.kind === 'text') break
    const record = await reply.done
    expect(record.result).toEqual({ kind: 'client_gone', status: 499 })
    expect(record.cost).toMatchObject({ kind: 'known', usageBasis: 'estimated' })
    expect(records).toEqual([record])
  })

  it('settles when the client leaves before reading anything', async () => {
    const { pipeline, records } = bench(() => streamed(parts))
    const left = new AbortController()
    const reply = await pipeline.run(incoming('hi'), left.signal)
    if (reply.kind !== 'stream') throw new Error('expected a stream')
    left.abort()
    expect((await reply.done).result.kind).toBe('client_gone')
    expect(await readAll(reply)).toEqual([])
    expect(records).toHaveLength(1)
  })
})

describe('refusals', () => {
  it('lists every rejected model with its reason and calls nobody', async () => {
    const small = { ...row('small', 'free', 'one'), contextWindow: 10 }
    const { pipeline, calls, records } = bench(() => answered('x'), { matrix: matrixOf(small) })
    const reply = await pipeline.run(incoming('word '.repeat(1000)), never)
    if (reply.kind !== 'error') throw new Error('expected an error')
    expect([reply.error.code, reply.error.status]).toEqual(['no_capable_model', 422])
    expect(reply.error.data?.['rejected']).toMatchObject([
      { model: 'small', code: 'context_window_exceeded', windowTokens: 10 },
    ])
    expect(calls).toHaveLength(0)
    expect(records).toHaveLength(1)
  })

  it('never reroutes an unknown model in silence', async () => {
    const { pipeline, calls } = bench(() => answered('x'))
    const base = incoming('hi')
    const reply = await pipeline.run({ ...base, asked: { ...base.asked, model: 'cheep' } }, never)
    if (reply.kind !== 'error') throw new Error('expected an error')
    expect(reply.error.code).toBe('model_not_found')
    expect(reply.error.message).toContain('cheap')
    expect(calls).toHaveLength(0)
  })

  it('blames the hint, and not the model, for a tier or policy that does not exist', async () => {
    const { pipeline } = bench(() => answered('x'))
    const base = incoming('hi')
    const refused = async (hints: { tier: string } | { policy: string }): Promise<unknown> => {
      const reply = await pipeline.run({ ...base, asked: { ...base.asked, hints: { tags: [], ...hints } } }, never)
      return reply.kind === 'error' ? reply.error : reply.kind
    }
    const code = 'model_not_found'
    expect(await refused({ tier: 'premum' })).toMatchObject({
      code,
      param: 'x-gateway-tier',
      message: expect.stringMatching(/^"tier:premum" does not exist here/),
    })
    expect(await refused({ policy: 'nope' })).toMatchObject({ code, param: 'x-gateway-policy' })
  })
})

describe('spend cap', () => {
  it('counts what is in flight, so that concurrent requests can not overshoot', async () => {
    const cap = spendCap(25)
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { pipeline, calls } = bench(
      async () => {
        await gate
        return answered('x')
      },
      { matrix: matrixOf(row('only', 'free', 'one', 10)), admission: cap },
    )
    const running = Array.from({ length: 20 }, () => pipeline.run(incoming('hi'), never))
    release()
    const replies = await Promise.all(running)
    const refused = replies.flatMap((reply) => (reply.kind === 'error' ? [reply] : []))
    expect(refused.length).toBeGreaterThan(0)
    expect(calls.length).toBe(20 - refused.length)
    expect(new Set(refused.map((reply) => reply.error.code))).toEqual(new Set(['spend_cap_reached']))
    expect(cap.spentNanoUsd()).toBeLessThanOrEqual(25)
  })
})
