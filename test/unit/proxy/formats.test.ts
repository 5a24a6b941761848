import { afterEach, describe, expect, it } from 'vitest'
import { EMPTY_STATE } from '../../../src/engine/state.ts'
import { UpstreamStreamError } from '../../../src/pipeline/ports.ts'
import type { TestProxy } from './test-proxy.ts'
import { openProxy, recordOf, streamReply, TEST_KEY } from './test-proxy.ts'
import { GREETING } from './event-streams.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'

let open: TestProxy | undefined
afterEach(async () => {
  await open?.proxy.close(0)
  open = undefined
})

interface Format {
  readonly name: string
  readonly path: string
  /** Of a stream, where the path says it. */
  readonly streamPath?: string
  readonly body: Readonly<Record<string, unknown>>
}

const hello = [{ role: 'user', content: 'hello' }]
const FORMATS: readonly Format[] = [
  { name: 'chat', path: '/v1/chat/completions', body: { model: 'm', messages: hello } },
  { name: 'responses', path: '/v1/responses', body: { model: 'm', input: 'hello' } },
  { name: 'completions', path: '/v1/completions', body: { model: 'm', prompt: 'hello' } },
  { name: 'messages', path: '/v1/messages', body: { model: 'm', max_tokens: 9, messages: hello } },
  {
    name: 'gemini',
    path: '/v1beta/models/m:generateContent',
    streamPath: '/v1beta/models/m:streamGenerateContent?alt=sse',
    body: { contents: [{ parts: [{ text: 'hello' }] }] },
  },
]

async function* broken(): AsyncGenerator<StreamPart> {
  yield* GREETING.slice(0, 2)
  throw new UpstreamStreamError('cut_mid_stream', 'it broke')
}

async function ask(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${open?.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

describe.each(FORMATS)('the $name format', ({ name, path, streamPath, body }) => {
  it('is served with and without a version in front', async () => {
    open = await openProxy()
    for (const one of [path, path.replace(/^\/v1(beta)?/, '')]) {
      const answer = await ask(one, body)
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('hello')
    }
    expect(open.seen.map(({ asked }) => asked.model)).toEqual(['m', 'm'])
  })

  it('takes the key from each of the three headers', async () => {
    open = await openProxy()
    for (const header of ['x-api-key', 'x-goog-api-key']) {
      const answer = await fetch(`${open.url}${path}`, {
        method: 'POST',
        headers: { [header]: TEST_KEY, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(answer.status).toBe(200)
    }
  })

  it('says that a stream broke, and nothing that looks like its end', async () => {
    open = await openProxy((incoming) => Promise.resolve(streamReply(incoming, broken())))
    const text = await (await ask(streamPath ?? path, { ...body, stream: true })).text()
    expect(text).toContain('broke off before')
    expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed|finishReason/)
  })

  it('tells of a wrong field in its own words', async () => {
    open = await openProxy()
    const answer = await ask(path, { ...body, messages: 3, contents: 3, input: 3, prompt: 3 })
    expect(answer.status).toBe(400)
    const said: unknown = await answer.json()
    const openai = { error: { type: 'invalid_request_error', param: expect.any(String) } }
    const shapes: Readonly<Record<string, unknown>> = {
      messages: { type: 'error', error: { type: 'invalid_request_error' }, request_id: expect.any(String) },
      gemini: { error: { code: 400, status: 'INVALID_ARGUMENT' } },
    }
    expect(said).toMatchObject(shapes[name] ?? openai)
  })
})

describe('headers and paths of the formats', () => {
  it('name the request as the clients of each look for it, also where nothing is served', async () => {
    open = await openProxy()
    const refused = await fetch(`${open.url}/v1/messages/batches`, { headers: { 'x-api-key': TEST_KEY } })
    expect(refused.status).toBe(404)
    expect(refused.headers.get('request-id')).toBe(refused.headers.get('x-request-id'))
    expect(await refused.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
    const lost = await fetch(`${open.url}/v1beta/files`, { headers: { 'x-goog-api-key': TEST_KEY } })
    expect(await lost.json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } })
  })

  it('stream as one JSON array to a Gemini client that did not ask for events', async () => {
    open = await openProxy((incoming) => Promise.resolve(streamReply(incoming, greeting())))
    const path = '/v1beta/models/m:streamGenerateContent'
    const answer = await ask(path, { contents: [{ parts: [{ text: 'hello' }] }] })
    expect(answer.headers.get('content-type')).toContain('application/json')
    const elements: unknown = await answer.json()
    expect(Array.isArray(elements) && elements.at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }] })
  })

  it('send nothing but data to a Gemini client', async () => {
    open = await openProxy((incoming) => Promise.resolve(streamReply(incoming, slow())), {
      limits: { heartbeatMs: 20 },
    })
    const path = '/v1beta/models/m:streamGenerateContent?alt=sse'
    const text = await (await ask(path, { contents: [{ parts: [{ text: 'hello' }] }] })).text()
    const blocks = text.split('\n\n').filter((block) => block !== '')
    expect(blocks.length).toBeGreaterThan(1)
    for (const block of blocks) expect(block).toMatch(/^data: \{[^\n]*$/)
  })

  it('pass the version of an Anthropic client on', async () => {
    open = await openProxy()
    const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a,b' }
    await ask('/v1/messages', { model: 'm', max_tokens: 9, messages: hello }, headers)
    expect(open.seen[0]?.request.protocol).toEqual(headers)
  })

  it('count the tokens of a prompt without calling anybody', async () => {
    open = await openProxy(undefined, {
      pipeline: {
        decide: (incoming) => ({
          decision: { ...recordOf(incoming).decision, asked: incoming.asked },
          state: EMPTY_STATE,
          roll: 0,
        }),
        run: () => Promise.reject(new Error('nobody is called')),
      },
    })
    const counted = await ask('/v1/messages/count_tokens', { model: 'm', messages: hello })
    expect(await counted.json()).toEqual({ input_tokens: 10 })
    const total = await ask('/v1beta/models/m:countTokens', { contents: [{ parts: [{ text: 'hello' }] }] })
    expect(await total.json()).toEqual({ totalTokens: 10 })
  })
})

async function* greeting(): AsyncGenerator<StreamPart> {
  yield* GREETING
}

async function* slow(): AsyncGenerator<StreamPart> {
  for (const part of GREETING) {
    await new Promise((resolve) => setTimeout(resolve, 60))
    yield part
  }
}
