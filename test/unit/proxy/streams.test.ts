import { each, eventsOf, GREETING } from './event-streams.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { UpstreamStreamError, type Pipeline } from '../../../src/pipeline/ports.ts'
import type { ProxyOptions } from '../../../src/proxy/server.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import { GatewayError } from '../../../src/wire/errors.ts'
import { answerReply, chatBody, chatHeaders, openProxy, recordOf, streamReply, type TestProxy } from './test-proxy.ts'

let open: TestProxy | undefined
afterEach(async () => {
  await open?.proxy.close(0)
  open = undefined
})

async function start(run: Pipeline['run'], options: Partial<ProxyOptions> = {}): Promise<TestProxy> {
  open = await openProxy(run, options)
  return open
}

function post(body: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${open?.url}/v1/chat/completions`, { method: 'POST', headers: chatHeaders(), body, ...init })
}

const stream = chatBody({ stream: true })

describe('streams', () => {
  it('start with the role, end with the finish and the marker, and hide usage nobody asked for', async () => {
    await start((incoming) => Promise.resolve(streamReply(incoming, each(GREETING))))
    const response = await post(stream)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('x-gateway-cost-usd')).toBe('pending')
    const events = eventsOf(await response.text())
    expect(events.at(-1)).toBe('[DONE]')
    const chunks = events.filter((event) => event !== '[DONE]')
    expect(chunks[0]?.choices?.[0]?.delta.role).toBe('assistant')
    expect(chunks.map((chunk) => chunk.choices?.[0]?.delta.content ?? '').join('')).toBe('hello')
    expect(chunks.at(-1)?.choices?.[0]?.finish_reason).toBe('stop')
    expect(
      chunks.every((chunk) => chunk.model === 'model-a' && chunk.choices?.length === 1 && !('usage' in chunk)),
    ).toBe(true)
  })

  it('are made of an answer that came in one piece', async () => {
    await start((incoming) => {
      const reply = answerReply(incoming)
      if (reply.kind !== 'answer') throw new Error('expected an answer')
      const call = { kind: 'tool_use' as const, id: 'call_1', name: 'look', argumentsJson: '{"a":1}' }
      const answer = { ...reply.answer, blocks: [...reply.answer.blocks, call], finish: null }
      return Promise.resolve({ ...reply, answer })
    })
    const events = eventsOf(await (await post(stream)).text())
    expect(events).toMatchObject([
      { model: 'model-a', choices: [{ delta: { role: 'assistant' } }] },
      { choices: [{ delta: { content: 'hello' } }] },
      {
        choices: [
          { delta: { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'look', arguments: '{"a":1}' } }] } },
        ],
      },
      { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
      '[DONE]',
    ])
  })

  it('carry usage for a client that asked', async () => {
    await start((incoming) => Promise.resolve(streamReply(incoming, each(GREETING))))
    const events = eventsOf(
      await (await post(chatBody({ stream: true, stream_options: { include_usage: true } }))).text(),
    )
    expect(events.at(-2)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    })
  })

  it("relay a provider's own events but for the model", async () => {
    const raw =
      '{"id":"c","object":"chat.completion.chunk","model":"model-a-2026","x":1,"choices":[{"index":0,"delta":{"content":"say \\"model\\":\\"model-a-2026\\""},"finish_reason":null}]}'
    const parts: StreamPart[] = [
      { kind: 'start', id: 'c', model: 'model-a-2026' },
      { kind: 'text', text: 'say', raw },
      { kind: 'finish', reason: 'stop' },
    ]
    await start((incoming) => Promise.resolve(streamReply(incoming, each(parts))))
    const text = await (await post(stream)).text()
    expect(text).toContain(raw.replace('"model":"model-a-2026"', '"model":"model-a"'))
    expect(eventsOf(text)[1]).toMatchObject({
      model: 'model-a',
      x: 1,
      choices: [{ delta: { content: 'say "model":"model-a-2026"' } }],
    })
  })

  it('that break off say so and do not look finished', async () => {
    await start((incoming) =>
      Promise.resolve(
        streamReply(
          incoming,
          (async function* () {
            yield* GREETING.slice(0, 2)
            throw new UpstreamStreamError('cut_mid_stream', 'secret provider words')
          })(),
        ),
      ),
    )
    const text = await (await post(stream)).text()
    expect(text).not.toContain('[DONE]')
    expect(text).not.toContain('secret')
    expect(eventsOf(text).at(-1)).toMatchObject({
      error: { code: 'upstream_exhausted', type: 'upstream_error', param: null },
    })
  })

  it('are kept alive with comments while the provider thinks', async () => {
    await start(
      (incoming) =>
        Promise.resolve(
          streamReply(
            incoming,
            (async function* () {
              yield* GREETING.slice(0, 2)
              await new Promise((resolve) => setTimeout(resolve, 200))
              yield* GREETING.slice(2)
            })(),
          ),
        ),
      { limits: { heartbeatMs: 40 } },
    )
    const text = await (await post(stream)).text()
    expect(text).toContain('\n\n: keep-alive\n\n')
    expect(eventsOf(text).at(-1)).toBe('[DONE]')
  })

  it('abort the pipeline when the client leaves, also before the first part', async () => {
    const reasons: unknown[] = []
    const aborted = new Promise<void>((resolve) => {
      void start((incoming, signal) => {
        const gone = new Promise<void>((left) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason)
            left()
            if (reasons.length === 2) resolve()
          })
        })
        if (incoming.request.stream)
          return Promise.resolve(
            streamReply(
              incoming,
              (async function* () {
                yield* GREETING.slice(0, 2)
                await gone
                throw new UpstreamStreamError('aborted', 'aborted')
              })(),
            ),
          )
        return gone.then(() => ({
          kind: 'error',
          error: new GatewayError('request_timeout', 'gone', { status: 499 }),
          record: recordOf(incoming),
        }))
      })
    })
    await expect.poll(() => open).toBeDefined()
    const whole = new AbortController()
    const waiting = post(chatBody(), { signal: whole.signal }).catch(() => 'aborted')
    await expect.poll(() => open?.seen.length).toBe(1)
    whole.abort()
    expect(await waiting).toBe('aborted')

    const part = new AbortController()
    const response = await post(stream, { signal: part.signal })
    const reader = response.body?.getReader()
    await reader?.read()
    part.abort()
    await aborted
    expect(reasons).toEqual(['client_gone', 'client_gone'])
    await expect.poll(() => open?.proxy.inFlight()).toBe(0)
  })

  it('wait for a client that reads slowly, and drop one that does not read', async () => {
    let produced = 0
    let ended = false
    await start(
      (incoming) =>
        Promise.resolve(
          streamReply(
            incoming,
            (async function* () {
              try {
                yield* GREETING.slice(0, 1)
                const text = 'x'.repeat(64 * 1024)
                for (; produced < 4_000; produced += 1) yield { kind: 'text' as const, text }
              } finally {
                ended = true
              }
            })(),
          ),
        ),
      { limits: { writeStallMs: 300 } },
    )
    const response = await post(stream)
    expect(response.status).toBe(200)
    await expect.poll(() => ended, { timeout: 10_000 }).toBe(true)
    // 4,000 parts are 250 MiB; socket buffers take a few of them.
    expect(produced).toBeLessThan(1_000)
    await expect(response.text()).rejects.toThrow('terminated')
  })
})

describe('stopping', () => {
  it('finishes what runs, takes nothing new and says on readyz that it stops', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const proxy = await start(async (incoming) => {
      await held
      return answerReply(incoming)
    })
    const running = post(chatBody())
    await expect.poll(() => proxy.proxy.inFlight()).toBe(1)
    const closing = proxy.proxy.close(5_000)
    const ready = await fetch(`${proxy.url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not_ready', missing: ['stopping'] }])
    const late = await post(chatBody())
    expect([late.status, await late.json()]).toMatchObject([503, { error: { code: 'shutting_down' } }])
    release()
    expect((await running).status).toBe(200)
    await closing
    await expect(post(chatBody())).rejects.toThrow('fetch failed')
  })

  it('ends what is still running after the grace with an error in its own form', async () => {
    const proxy = await start((incoming, signal) => {
      const stopped = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new UpstreamStreamError('aborted', 'aborted')))
      })
      if (incoming.request.stream)
        return Promise.resolve(
          streamReply(
            incoming,
            (async function* () {
              yield* GREETING.slice(0, 2)
              await stopped
            })(),
          ),
        )
      return stopped.catch(() => ({
        kind: 'error' as const,
        error: new GatewayError('request_timeout', 'gone', { status: 499 }),
        record: recordOf(incoming),
      }))
    })
    const streaming = await post(stream)
    const whole = post(chatBody())
    await expect.poll(() => proxy.proxy.inFlight()).toBe(2)
    const closing = proxy.proxy.close(50)
    const text = await streaming.text()
    expect(eventsOf(text).at(-1)).toMatchObject({ error: { code: 'shutting_down' } })
    expect(text).not.toContain('[DONE]')
    expect((await whole).status).toBe(503)
    await closing
  })
})
