import { describe, expect, it } from 'vitest'
import {
  callScript,
  HELLO,
  makeCall,
  sendJson,
  streamCall,
  wholeAnswer,
  events,
  ROLE,
  delta,
  STOP,
  startStream,
} from './support.ts'

const answer = (response: Parameters<typeof sendJson>[0]): void => sendJson(response, 200, wholeAnswer('hi'))

describe('what leaves for a provider', () => {
  it('is the client’s own body with only the model changed', async () => {
    const client = { ...HELLO, temperature: 0.2, top_k: 4, messages: [{ role: 'developer', content: 'x', odd: [1] }] }
    const { server, result } = await callScript(answer, makeCall({ client }))
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/v1/chat/completions' })
    expect(server.seen[0]?.body).toEqual({ ...client, model: 'up-m' })
    expect(result).toMatchObject({ kind: 'answer', status: 200, droppedParams: [], injected: false })
  })

  it('is written from the canonical request when there is no body to pass on', async () => {
    const { server } = await callScript(answer, makeCall({ body: null }))
    expect(server.seen[0]?.body).toEqual({ ...HELLO, model: 'up-m' })
  })

  it('always asks a stream for usage and keeps the client’s other stream options', async () => {
    const script = (response: Parameters<typeof sendJson>[0]): void => {
      startStream(response)
      response.end(events(ROLE, delta({ content: 'a' }), STOP, '[DONE]'))
    }
    const client = { ...HELLO, stream: true, stream_options: { include_usage: false, include_obfuscation: false } }
    const { server } = await callScript(script, makeCall({ client }))
    expect(server.seen[0]?.body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
    })
    const plain = await callScript(script, streamCall())
    expect(plain.server.seen[0]?.body['stream_options']).toEqual({ include_usage: true })
  })

  it('carries an allow-list of headers, our credential and no compression', async () => {
    const { server } = await callScript(answer, makeCall({ requestId: 'req-9' }))
    const headers = server.seen[0]?.headers ?? {}
    expect(headers).toMatchObject({
      authorization: 'Bearer key-one',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      accept: 'application/json',
      'x-client-request-id': 'req-9',
    })
    const known = ['accept', 'accept-encoding', 'authorization', 'connection', 'content-length', 'content-type', 'host']
    expect(Object.keys(headers).toSorted()).toEqual([...known, 'user-agent', 'x-client-request-id'].toSorted())
  })

  it('has no credential when the provider needs none', async () => {
    const { server } = await callScript(answer, makeCall(), { settings: { apiKeys: [] } })
    expect(server.seen[0]?.headers).not.toHaveProperty('authorization')
  })

  it('never lets the request choose host, key or organisation', async () => {
    const client = {
      ...HELLO,
      api_base: 'http://127.0.0.1:1/',
      base_url: 'http://127.0.0.1:1/',
      api_key: 'theirs',
      extra_headers: { 'openai-organization': 'theirs' },
    }
    const { server } = await callScript(answer, makeCall({ client }))
    expect(server.seen).toHaveLength(1)
    expect(server.seen[0]?.headers.authorization).toBe('Bearer key-one')
    expect(server.seen[0]?.headers).not.toHaveProperty('openai-organization')
  })

  it('speaks the dialect of a compatible host and reports what it left out', async () => {
    const client = {
      ...HELLO,
      messages: [{ role: 'developer', content: 'x' }],
      max_completion_tokens: 7,
      seed: 3,
      tool_choice: 'required',
      logprobs: true,
      logit_bias: null,
      stream: true,
    }
    const script = (response: Parameters<typeof sendJson>[0]): void => {
      startStream(response)
      response.end(events(ROLE, delta({ content: 'a' }), STOP))
    }
    const mistral = await callScript(script, makeCall({ client }), {
      settings: { kind: 'openai-compatible', quirks: 'mistral' },
    })
    expect(mistral.server.seen[0]?.body).toEqual({
      model: 'up-m',
      messages: [{ role: 'system', content: 'x' }],
      max_tokens: 7,
      random_seed: 3,
      tool_choice: 'any',
      stream: true,
    })
    expect(mistral.result).toMatchObject({ kind: 'stream', droppedParams: ['logprobs'] })
  })

  it('goes to the path below the base URL', async () => {
    const { server } = await callScript(answer, makeCall())
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/chat/completions'])
  })

  it('survives a client member named __proto__', async () => {
    const client: unknown = JSON.parse(
      '{"model":"auto","messages":[{"role":"user","content":"x"}],"__proto__":{"model":"evil"}}',
    )
    if (typeof client !== 'object' || client === null) throw new Error('no object')
    const { server } = await callScript(answer, makeCall({ client: { ...HELLO, ...client } }))
    expect(server.seen[0]?.body['model']).toBe('up-m')
  })
})
