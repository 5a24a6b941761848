import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, runGateway, startServer, type DevProject, type RunningServer } from './dev-process.ts'

const messages = [{ role: 'user' as const, content: 'hello' }]

describe('gateway simulate', () => {
  let project: DevProject
  let server: RunningServer
  let openai: OpenAI
  let anthropic: Anthropic
  beforeAll(async () => {
    project = await devProject()
    const chaos = '429:1@busy,529:1@full,cut:1@broken,500:0.5@shaky'
    const args = ['simulate', '--port', '0', '--port-file', 'port', '--stream-speed', '0', '--chaos', chaos]
    server = await startServer(project, args)
    openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any', maxRetries: 0 })
    anthropic = new Anthropic({ baseURL: server.url, apiKey: 'any', maxRetries: 0 })
  })
  afterAll(async () => {
    await server.stop()
    await project.remove()
  })

  it('answers in three formats, whatever the model is called', async () => {
    const chat = await openai.chat.completions.create({ model: 'model-of-next-year', messages })
    expect(chat.model).toBe('model-of-next-year')
    expect(chat.choices[0]?.message.content).toContain('Simulated answer')
    const message = await anthropic.messages.create({ model: 'claude-next', max_tokens: 200, messages })
    expect(message).toMatchObject({ model: 'claude-next', content: [{ type: 'text' }] })
    const google = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: server.url } })
    const said = await google.models.generateContent({ model: 'gemini-next', contents: 'hello' })
    expect(said.text).toContain('Simulated answer')
    const vectors = await openai.embeddings.create({ model: 'vectors-next', input: 'hello' })
    expect(vectors.data[0]?.embedding).toHaveLength(1536)
  })

  it('fails as it was told to, with the status and the headers of a provider', async () => {
    const busy = openai.chat.completions.create({ model: 'busy', messages })
    await expect(busy).rejects.toMatchObject({ constructor: OpenAI.RateLimitError, code: 'rate_limit_exceeded' })
    const headers = await busy.then(
      () => null,
      (error: unknown) => (error instanceof OpenAI.APIError ? error.headers : null),
    )
    expect(headers?.get('retry-after')).toBe('1')
    const full = anthropic.messages.create({ model: 'full', max_tokens: 200, messages })
    await expect(full).rejects.toMatchObject({ status: 529, type: 'overloaded_error' })
  })

  it('remembers no failure: each request meets its own fate', async () => {
    const asked = Array.from({ length: 24 }, () => openai.chat.completions.create({ model: 'shaky', messages }))
    const ends = await Promise.allSettled(asked)
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['fulfilled', 'rejected']))
  })

  it('breaks off in the middle of a stream, and no client takes it for the end', async () => {
    const read = async (): Promise<void> => {
      const stream = await openai.chat.completions.create({ model: 'broken', messages, stream: true })
      for await (const { choices } of stream) expect(choices[0]?.finish_reason).toBeNull()
    }
    await expect(read()).rejects.toMatchObject({ code: 'upstream_exhausted' })
    const helper = anthropic.messages.stream({ model: 'broken', max_tokens: 200, messages })
    await expect(helper.finalMessage()).rejects.toThrow('broke off')
  })

  it('tells its port and logs what it served', async () => {
    expect(await project.read('port')).toBe(`${new URL(server.url).port}\n`)
    await openai.chat.completions.create({ model: 'logged', messages })
    await expect.poll(() => server.stdout()).toContain('asked=logged')
  })
})

it('gateway simulate stays on this machine unless it is allowed out', async () => {
  const project = await devProject()
  const { code, stderr } = await runGateway(project, ['simulate', '--host', '0.0.0.0'])
  expect(code).toBe(2)
  expect(stderr).toContain('--allow-remote')
  await project.remove()
})
