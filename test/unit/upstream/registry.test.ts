import { describe, expect, it } from 'vitest'
import { modelId } from '../../../src/engine/matrix.ts'
import type { UpstreamCall, UpstreamPort, UpstreamResult } from '../../../src/pipeline/ports.ts'
import { ConcurrencyLimit } from '../../../src/upstream/concurrency.ts'
import { failed } from '../../../src/upstream/failure.ts'
import { createUpstream } from '../../../src/upstream/registry.ts'
import {
  collect,
  makeCall,
  realClock,
  scriptedServer,
  sendJson,
  settings,
  streamCall,
  virtualTime,
  wholeAnswer,
} from './support.ts'

function at(provider: string): UpstreamCall['target'] {
  return { model: modelId('m'), tier: 'standard', provider, upstreamModel: 'up-m', why: 'choice' }
}

describe('all providers behind one port', () => {
  it('sends each call to its provider', async () => {
    const server = await scriptedServer((response) => sendJson(response, 200, wholeAnswer('live')))
    const upstream = createUpstream(
      [settings(server.baseUrl, { name: 'real' }), settings('', { name: 'sim', kind: 'simulated', apiKeys: [] })],
      { clock: realClock, seed: 1, streamSpeed: 0 },
    )
    expect(upstream.mode).toBe('live')
    const real = await upstream.call(makeCall({ target: at('real') }))
    expect(real).toMatchObject({ kind: 'answer', answer: { blocks: [{ text: 'live' }] } })
    const sim = await upstream.call(makeCall({ target: at('sim') }))
    expect(sim).toMatchObject({ kind: 'answer', answer: { id: expect.stringMatching(/^chatcmpl-sim-/) } })
    const nobody = await upstream.call(makeCall({ target: at('nobody') }))
    expect(nobody).toMatchObject({ kind: 'failed', failure: 'not_found' })
    expect(server.seen).toHaveLength(1)
    await upstream.close()
    await server.close()
  })

  it('is simulated when all of them are', () => {
    const { clock, sleep } = virtualTime()
    const simulated = settings('', { name: 'sim', kind: 'simulated' })
    expect(createUpstream([simulated], { clock, sleep, seed: 1 }).mode).toBe('simulated')
    expect(createUpstream([], { clock, sleep, seed: 1 }).mode).toBe('live')
  })
})

describe('the limit of calls at once', () => {
  /** A port whose calls end when told. */
  function held(): { port: UpstreamPort; running: () => number; most: () => number; finish: () => void } {
    const waiting: (() => void)[] = []
    let running = 0
    let most = 0
    const port: UpstreamPort = {
      mode: 'live',
      call: () =>
        new Promise<UpstreamResult>((resolve) => {
          running += 1
          most = Math.max(most, running)
          waiting.push(() => {
            running -= 1
            resolve(failed({ failure: 'server_error', message: 'told to' }))
          })
        }),
      close: () => Promise.resolve(),
    }
    return { port, running: () => running, most: () => most, finish: () => waiting.shift()?.() }
  }

  const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  it('is kept, in the order of arrival', async () => {
    const { port, most, running, finish } = held()
    const limit = new ConcurrencyLimit(port, 2, realClock)
    const calls = Array.from({ length: 5 }, () => limit.call(makeCall()))
    await tick()
    expect(running()).toBe(2)
    for (let count = 0; count < 5; count += 1) {
      finish()
      await tick()
    }
    expect(await Promise.all(calls)).toHaveLength(5)
    expect(most()).toBe(2)
  })

  it('gives up waiting at the deadline and when the client leaves, without losing a place', async () => {
    const { port, running, finish } = held()
    const limit = new ConcurrencyLimit(port, 1, realClock)
    const first = limit.call(makeCall())
    const controller = new AbortController()
    const late = limit.call(makeCall({ firstTokenWithinMs: 20 }))
    const gone = limit.call(makeCall({ signal: controller.signal }))
    controller.abort()
    // Nobody was called, so nobody can bill it.
    expect(await gone).toMatchObject({ failure: 'aborted', uncalled: true })
    expect(await late).toMatchObject({ failure: 'overloaded', status: null })
    finish()
    await first
    const next = limit.call(makeCall())
    await tick()
    expect(running()).toBe(1)
    finish()
    await next
  })

  it('counts a stream until its parts end, or nobody reads them any more', async () => {
    const { clock, sleep } = virtualTime()
    const upstream = createUpstream([settings('', { name: 'p', kind: 'simulated', maxConcurrency: 1 })], {
      clock,
      sleep,
      seed: 1,
      streamSpeed: 0,
    })
    const open = await upstream.call(streamCall())
    if (open.kind !== 'stream') throw new Error(`got ${open.kind}`)
    expect(await upstream.call(streamCall({ firstTokenWithinMs: 10 }))).toMatchObject({ failure: 'overloaded' })
    expect(await collect(open)).toBeInstanceOf(Array)
    const abandoned = await upstream.call(streamCall())
    if (abandoned.kind !== 'stream') throw new Error(`got ${abandoned.kind}`)
    await abandoned.parts[Symbol.asyncIterator]().return?.()
    const controller = new AbortController()
    const left = await upstream.call(streamCall({ signal: controller.signal }))
    expect(left.kind).toBe('stream')
    controller.abort()
    expect((await upstream.call(streamCall())).kind).toBe('stream')
  })
})
