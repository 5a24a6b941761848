import OpenAI from 'openai'
import { generateText, streamText, type ModelMessage } from 'ai'
import { createOpenAI } from '@ai-sdk/openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, startDev, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import { publishedSchema } from '../unit/wire/published-schema.ts'
import { aiCompatible, aiOpenAi } from './ai-sdk.ts'
import { anthropic0, anthropic1 } from './anthropic.ts'
import { QUESTION, type Client } from './client.ts'
import { google } from './google.ts'
import { mistral } from './mistral.ts'
import { openAiChat } from './openai-chat.ts'
import { openAiResponses } from './openai-responses.ts'

const CLIENTS: readonly Client[] = [
  openAiChat,
  openAiResponses,
  anthropic1,
  anthropic0,
  google,
  aiCompatible,
  aiOpenAi,
  mistral,
]

const CONFIG = `version: 1
providers:
  sim: { kind: simulated }
models:
  chat: { provider: sim, tier: standard, context_window: 64k, modalities: [text, image], price: { input: 1, output: 2 } }
  vectors: { provider: sim, kind: embedding, tier: standard, context_window: 8k, price: { input: 1 } }
`

let project: DevProject
let dev: RunningDev
beforeAll(async () => {
  project = await devProject(CONFIG)
  dev = await startDev(project, ['--stream-speed', '0'])
})
afterAll(async () => {
  await dev.stop()
  await project.remove()
})

describe.each(CLIENTS)('the simulated provider for $name', (client) => {
  it('says the same as a whole and as a stream', async () => {
    const whole = await client.ask(dev, { model: 'chat', stream: false })
    const stream = await client.ask(dev, { model: 'chat', stream: true })
    expect(whole.text).toContain('Simulated answer of chat')
    expect(whole.finish).toBe('stop')
    expect(whole.outputTokens).toBeGreaterThan(0)
    expect(stream).toEqual(whole)
  })

  it.each([false, true])('calls a tool that it is told to call; streamed: %s', async (stream) => {
    const got = await client.ask(dev, { model: 'chat', stream, tools: true })
    expect(got).toMatchObject({
      calls: [{ name: 'weather', args: { city: expect.any(String) } }],
      finish: 'tool_calls',
    })
  })

  it.each([false, true])('keeps to a JSON schema; streamed: %s', async (stream) => {
    const got = await client.ask(dev, { model: 'chat', stream, schema: true })
    expect(JSON.parse(got.text)).toMatchObject({ city: expect.any(String), degrees: expect.any(Number) })
  })

  it('counts a picture', async () => {
    const without = await client.ask(dev, { model: 'chat', stream: false })
    const got = await client.ask(dev, { model: 'chat', stream: false, image: true })
    expect(got.inputTokens).toBeGreaterThan(without.inputTokens ?? 0)
  })
})

describe('a second turn', () => {
  it('goes on from items that the client names by their ids alone', async () => {
    const model = createOpenAI({ baseURL: `${dev.url}/v1`, apiKey: dev.key })('chat')
    const question: ModelMessage = { role: 'user', content: QUESTION }
    const first = await generateText({ model, messages: [question], maxRetries: 0 })
    const streamed = streamText({ model, messages: [question], maxRetries: 0 })
    const messages = [question, ...first.response.messages, question, ...(await streamed.response).messages, question]
    const asked = await generateText({ model, messages, maxRetries: 0 })
    expect(JSON.stringify(asked.request.body)).toContain('item_reference')
    expect(asked.text).toContain('Simulated answer')
    expect(asked.usage.inputTokens ?? 0).toBeGreaterThan((first.usage.outputTokens ?? 0) * 2)
  })
})

describe('embeddings', () => {
  const schema = publishedSchema('openai-endpoints.schema.json')

  it('come in base64, for which the client asks by itself, and as numbers', async () => {
    const input = ['a red apple', 'a green apple', 'the speed of light']
    const asked = await dev.client.embeddings.create({ model: 'vectors', input })
    const vectors = asked.data.map(({ embedding }) => embedding)
    expect(vectors.map((vector) => vector.length)).toEqual([1536, 1536, 1536])
    expect(dot(vectors[0], vectors[0])).toBeCloseTo(1, 4)
    expect(dot(vectors[0], vectors[1])).toBeGreaterThan(dot(vectors[0], vectors[2]))
    const plain = await dev.client.embeddings.create({ model: 'vectors', input, encoding_format: 'float' })
    expect(plain.data.map(({ embedding }) => embedding)).toEqual(vectors)
    expect(plain.model).toBe('vectors')
    expect(plain.usage.prompt_tokens).toBeGreaterThan(0)
    expect(schema('CreateEmbeddingResponse')(plain)).toEqual([])
  })

  it('have the dimensions asked for, also over tokens', async () => {
    const { data } = await dev.client.embeddings.create({ model: 'vectors', input: [[1, 2, 3]], dimensions: 64 })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([64])
  })

  it('are refused for a model that talks', async () => {
    const asked = dev.client.embeddings.create({ model: 'chat', input: 'x' })
    await expect(asked).rejects.toMatchObject({ status: 422, code: 'no_capable_model' })
  })
})

describe('text completions', () => {
  const schema = publishedSchema('openai-endpoints.schema.json')

  it('are answered by a chat model, whole and streamed', async () => {
    const params = { model: 'chat', prompt: 'Once upon a time', max_tokens: 400 }
    const whole = await dev.client.completions.create(params)
    expect(schema('CreateCompletionResponse')(whole)).toEqual([])
    const said: string[] = []
    for await (const chunk of await dev.client.completions.create({ ...params, stream: true })) {
      // The schema has forgotten that an answer under way has not ended; the service sends null.
      const open = '/choices/0/finish_reason must be string'
      expect(schema('CreateCompletionResponse')(chunk).filter((one) => one !== open)).toEqual([])
      said.push(chunk.choices[0]?.text ?? '')
    }
    expect(said.join('')).toBe(whole.choices[0]?.text)
    expect(whole.choices[0]?.finish_reason).toBe('stop')
  })

  it.each([['n', 2] as const, ['echo', true] as const, ['suffix', 'x'] as const, ['logprobs', 1] as const])(
    'refuse %s, which a chat model has no place for',
    async (name, value) => {
      const asked = dev.client.completions.create({ model: 'chat', prompt: 'x', [name]: value })
      await expect(asked).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter', param: name })
    },
  )
})

describe('the stateful parts of responses', () => {
  it('are refused, and a wish to store is noted', async () => {
    const refused = dev.client.responses.create({ model: 'chat', input: 'x', previous_response_id: 'resp_1' })
    await expect(refused).rejects.toMatchObject({
      constructor: OpenAI.BadRequestError,
      code: 'unsupported_parameter',
      param: 'previous_response_id',
    })
    const asked = dev.client.responses.create({ model: 'chat', input: 'x', store: true })
    expect((await asked.withResponse()).response.headers.get('x-gateway-dropped-params')).toBe('store')
  })
})

function dot(a: readonly number[] = [], b: readonly number[] = []): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}
