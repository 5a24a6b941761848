import { describe, expect, it } from 'vitest'
import { UpstreamStreamError } from '../../../src/engine/upstream-error.ts'
import type { Cost, ExchangeRecord } from '../../../src/engine/record.ts'
import type { AdmissionPort, Incoming, UpstreamPort, UpstreamResult } from '../../../src/pipeline/ports.ts'
import { createPipeline } from '../../../src/pipeline/pipeline.ts'
import { createLiveState } from '../../../src/pipeline/state.ts'
import { ticket } from '../../../src/pipeline/admission/ticket.ts'
import { openAdmission } from '../../../src/pipeline/admission/spend-cap.ts'
import { RecordedUpstream } from '../../../src/upstream/recorded.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import { answered, bench, failed, incoming, matrixOf, ROUTING, row, streamed, type Bench } from './support.ts'

// 1,000,000 pico-dollars a token: a thousand nano-dollars.
const NANO_A_TOKEN = 1_000
const matrix = matrixOf(row('only', 'standard', 'one'))

function asking(maxOutputTokens: number, changes: Partial<Incoming['request']> = {}): Incoming {
  const base = incoming('how many words are in this question')
  return { ...base, request: { ...base.request, maxOutputTokens, ...changes } }
}

/** The client leaves when the call has lasted so long. */
function leaving(ms: number, result: UpstreamResult = failed('aborted', null)) {
  const left = new AbortController()
  const settled: Cost[] = []
  const admission: AdmissionPort = {
    admit: () =>
      ticket({
        reservedNanoUsd: 0,
        maxOutputTokens: null,
        settle: ({ cost }) => {
          settled.push(cost)
          return 0
        },
      }),
  }
  const desk: Bench = bench(
    () => {
      desk.pass(ms)
      left.abort()
      return result
    },
    { matrix, admission },
  )
  return { desk, left: left.signal, settled }
}

async function recordOf(request: Incoming, ms: number, result?: UpstreamResult) {
  const { desk, left, settled } = leaving(ms, result)
  await desk.pipeline.run(request, left)
  const [record] = desk.records
  if (record === undefined) throw new Error('no record')
  return { record, settled, calls: desk.calls.length }
}

function inputOf({ decision }: ExchangeRecord): number {
  return decision.features.inputTokens
}

describe('a client that leaves before the first content', () => {
  it.each([false, true])('pays for the prompt and all output that it allowed (stream: %s)', async (stream) => {
    const { record, settled, calls } = await recordOf(asking(50, { stream }), 10_000)
    expect(record.result).toEqual({ kind: 'client_gone', status: 499 })
    expect(inputOf(record)).toBeGreaterThan(0)
    expect(record.usage).toMatchObject({ input: inputOf(record), output: 50, basis: 'estimated' })
    const nanoUsd = (inputOf(record) + 50) * NANO_A_TOKEN
    expect(record.cost).toMatchObject({ kind: 'known', nanoUsd, usageBasis: 'estimated' })
    // What was reserved for the attempt is settled on the same, once, and nobody else is called.
    expect(settled).toEqual([record.cost])
    expect(calls).toBe(1)
  })

  it('pays for no more output than the time can have held', async () => {
    const { record } = await recordOf(asking(10_000), 200)
    expect(record.usage?.output).toBeGreaterThanOrEqual(200)
    expect(record.usage?.output).toBeLessThan(210)
  })

  it('pays for as many answers as it asked for', async () => {
    const { record } = await recordOf(asking(50, { choices: 3 }), 10_000)
    expect(record.usage?.output).toBe(150)
  })

  it('pays for what the config assumes when it set no limit', async () => {
    const { record } = await recordOf(incoming('hi'), 60_000)
    expect(record.usage?.output).toBe(ROUTING.defaultMaxOutput)
  })

  it('pays nothing for a call that was only waiting for its turn', async () => {
    const waiting = failed('aborted', null)
    const { record } = await recordOf(
      asking(50),
      10_000,
      waiting.kind === 'failed' ? { ...waiting, uncalled: true } : waiting,
    )
    expect(record).toMatchObject({ cost: { kind: 'none' }, usage: null, result: { kind: 'client_gone' } })
  })

  it('pays nothing when it left between two attempts', async () => {
    const left = new AbortController()
    const refused = (): UpstreamResult => Object.assign(failed('connect', null), { uncalled: true })
    const desk = bench(refused, { matrix, asleep: () => left.abort() })
    await desk.pipeline.run(asking(50), left.signal)
    expect(desk.records[0]).toMatchObject({ cost: { kind: 'none' }, result: { kind: 'client_gone' } })
  })

  it('pays the provider’s bill when the answer came all the same', async () => {
    const { record } = await recordOf(asking(50), 10_000, answered('ok'))
    expect(record.cost).toMatchObject({ nanoUsd: 110 * NANO_A_TOKEN, usageBasis: 'reported' })
  })

  it('has an unknown cost, not none, where there is no price', async () => {
    const left = new AbortController()
    const desk = bench(
      () => {
        left.abort()
        return failed('aborted', null)
      },
      { matrix: matrixOf(row('free', 'standard', 'one', null)) },
    )
    await desk.pipeline.run(asking(50), left.signal)
    expect(desk.records[0]?.cost).toEqual({ kind: 'unknown', why: 'no_price' })
  })
})

