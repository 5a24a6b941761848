import { describe, expect, it, vi } from 'vitest'
import { createBus, observed, type DevEvent } from '../../../src/cli/dev/bus.ts'
import { attachPlainLog } from '../../../src/cli/dev/plain-log.ts'
import { swappableUpstream } from '../../../src/cli/dev/swappable-upstream.ts'
import { createTotals, totalsText } from '../../../src/cli/dev/totals.ts'
import type { ExchangeRecord } from '../../../src/engine/record.ts'
import type { ExchangeContent, UpstreamCall, UpstreamPort } from '../../../src/pipeline/ports.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import { answerReply, incomingRequest, recordOf, streamReply } from '../proxy/test-proxy.ts'

function finished(changes: Partial<ExchangeRecord> = {}): DevEvent {
  const from = incomingRequest()
  const content: ExchangeContent = {
    incoming: from,
    answer: null,
    chunks: null,
    state: { health: {}, budgets: [], session: null, latency: {}, outputTokens: {} },
    roll: 0.5,
    arrival: 0,
    steps: { decided: 0, attempts: [] },
  }
  return { kind: 'finished', record: recordOf(from, changes), content }
}

describe('totals', () => {
  it('add up cost, count routes and keep what is unknown apart', () => {
    const counter = createTotals()
    counter.count(finished())
    counter.count(finished())
    counter.count(finished({ cost: { kind: 'unknown', why: 'no_price' } }))
    counter.count(
      finished({
        attempts: [],
        cost: { kind: 'none' },
        result: { kind: 'failed', status: 502, code: 'upstream_exhausted', afterFirstByte: false },
      }),
    )
    counter.count({
      kind: 'refused',
      refusal: { requestId: 'r', at: 0, endpoint: '-', status: 401, code: 'invalid_api_key', ms: 1 },
    })
    expect(totalsText(counter.totals())).toBe(
      '4 calls · 1 failed · 1 refused · cost $0.0000025 and 1 of unknown cost · routes model-a 3',
    )
  })

  it('say nothing more than there is to say', () => {
    expect(totalsText(createTotals().totals())).toBe('0 calls · cost $0')
  })
})

describe('bus', () => {
  it('tells of start, first part and end in this order, and stops on request', async () => {
    const bus = createBus()
    const kinds: string[] = []
    const stop = bus.subscribe(({ kind }) => kinds.push(kind))
    const parts = (async function* (): AsyncGenerator<StreamPart> {})()
    const pipeline = observed(
      {
        decide: () => {
          throw new Error('not used')
        },
        run: (from) => Promise.resolve(from.request.stream ? streamReply(from, parts) : answerReply(from)),
      },
      bus,
      () => 0,
    )
    const { signal } = new AbortController()
    const whole = incomingRequest()
    await pipeline.run(whole, signal)
    await pipeline.run({ ...whole, request: { ...whole.request, stream: true } }, signal)
    expect(kinds).toEqual(['started', 'started', 'streaming'])
    stop()
    await pipeline.run(whole, signal)
    expect(kinds).toHaveLength(3)
  })
})

describe('a view that fails', () => {
  it('hides nothing from the others and stops no request', () => {
    const bus = createBus()
    const seen: string[] = []
    bus.subscribe(() => {
      throw new Error('view bug')
    })
    bus.subscribe(({ kind }) => seen.push(kind))
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    bus.emit({ kind: 'notice', text: 'x' })
    expect(seen).toEqual(['notice'])
    expect(warnings).toHaveBeenCalledOnce()
    warnings.mockRestore()
  })
})

describe('plain log', () => {
  it('prints one line for each finished or refused request, and notes apart', () => {
    const bus = createBus()
    const lines: string[] = []
    const notes: string[] = []
    attachPlainLog(bus, {
      style: { json: true, redact: (text) => text },
      line: (text) => lines.push(text),
      note: (text) => notes.push(text),
    })
    bus.emit({ kind: 'started', incoming: incomingRequest(), at: 0 })
    bus.emit(finished())
    bus.emit({
      kind: 'refused',
      refusal: {
        requestId: 'req_2',
        at: 0,
        endpoint: 'chat.completions',
        status: 401,
        code: 'invalid_api_key',
        ms: 0.26,
      },
    })
    bus.emit({ kind: 'config', accepted: false, text: 'kept the last good config' })
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { status: 200, model: 'model-a' },
      { ts: '1970-01-01T00:00:00.000Z', id: 'req_2', status: 401, code: 'invalid_api_key', total_ms: 0.3 },
    ])
    expect(notes).toEqual(['kept the last good config'])
  })
})

describe('replacing the providers', () => {
  it('sends later calls to the new ones and closes the old ones when their last call has ended', async () => {
    const events: string[] = []
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const upstream = (name: string): UpstreamPort => ({
      mode: 'live',
      call: async () => {
        events.push(`${name} called`)
        const parts = (async function* (): AsyncGenerator<StreamPart> {
          yield { kind: 'text', text: 'x' }
          await held
          yield { kind: 'finish', reason: 'stop' }
        })()
        return { kind: 'stream', status: 200, parts, droppedParams: [], injected: false }
      },
      close: async () => void events.push(`${name} closed`),
    })
    const swappable = swappableUpstream(upstream('old'))
    const call = { signal: new AbortController().signal } as UpstreamCall
    const first = await swappable.call(call)
    swappable.swap(upstream('new'))
    await swappable.call(call)
    expect(events).toEqual(['old called', 'new called'])
    release()
    if (first.kind !== 'stream') throw new Error('expected a stream')
    for await (const part of first.parts) expect(['text', 'finish']).toContain(part.kind)
    await expect.poll(() => events.at(-1)).toBe('old closed')
  })

  it('does not wait for a stream whose client left before reading it', async () => {
    const events: string[] = []
    const old: UpstreamPort = {
      mode: 'live',
      call: async () => ({
        kind: 'stream',
        status: 200,
        parts: (async function* (): AsyncGenerator<StreamPart> {})(),
        droppedParams: [],
        injected: false,
      }),
      close: async () => void events.push('closed'),
    }
    const swappable = swappableUpstream(old)
    const client = new AbortController()
    await swappable.call({ signal: client.signal } as UpstreamCall)
    swappable.swap(old)
    expect(events).toEqual([])
    client.abort()
    await expect.poll(() => events).toEqual(['closed'])
  })
})
