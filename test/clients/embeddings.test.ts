import OpenAI from 'openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { embed } from 'ai'
import { GoogleGenAI, type Model } from '@google/genai'
import { Mistral } from '@mistralai/mistralai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, startDev, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import { scriptedUpstream, type ScriptedUpstream } from '../e2e/scripted-upstream.ts'

const VECTORS = [
  [0.25, -0.5, 1],
  [1, 0.125, -2],
]

function base64(vector: readonly number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString('base64')
}

const CONFIG = (url: string): string => `version: 1
providers:
  local: { kind: openai-compatible, base_url: "${url}", api_keys: ["\${LOCAL_KEY}"] }
  claude: { kind: anthropic, base_url: "${url}", api_keys: ["\${LOCAL_KEY}"] }
  google: { kind: gemini, base_url: "${url}", api_keys: ["\${LOCAL_KEY}"] }
models:
  numbers: { provider: local, kind: embedding, tier: standard, price: { input: 2 } }
  obedient: { provider: local, kind: embedding, tier: standard, price: { input: 2 } }
  short: { provider: local, kind: embedding, tier: standard, price: { input: 2 } }
  gemini-embedding-001: { provider: google, price: { input: 2 } }
  elsewhere: { provider: claude, kind: embedding, tier: standard, price: { input: 2 } }
`

let upstream: ScriptedUpstream
let project: DevProject
let dev: RunningDev
beforeAll(async () => {
  upstream = await scriptedUpstream(({ path, body }, response) => {
    if (path.includes(':')) {
      const { requests } = body
      const embeddings = VECTORS.map((values) => ({ values }))
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(Array.isArray(requests) ? { embeddings } : { embedding: embeddings[0] }))
      return
    }
    const { model, encoding_format: encoding, input } = body
    const count = Array.isArray(input) ? input.length : 1
    const vectors = VECTORS.slice(0, model === 'short' ? 0 : count)
    // Many hosts send numbers whatever they were asked for; and the order is theirs to choose.
    const asText = model === 'obedient' && encoding === 'base64'
    const data = vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: asText ? base64(vector) : vector,
    }))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        object: 'list',
        data: data.toReversed(),
        model: 'up',
        usage: { prompt_tokens: 7, total_tokens: 7 },
      }),
    )
  })
  project = await devProject(CONFIG(upstream.url))
  dev = await startDev(project, ['--trust-config'], { env: { LOCAL_KEY: 'local-key' } })
})
afterAll(async () => {
  await dev.stop()
  await upstream.close()
  await project.remove()
})

describe('embeddings of a provider', () => {
  it.each(['numbers', 'obedient'])('reach the official client in the order of its inputs: %s', async (model) => {
    const asked = dev.client.embeddings.create({ model, input: ['one', 'two'] })
    const { data, response } = await asked.withResponse()
    expect(data.data.map(({ embedding }) => embedding)).toEqual(VECTORS)
    expect(data.usage).toEqual({ prompt_tokens: 7, total_tokens: 7 })
    expect(data.model).toBe(model)
    // 7 tokens at 2 dollars a million.
    expect(response.headers.get('x-gateway-cost-usd')).toBe('0.000014')
    const { path, body } = upstream.seen.at(-1) ?? {}
    expect([path, body?.['model'], body?.['input'], body?.['encoding_format']]).toEqual([
      '/v1/embeddings',
      model,
      ['one', 'two'],
      'base64',
    ])
  })

  it('reach the AI SDK and the Mistral client', async () => {
    const provider = createOpenAICompatible({ name: 'gateway', baseURL: `${dev.url}/v1`, apiKey: dev.key })
    const { embedding } = await embed({ model: provider.embeddingModel('numbers'), value: 'one' })
    expect(embedding).toEqual(VECTORS[0])
    const mistral = new Mistral({ serverURL: dev.url, apiKey: dev.key })
    const { data } = await mistral.embeddings.create({ model: 'obedient', inputs: ['one', 'two'] })
    expect(data.map((one) => one.embedding)).toEqual(VECTORS)
  })

  it('that are fewer than the inputs are no answer', async () => {
    const asked = dev.client.embeddings.create({ model: 'short', input: ['one', 'two'] })
    await expect(asked).rejects.toMatchObject({ status: 502, code: 'upstream_exhausted' })
  })

  it('are not asked of a provider whose format has none here', async () => {
    const asked = dev.client.embeddings.create({ model: 'elsewhere', input: 'one' })
    await expect(asked).rejects.toMatchObject({ constructor: OpenAI.InternalServerError })
    await expect(asked).rejects.toThrow('not asked for embeddings')
  })
})

describe('embeddings of a Gemini provider', () => {
  it('reach the official OpenAI client, several in one call', async () => {
    const two = await dev.client.embeddings.create({
      model: 'gemini-embedding-001',
      input: ['one', 'two'],
      dimensions: 3,
    })
    expect(two.data.map(({ embedding }) => embedding)).toEqual(VECTORS)
    const { path, body } = upstream.seen.at(-1) ?? {}
    expect(path).toBe('/v1/models/gemini-embedding-001:batchEmbedContents')
    expect(body).toEqual({
      requests: ['one', 'two'].map((text) => ({
        model: 'models/gemini-embedding-001',
        content: { parts: [{ text }] },
        outputDimensionality: 3,
      })),
    })
    const asked = dev.client.embeddings.create({ model: 'gemini-embedding-001', input: 'one', user: 'ada' })
    const { data, response } = await asked.withResponse()
    expect(data.data.map(({ embedding }) => embedding)).toEqual([VECTORS[0]])
    expect(upstream.seen.at(-1)?.path).toBe('/v1/models/gemini-embedding-001:embedContent')
    // Its answer has no usage, so the tokens are estimated, and paid for.
    expect(Number(response.headers.get('x-gateway-cost-usd'))).toBeGreaterThan(0)
    expect(response.headers.get('x-gateway-dropped-params')).toBe('user')
  })

  it('can not be made of tokens of another model', async () => {
    const asked = dev.client.embeddings.create({ model: 'gemini-embedding-001', input: [1, 2, 3] })
    await expect(asked).rejects.toMatchObject({ status: 400 })
  })
})

describe('the Gemini client', () => {
  const gemini = (): GoogleGenAI => new GoogleGenAI({ apiKey: dev.key, httpOptions: { baseUrl: dev.url } })

  it.each(['gemini-embedding-001', 'numbers'])('gets vectors of %s, whatever its provider speaks', async (model) => {
    const { embeddings } = await gemini().models.embedContent({ model, contents: ['one', 'two'] })
    expect(embeddings?.map(({ values }) => values)).toEqual(VECTORS)
  })

  it('lists and shows models in its own shape, page by page', async () => {
    const found: Model[] = []
    for await (const model of await gemini().models.list({ config: { pageSize: 2 } })) found.push(model)
    const names = found.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('models/auto')
    const shown = await gemini().models.get({ model: 'gemini-embedding-001' })
    expect(shown).toMatchObject({ name: 'models/gemini-embedding-001', inputTokenLimit: 2048 })
    expect(found).toContainEqual(
      expect.objectContaining({ name: shown.name, supportedActions: shown.supportedActions }),
    )
    await expect(gemini().models.get({ model: 'none-such' })).rejects.toMatchObject({ status: 404 })
  })
})