describe('a client that leaves a stream', () => {
  const parts: StreamPart[] = [
    { kind: 'start', id: 'x', model: 'm' },
    { kind: 'text', text: 'four words of text ' },
    { kind: 'text', text: 'and four words more' },
    { kind: 'finish', reason: 'stop' },
  ]

  it('pays an estimate of what was seen', async () => {
    const desk = bench(() => streamed(parts), { matrix })
    const reply = await desk.pipeline.run(asking(50, { stream: true }), new AbortController().signal)
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    for await (const part of reply.parts) if (part.kind === 'text') break
    const { usage, cost } = await reply.done
    expect(usage?.output).toBeGreaterThanOrEqual(4)
    expect(usage?.output).toBeLessThan(10)
    expect(cost).toMatchObject({ kind: 'known', usageBasis: 'estimated' })
  })

  it('pays a high estimate when it read nothing of what had come', async () => {
    const left = new AbortController()
    const desk: Bench = bench(
      () => {
        desk.pass(400)
        return streamed(parts)
      },
      { matrix },
    )
    const reply = await desk.pipeline.run(asking(50, { stream: true }), left.signal)
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    left.abort()
    const { usage, cost, result } = await reply.done
    expect(result.kind).toBe('client_gone')
    expect(usage).toMatchObject({ output: 50, basis: 'estimated' })
    expect(cost.kind).toBe('known')
  })
})

describe('the same with recorded answers', () => {
  it('is settled in the same way', async () => {
    const left = new AbortController()
    const upstream: UpstreamPort = new RecordedUpstream({
      lookup: {
        find: () => ({
          kind: 'hit',
          id: 'f1',
          answer: { id: 'a', model: 'only', blocks: [{ kind: 'text', text: 'ok' }], finish: 'stop', usage: null },
          chunks: null,
          firstTokenMs: 5_000,
          totalMs: 5_000,
        }),
      },
      streamSpeed: 1,
      sleep: () => {
        left.abort()
        return Promise.reject(new Error('left'))
      },
    })
    let now = 0
    const records: ExchangeRecord[] = []
    const pipeline = createPipeline({
      clock: { now: () => now++, monotonic: () => (now += 100) },
      upstream,
      state: createLiveState(),
      admission: openAdmission(),
      sinks: [{ accept: (record) => void records.push(record) }],
      generation: () => ({ routing: ROUTING, matrix, seed: 0 }),
    })
    await pipeline.run(asking(20), left.signal)
    expect(records[0]).toMatchObject({
      result: { kind: 'client_gone' },
      usage: { output: 20, basis: 'estimated' },
      cost: { kind: 'known', usageBasis: 'estimated' },
    })
  })
})

describe('a stream that breaks', () => {
  it('is settled on what was seen', async () => {
    const cut = new UpstreamStreamError('cut_mid_stream', 'gone')
    const desk = bench(() => streamed([{ kind: 'text', text: 'four words of text' }], cut), { matrix })
    const reply = await desk.pipeline.run(asking(5_000, { stream: true }), new AbortController().signal)
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    const reading = (async () => {
      for await (const part of reply.parts) expect(part.kind).toBe('text')
    })()
    await expect(reading).rejects.toThrow('gone')
    expect(desk.records[0]?.usage?.output).toBeLessThan(10)
  })

  it('is settled on the prompt that the provider counted, where it said so at the start', async () => {
    const cut = new UpstreamStreamError('cut_mid_stream', 'gone')
    const counted = { input: 700, cacheRead: 60, cacheWrite5m: 5, cacheWrite1h: 0 }
    const promptUsage = { ...counted, output: 0, reasoning: 0, basis: 'reported' as const }
    const parts: StreamPart[] = [
      { kind: 'start', id: 'm', model: 'up', promptUsage },
      { kind: 'text', text: 'four words of text' },
    ]
    const desk = bench(() => streamed(parts, cut), { matrix })
    const reply = await desk.pipeline.run(asking(5_000, { stream: true }), new AbortController().signal)
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    const reading = (async () => {
      for await (const part of reply.parts) expect(part.kind).not.toBe('usage')
    })()
    await expect(reading).rejects.toThrow('gone')
    expect(desk.records[0]?.usage).toMatchObject({ ...counted, basis: 'estimated' })
    expect(desk.records[0]?.usage?.output).toBeGreaterThan(0)
  })
})
