import { describe, expect, it } from 'vitest'
import type { UpstreamCall } from '../../../src/pipeline/ports.ts'
import { parseMessagesRequest } from '../../../src/wire/anthropic/parse-request.ts'
import { parseGenerateRequest } from '../../../src/wire/gemini/parse-request.ts'
import { MessagesStreamEncoder } from '../../../src/wire/anthropic/encode-stream.ts'
import type { JsonObject } from '../../../src/wire/json.ts'
import { recordedEvents, recordedJson } from '../wire/recorded-file.ts'
import { callProvider, PROVIDERS, streamOf, type ProviderScript } from './provider-formats.ts'
import { makeCall, sendJson, startStream, type Script } from './support.ts'

function provider(kind: ProviderScript['kind']): ProviderScript {
  const found = PROVIDERS.find((one) => one.kind === kind)
  if (found === undefined) throw new Error(kind)
  return found
}

const anthropic = provider('anthropic')
const gemini = provider('gemini')
const openai = provider('openai')

function messagesCall(body: JsonObject, headers: Record<string, string> = {}): UpstreamCall {
  return { ...makeCall(), body, request: parseMessagesRequest(body, { headers }) }
}

function generateCall(body: JsonObject, stream = false): UpstreamCall {
  return { ...makeCall(), body, request: parseGenerateRequest(body, { model: 'auto', stream }) }
}

const ASK = { model: 'auto', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] }
const ASK_GOOGLE = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }

function answering(one: ProviderScript): Script {
  return (response, { body, path }) => {
    if (body['stream'] !== true && !path.includes('stream')) return sendJson(response, 200, one.whole('hi'))
    startStream(response)
    response.end(streamOf(one, 'hi'))
  }
}

describe('a client of the provider’s own format', () => {
  it('has its body, version and betas passed on to Anthropic with only the model changed', async () => {
    const body = {
      ...ASK,
      thinking: { type: 'adaptive' },
      unknown: [1],
      tools: [{ type: 'bash_20250124', name: 'bash' }],
    }
    const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a,b' }
    const { result, server } = await callProvider(anthropic, answering(anthropic), messagesCall(body, headers))
    expect(server.seen[0]?.body).toEqual({ ...body, model: 'up-m' })
    expect(server.seen[0]?.headers).toMatchObject(headers)
    expect(result).toMatchObject({ kind: 'answer', raw: anthropic.whole('hi'), droppedParams: [] })
  })

  it('has its body passed on to Google unchanged', async () => {
    const body = { ...ASK_GOOGLE, safetySettings: [], generationConfig: { speechConfig: {} } }
    const { result, server } = await callProvider(gemini, answering(gemini), generateCall(body))
    expect(server.seen[0]?.body).toEqual(body)
    expect(result).toMatchObject({ kind: 'answer', raw: gemini.whole('hi') })
  })

  it('gets every event of a stream back', async () => {
    const lines = recordedEvents('anthropic/anthropic-tool-no-args.chunks.txt')
    const script: Script = (response) => {
      startStream(response)
      response.end(lines.map((line) => `event: x\ndata: ${line}\n\n`).join(''))
    }
    const { parts } = await callProvider(anthropic, script, messagesCall({ ...ASK, stream: true }))
    const encoder = new MessagesStreamEncoder({ model: 'claude-sonnet-4-5-20250929' })
    const blocks = Array.isArray(parts) ? [...parts.flatMap((part) => encoder.write(part)), ...encoder.end()] : []
    const data = blocks.map((block) => block.slice(block.indexOf('data: ') + 'data: '.length).trimEnd())
    expect(data).toEqual(lines.filter((line) => line !== '{"type":"ping"}'))
  })

  it.each([
    ['claude-haiku-4-5', { thinking: { type: 'adaptive' } }, { type: 'enabled', budget_tokens: 9_600 }],
    [
      'claude-opus-5',
      { thinking: { type: 'enabled', budget_tokens: 2_000 } },
      { type: 'adaptive', display: 'summarized' },
    ],
    ['claude-opus-5', { thinking: { type: 'adaptive' } }, { type: 'adaptive' }],
  ])(
    'has its thinking fitted to the generation of %s when it left the choice to us',
    async (upstreamModel, more, wanted) => {
      const call = messagesCall({ ...ASK, max_tokens: 32_000, ...more })
      const target = { ...call.target, upstreamModel }
      const { server } = await callProvider(anthropic, answering(anthropic), { ...call, target })
      expect(server.seen[0]?.body['thinking']).toEqual(wanted)
      // The model that the client named itself gets what it sent.
      const named = messagesCall({ ...ASK, max_tokens: 32_000, ...more, model: upstreamModel })
      const own = await callProvider(anthropic, answering(anthropic), { ...named, target })
      expect(own.server.seen[0]?.body['thinking']).toEqual(more.thinking)
    },
  )

  it('has sampling taken out that the chosen model refuses, and is told so', async () => {
    const call = messagesCall({ ...ASK, temperature: 0.5 })
    const target = { ...call.target, upstreamModel: 'claude-opus-5' }
    const { result, server } = await callProvider(anthropic, answering(anthropic), { ...call, target })
    expect(server.seen[0]?.body).not.toHaveProperty('temperature')
    expect(result).toHaveProperty('droppedParams', ['temperature'])
  })

  it('has thoughts of other providers taken out of the talk', async () => {
    const thinking = { type: 'thinking', thinking: 'hm', signature: '' }
    const messages = [
      ...ASK.messages,
      { role: 'assistant', content: [thinking, { type: 'text', text: 'a' }] },
      ...ASK.messages,
    ]
    const { result, server } = await callProvider(anthropic, answering(anthropic), messagesCall({ ...ASK, messages }))
    expect(server.seen[0]?.body['messages']).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'a' },
      { role: 'user', content: 'hi' },
    ])
    expect(result).toMatchObject({ kind: 'answer', droppedParams: ['messages.thinking'] })
  })
})

