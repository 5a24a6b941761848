import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/wire/errors.ts'
import { ChaosUpstream } from '../../../src/upstream/chaos.ts'
import { matchesPattern, parseChaos } from '../../../src/upstream/chaos-spec.ts'
import { SimulatedUpstream } from '../../../src/upstream/simulated/simulated.ts'
import { collect, makeCall, streamCall, virtualTime } from './support.ts'

function chaos(spec: string) {
  const { sleep, slept } = virtualTime()
  const inner = new SimulatedUpstream({ seed: 1, speed: 0, sleep })
  return { upstream: new ChaosUpstream(inner, { rules: parseChaos(spec), seed: 5, sleep }), slept }
}

describe('chaos specification', () => {
  it('reads faults, probabilities and models', () => {
    expect(parseChaos('429:0.1, 503:.05,delay:800ms@gpt-*,delay:2s:0.5,stall,cut:1@m')).toEqual([
      { fault: { kind: 'status', status: 429 }, probability: 0.1, pattern: null },
      { fault: { kind: 'status', status: 503 }, probability: 0.05, pattern: null },
      { fault: { kind: 'delay', ms: 800 }, probability: 1, pattern: 'gpt-*' },
      { fault: { kind: 'delay', ms: 2_000 }, probability: 0.5, pattern: null },
      { fault: { kind: 'stall' }, probability: 1, pattern: null },
      { fault: { kind: 'cut' }, probability: 1, pattern: 'm' },
    ])
  })

  it.each(['', '200', '429:2', '429:-1', '429:x', '429:0.1:0.2', 'delay', 'delay:5', 'boom', 'stall@', '429:0.1,'])(
    'refuses %j with the form',
    (spec) => {
      expect(() => parseChaos(spec)).toThrow(GatewayError)
      expect(() => parseChaos(spec)).toThrow(/^--chaos "/)
    },
  )

  it.each([
    ['gpt-4o', 'gpt-*', true],
    ['gpt-4o', '*4o', true],
    ['gpt-4o-mini', 'gpt*o*mini', true],
    ['gpt-4o', 'gpt-4o', true],
    ['gpt-4o', 'gpt', false],
    ['gpt-4o', '*', true],
    ['ab', 'ab*b', false],
    ['aXbXc', 'a*b*c', true],
    ['aXc', 'a*b*c', false],
  ])('matches %s against %s: %s', (name, pattern, wanted) => {
    expect(matchesPattern(name, pattern)).toBe(wanted)
  })
})

describe('chaos', () => {
  it.each([
    ['429', { failure: 'rate_limited', status: 429, retryAfterMs: 1_000 }],
    ['503', { failure: 'overloaded', status: 503, retryAfterMs: 1_000 }],
    ['500', { failure: 'server_error', status: 500, retryAfterMs: null }],
    ['reset', { failure: 'connect', status: null }],
    ['empty', { failure: 'empty', status: 200 }],
    ['malformed', { failure: 'malformed', status: 200 }],
    ['stall', { failure: 'timeout_first_token' }],
    ['cut', { failure: 'cut_mid_stream', status: 200 }],
  ])('%s fails the call and is marked', async (spec, wanted) => {
    expect(await chaos(spec).upstream.call(makeCall())).toMatchObject({ kind: 'failed', injected: true, ...wanted })
  })

  it('stalls until the deadline', async () => {
    const { upstream, slept } = chaos('stall')
    await upstream.call(makeCall({ firstTokenWithinMs: 900 }))
    expect(slept).toEqual([900])
  })

  it('delays and then answers, unless the deadline comes first', async () => {
    const { upstream, slept } = chaos('delay:800ms')
    expect(await upstream.call(makeCall())).toMatchObject({ kind: 'answer', injected: true })
    expect(slept).toEqual([800])
    const late = await upstream.call(makeCall({ firstTokenWithinMs: 300 }))
    expect(late).toMatchObject({ failure: 'timeout_first_token', injected: true })
  })

  it('delays before another fault', async () => {
    const { upstream, slept } = chaos('500,delay:50ms')
    expect(await upstream.call(makeCall())).toMatchObject({ failure: 'server_error' })
    expect(slept).toEqual([50])
  })

  it('cuts a stream after some content, so that it can not look finished', async () => {
    const result = await chaos('cut').upstream.call(streamCall())
    if (result.kind !== 'stream') throw new Error(`got ${result.kind}`)
    expect(result.injected).toBe(true)
    const kinds: string[] = []
    const read = async (): Promise<void> => {
      for await (const part of result.parts) kinds.push(part.kind)
    }
    await expect(read()).rejects.toMatchObject({ failure: 'cut_mid_stream' })
    expect(kinds).toEqual(['start', 'text', 'text', 'text'])
  })

  it('leaves calls alone that no rule hits', async () => {
    expect(await chaos('429@other-*').upstream.call(makeCall())).toMatchObject({ kind: 'answer', injected: false })
    expect(await chaos('429:0').upstream.call(makeCall())).toMatchObject({ kind: 'answer', injected: false })
    const stream = await chaos('429@other').upstream.call(streamCall())
    expect(stream.kind === 'stream' ? await collect(stream) : null).toBeInstanceOf(Array)
  })

  it('hits by the upstream’s name of the model too', async () => {
    expect(await chaos('429@up-*').upstream.call(makeCall())).toMatchObject({ failure: 'rate_limited' })
  })

  it('hits as often as asked, always the same calls', async () => {
    const run = async (): Promise<boolean[]> => {
      const { upstream } = chaos('500:0.3')
      const hits: boolean[] = []
      for (let index = 0; index < 500; index += 1) {
        const result = await upstream.call(makeCall({ exchangeId: `ex-${index}` }))
        hits.push(result.kind === 'failed')
      }
      return hits
    }
    const hits = await run()
    expect(await run()).toEqual(hits)
    const share = hits.filter(Boolean).length / hits.length
    expect(share).toBeGreaterThan(0.24)
    expect(share).toBeLessThan(0.36)
  })

  it('may spare the next attempt of the same exchange', async () => {
    const { upstream } = chaos('500:0.5')
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, attempt) => upstream.call(makeCall({ attempt }))))
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['failed', 'answer']))
  })

  it('ends a delay when the client leaves', async () => {
    expect(await chaos('delay:1s').upstream.call(makeCall({ signal: AbortSignal.abort() }))).toMatchObject({
      failure: 'aborted',
    })
  })
})
