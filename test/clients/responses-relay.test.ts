import { readFileSync } from 'node:fs'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, startDev, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import { scriptedUpstream, type ScriptedUpstream } from '../e2e/scripted-upstream.ts'
import { ANTHROPIC } from './providers/anthropic.ts'
import { SCENES } from './providers/scenes.ts'

const RECORDED = new URL('../fixtures/wire/responses/openai-web-search-tool.1', import.meta.url)
const WHOLE: unknown = JSON.parse(readFileSync(`${RECORDED.pathname}.json`, 'utf8'))
const EVENTS = readFileSync(`${RECORDED.pathname}.chunks.txt`, 'utf8').trim().split('\n')
const TYPE = /^\{"type":"([^"]+)"/

const SEARCH: OpenAI.Responses.ResponseCreateParamsNonStreaming = {
  model: 'searching',
  input: 'What is new?',
  tools: [{ type: 'web_search' }],
  tool_choice: { type: 'web_search_preview' },
}

const CONFIG = (url: string): string => `version: 1
providers:
  own: { kind: openai, base_url: "${url}", api_keys: ["\${LOCAL_KEY}"] }
  other: { kind: anthropic, base_url: "${url}", api_keys: ["\${LOCAL_KEY}"] }
  compatible: { kind: openai-compatible, base_url: "${url}", api_keys: ["\${LOCAL_KEY}"] }
models:
  searching: { provider: own, upstream_model: gpt-5-nano, tier: standard, context_window: 64k, price: { input: 1, output: 2 } }
  busy: { provider: own, upstream_model: busy, tier: standard, context_window: 64k, price: { input: 1, output: 2 } }
  helper: { provider: other, upstream_model: helper, tier: standard, context_window: 64k, price: { input: 1, output: 2 } }
  plain: { provider: compatible, upstream_model: plain, tier: standard, context_window: 64k, price: { input: 1, output: 2 } }
failover: { max_attempts: 3 }
`

let upstream: ScriptedUpstream
let project: DevProject
let dev: RunningDev
let client: OpenAI
beforeAll(async () => {
  upstream = await scriptedUpstream(({ path, body }, response) => {
    const { model, stream } = body
    if (model === 'gpt-5-nano' && stream === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(EVENTS.map((data) => `event: ${TYPE.exec(data)?.[1] ?? ''}\ndata: ${data}\n\n`).join(''))
    } else if (path.endsWith('/messages') && SCENES['plain'] !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(ANTHROPIC.whole(SCENES['plain'])))
    } else {
      response.writeHead(model === 'gpt-5-nano' ? 200 : 503, { 'content-type': 'application/json' })
      response.end(JSON.stringify(model === 'gpt-5-nano' ? WHOLE : { error: { message: 'busy' } }))
    }
  })
  project = await devProject(CONFIG(upstream.url))
  dev = await startDev(project, ['--trust-config'], { env: { LOCAL_KEY: 'local-key' } })
  client = new OpenAI({ baseURL: `${dev.url}/v1`, apiKey: dev.key, maxRetries: 0 })
})
afterAll(async () => {
  await dev.stop()
  await upstream.close()
  await project.remove()
})

describe('responses of a provider that has them', () => {
  it('come as the provider sent them: what its own tools did, and where the text comes from', async () => {
    const { data, response } = await client.responses.create(SEARCH).withResponse()
    const kinds = data.output.map(({ type }) => type)
    expect(kinds).toContain('web_search_call')
    const parts = data.output.flatMap((item) => (item.type === 'message' ? item.content : []))
    expect(parts.flatMap((part) => (part.type === 'output_text' ? part.annotations : []))).not.toEqual([])
    expect(data.model).toBe('searching')
    expect(response.headers.get('x-gateway-dropped-params')).toBeNull()
    const { path, body } = upstream.seen.at(-1) ?? {}
    expect(path).toBe('/v1/responses')
    expect(body).toMatchObject({ ...SEARCH, model: 'gpt-5-nano', store: false })
  })

  it('stream event by event, numbered without a gap', async () => {
    const numbers: number[] = []
    const stream = client.responses.stream({ ...SEARCH, stream: true })
    stream.on('event', ({ sequence_number: number }) => numbers.push(number))
    const final = await stream.finalResponse()
    expect(numbers).toEqual(EVENTS.map((_, at) => at))
    expect(final.model).toBe('searching')
    expect(final.output_text.length).toBeGreaterThan(100)
  })

  it('are translated when another provider has to help, which says what it had to leave out', async () => {
    const { data, response } = await client.responses.create({ ...SEARCH, model: 'busy' }).withResponse()
    expect(data.output_text).toBe('Grüße, 世界 🌍')
    expect(response.headers.get('x-gateway-dropped-params')).toBe('tool_choice,tools')
  })

  it('are still refused where they need what is kept on a server', async () => {
    for (const kept of [{ previous_response_id: 'resp_1' }, { conversation: 'conv_1' }, { background: true }]) {
      const asked = client.responses.create({ ...SEARCH, ...kept })
      await expect(asked).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter' })
    }
  })

  it('are asked as chat completions of a provider that may not have them', async () => {
    await client.responses.create({ model: 'plain', input: 'hi' })
    expect(upstream.seen.some(({ path, body }) => path === '/v1/chat/completions' && body['model'] === 'plain')).toBe(
      true,
    )
  })
})