describe('a client of another format', () => {
  it.each([anthropic, gemini])('gets nothing of the payloads of $kind', async (one) => {
    const client = { model: 'auto', messages: [{ role: 'user', content: 'hi' }] }
    const whole = await callProvider(one, answering(one), makeCall({ client: { ...client, seed: 1, logprobs: true } }))
    expect(whole.result).toMatchObject({ kind: 'answer', raw: null })
    expect(whole.result).toHaveProperty('droppedParams', one === gemini ? ['logprobs'] : ['logprobs', 'seed'])
    const streamed = await callProvider(one, answering(one), makeCall({ client: { ...client, stream: true } }))
    const parts = Array.isArray(streamed.parts) ? streamed.parts : []
    expect(parts.map(({ kind }) => kind)).toEqual(['start', 'text', 'finish', 'usage'])
    expect(parts.some((part) => 'raw' in part)).toBe(false)
  })

  it.each([
    ['Anthropic', messagesCall({ ...ASK, top_k: 3, service_tier: 'auto', stream: true }), ['service_tier', 'top_k']],
    ['Google', generateCall({ ...ASK_GOOGLE, safetySettings: [] }, true), ['safetySettings']],
  ])('of %s gets a stream of OpenAI without its payloads', async (_, call, dropped) => {
    const { parts, result, server } = await callProvider(openai, answering(openai), call)
    expect(server.seen[0]?.body).toMatchObject({
      model: 'up-m',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
    })
    expect(result).toHaveProperty('droppedParams', dropped)
    expect(Array.isArray(parts) && parts.every((part) => !('raw' in part))).toBe(true)
  })

  it('is refused without a call for what the provider can not hear', async () => {
    const content = [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }]
    const call = makeCall({ client: { model: 'auto', messages: [{ role: 'user', content }] } })
    const { result, server } = await callProvider(anthropic, answering(anthropic), call)
    expect(result).toMatchObject({
      kind: 'failed',
      failure: 'bad_request',
      message: 'the provider takes no audio input',
    })
    expect(server.seen).toHaveLength(0)
  })
})

describe('limits of a provider', () => {
  it.each(['enforced_spend_limit_reached', 'contract_spend_limit_reached'])('%s is about money', async (code) => {
    const body = { type: 'error', error: { type: 'rate_limit_error', message: 'm', details: { error_code: code } } }
    const { result } = await callProvider(anthropic, (response) => sendJson(response, 429, body), makeCall())
    expect(result).toMatchObject({ failure: 'quota', retryAfterMs: null })
  })

  it('the wait time of Google is in the body', async () => {
    const body = recordedJson('gemini/google-429-retry-info.json')
    const { result } = await callProvider(gemini, (response) => sendJson(response, 429, body), makeCall())
    expect(result).toMatchObject({ failure: 'rate_limited', retryAfterMs: 34_400 })
  })

  it.each([
    [
      anthropic,
      400,
      { error: { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 5' } },
      'context_overflow',
    ],
    [
      gemini,
      400,
      { error: { code: 400, message: 'The input token count (9) exceeds the maximum' } },
      'context_overflow',
    ],
    [gemini, 400, { error: { code: 400, message: 'API key not valid. Please pass a valid API key.' } }, 'auth'],
    [anthropic, 529, { error: { type: 'overloaded_error', message: 'Overloaded' } }, 'overloaded'],
  ] as const)('$0.kind: %i %j', async (one, code, body, failure) => {
    const { result } = await callProvider(one, (response) => sendJson(response, code, body), makeCall())
    expect(result).toMatchObject({ kind: 'failed', failure, status: code })
  })
})

describe('strict parameters', () => {
  const seeded = makeCall({ client: { model: 'auto', messages: [{ role: 'user', content: 'hi' }], seed: 7 } })

  it('are refused before the provider is called, and only listed without strictness', async () => {
    const strict = await callProvider(anthropic, answering(anthropic), { ...seeded, strictParams: true })
    expect(strict.result).toMatchObject({ kind: 'failed', failure: 'parameter_unsupported' })
    expect(strict.result.kind === 'failed' && strict.result.message).toContain('seed')
    expect(strict.server.seen).toHaveLength(0)

    const lenient = await callProvider(anthropic, answering(anthropic), seeded)
    expect(lenient.result).toMatchObject({ kind: 'answer', droppedParams: ['seed'] })
  })

  it('let a request through that the provider takes whole', async () => {
    const { result } = await callProvider(openai, answering(openai), { ...seeded, strictParams: true })
    expect(result.kind).toBe('answer')
  })
})
