import { afterEach, describe, expect, it } from 'vitest'
import type { Pipeline } from '../../../src/pipeline/ports.ts'
import type { ProxyOptions } from '../../../src/proxy/server.ts'
import { GatewayError } from '../../../src/wire/errors.ts'
import { answerReply, chatBody, chatHeaders, openProxy, recordOf, type TestProxy } from './test-proxy.ts'

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

describe('whole answers', () => {
  it('encodes a canonical answer in the form of the client, with the headers of its record', async () => {
    await start((incoming) => Promise.resolve(answerReply(incoming)))
    const response = await post(chatBody())
    expect(await response.json()).toMatchObject({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: 'model-a',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'hello', refusal: null },
          finish_reason: 'stop',
          logprobs: null,
        },
      ],
    })
    const header = (name: string): string | null => response.headers.get(`x-gateway-${name}`)
    expect(header('model')).toBe('model-a')
    expect(header('requested-model')).toBe('auto')
    expect(header('provider')).toBe('org')
    expect(header('tier')).toBe('standard')
    expect(header('intent')).toBe('chat;0.81')
    expect(header('decision')).toBe('minimize_cost;rule=free first')
    expect(header('attempts')).toBe('org/model-a=200;t=120')
    expect(header('fallback')).toBe('none')
    expect(header('cost-usd')).toBe('0.00000125')
    expect(header('config')).toBe('c0ffeec0ffeec0ff')
    expect(header('request-id')).toBe(response.headers.get('x-request-id'))
    expect(response.headers.get('server-timing')).toContain('upstream;dur=120.0')
  })

  it("passes a provider's own body on, under the name the model has here", async () => {
    const raw = { id: 'x', model: 'model-a-2026', vendor_field: { kept: true }, choices: [] }
    await start((incoming) => {
      const reply = answerReply(incoming)
      return Promise.resolve(reply.kind === 'answer' ? { ...reply, raw } : reply)
    })
    expect(await (await post(chatBody())).json()).toEqual({ ...raw, model: 'model-a' })
  })

  it('adds the record when asked to explain, to answers and errors alike', async () => {
    await start((incoming) =>
      Promise.resolve(
        incoming.request.model === 'auto'
          ? answerReply(incoming)
          : { kind: 'error', error: new GatewayError('model_not_found', 'no'), record: recordOf(incoming) },
      ),
    )
    const headers = chatHeaders({ 'x-gateway-explain': '1' })
    const explained = await (await post(chatBody(), { headers })).json()
    expect(explained).toMatchObject({ object: 'chat.completion', gateway: { schema: 'gateway.record/1' } })
    const refused = await (await post(chatBody({ model: 'other' }), { headers })).json()
    expect(refused).toMatchObject({
      error: { code: 'model_not_found' },
      gateway: { decision: { asked: { model: 'other' } } },
    })
    expect(await (await post(chatBody())).json()).not.toHaveProperty('gateway')
  })

  it('says that a later target answered, and why', async () => {
    const failed = (model: string, status: number | null): ReturnType<typeof recordOf>['attempts'][number] => ({
      model,
      provider: 'org',
      upstreamModel: `${model}-2026`,
      status,
      failure: status === null ? 'connect' : 'server_error',
      ms: 5,
      firstTokenMs: null,
      retryAfterMs: null,
      injected: false,
    })
    const served = (model: string): ReturnType<typeof recordOf>['attempts'][number] => ({
      ...failed(model, 200),
      failure: null,
    })
    let attempts = [failed('model-a', 503), served('model-b')]
    await start((incoming) => {
      const reply = answerReply(incoming)
      return Promise.resolve(reply.kind === 'answer' ? { ...reply, record: recordOf(incoming, { attempts }) } : reply)
    })
    const failover = await post(chatBody())
    expect(failover.headers.get('x-gateway-fallback')).toBe('failover')
    expect(failover.headers.get('x-gateway-attempts')).toBe('org/model-a=503;t=5, org/model-b=200;t=5')
    attempts = [failed('model-a', null), failed('model-b', null), served('model-c')]
    const lower = await post(chatBody())
    expect(lower.headers.get('x-gateway-fallback')).toBe('tier')
    expect(lower.headers.get('x-gateway-attempts')).toContain('org/model-a=connect;t=5')
    expect(lower.headers.get('x-gateway-tier')).toBe('free')
  })
})

describe('errors', () => {
  it('carry the status of the error, the headers of the record and the wait', async () => {
    await start((incoming) =>
      Promise.resolve({
        kind: 'error',
        error: new GatewayError('upstream_exhausted', 'all failed', {
          status: 429,
          data: { retry_after_ms: 1_500, attempts: [] },
        }),
        record: recordOf(incoming, {
          attempts: [],
          result: { kind: 'failed', status: 429, code: 'upstream_exhausted', afterFirstByte: false },
        }),
      }),
    )
    const response = await post(stream)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('2')
    expect(response.headers.get('retry-after-ms')).toBe('1500')
    expect(response.headers.get('x-gateway-model')).toBeNull()
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toMatchObject({
      error: { type: 'upstream_error', param: null, code: 'upstream_exhausted', gateway: { attempts: [] } },
    })
  })

  it('tell clients not to retry when money is spent', async () => {
    await start((incoming) =>
      Promise.resolve({
        kind: 'error',
        error: new GatewayError('spend_cap_reached', 'spent'),
        record: recordOf(incoming),
      }),
    )
    const response = await post(chatBody())
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([402, 'false'])
  })

  it('of ours stay anonymous', async () => {
    const proxy = await start(() => Promise.reject(new Error('the prompt was: secret')))
    const response = await post(chatBody())
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
    expect(proxy.refusals.map(({ code }) => code)).toEqual(['internal_error'])
  })

  it('never let line breaks or other scripts into a header', async () => {
    await start((incoming) => Promise.resolve(answerReply(incoming)))
    const response = await post(chatBody({ model: `a\r\nset-cookie: x\u{1f600}${'y'.repeat(500)}` }))
    expect(response.status).toBe(200)
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(response.headers.get('x-gateway-requested-model')?.length).toBeLessThanOrEqual(256)
  })
})
