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
    const chaos =
      '429:1@busy,529:1@full,cut:1@broken,500:0.5@shaky,reset:1@reset,stall:1@stall,malformed:1@malformed,empty:1@empty'
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

  /** What a stream brought before it broke. */
  async function broken(model: string): Promise<{ text: string; error: unknown }> {
    let text = ''
    try {
      const stream = await openai.chat.completions.create({ model, messages, stream: true })
      for await (const { choices } of stream) {
        expect(choices[0]?.finish_reason).toBeNull()
        text += choices[0]?.delta.content ?? ''
      }
      return { text, error: null }
    } catch (error) {
      return { text, error }
    }
  }

  it('breaks off in the middle: the connection closes without an end', async () => {
    const { text, error } = await broken('broken')
    expect(text).not.toBe('')
    expect(error).toMatchObject({ message: 'terminated' })
    const helper = anthropic.messages.stream({ model: 'broken', max_tokens: 200, messages })
    await expect(helper.finalMessage()).rejects.toThrow(/terminated|without/)
    await expect(openai.chat.completions.create({ model: 'broken', messages })).rejects.toThrow('terminated')
  })

  it('resets the connection before anything was said', async () => {
    await expect(openai.chat.completions.create({ model: 'reset', messages })).rejects.toBeInstanceOf(
      OpenAI.APIConnectionError,
    )
    expect((await broken('reset')).error).toBeInstanceOf(OpenAI.APIConnectionError)
  })

  it('stands still: without headers for a whole answer, after them for a stream', async () => {
    const asked = openai.chat.completions.create({ model: 'stall', messages }, { timeout: 300 })
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError)
    const stop = new AbortController()
    const request = openai.chat.completions.create({ model: 'stall', messages, stream: true }, { signal: stop.signal })
    const { response } = await request.withResponse()
    expect(response.status).toBe(200)
    stop.abort()
  })

  it('sends what is no JSON, whole and in a stream', async () => {
    await expect(openai.chat.completions.create({ model: 'malformed', messages })).rejects.toThrow(SyntaxError)
    expect((await broken('malformed')).error).toBeInstanceOf(SyntaxError)
    const google = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: server.url } })
    await expect(google.models.generateContent({ model: 'malformed', contents: 'hello' })).rejects.toThrow(/JSON/)
  })

  it('sends a good status and nothing else', async () => {
    const { response } = await openai.chat.completions.create({ model: 'empty', messages }).withResponse()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-length')).toBe('0')
    expect(await broken('empty')).toEqual({ text: '', error: null })
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
