import Anthropic from '@anthropic-ai/sdk'
import { ApiError, GoogleGenAI } from '@google/genai'
import Anthropic0 from 'anthropic-sdk-0'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, startDev, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import type { ScriptedUpstream } from '../e2e/scripted-upstream.ts'
import { QUESTION, rejection } from './client.ts'
import { OPENAI } from './providers/openai.ts'
import { BUSY, REFUSED } from './providers/scenes.ts'
import { LIMITED, REFUSAL, scenesConfig, serveScenes, WAIT_MS } from './providers/serve.ts'

let upstream: ScriptedUpstream
let project: DevProject
let dev: RunningDev
beforeAll(async () => {
  // A provider of another format, so that every error is in the gateway's words.
  upstream = await serveScenes(OPENAI)
  project = await devProject(scenesConfig(OPENAI, upstream.url))
  dev = await startDev(project, ['--trust-config'], { env: { LOCAL_KEY: 'local-key' } })
})
afterAll(async () => {
  await dev.stop()
  await upstream.close()
  await project.remove()
})

/** Waits until the provider takes requests again. */
async function rested(): Promise<void> {
  const client = new OpenAI({ baseURL: `${dev.url}/v1`, apiKey: dev.key, maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: QUESTION }]
  await expect
    .poll(() =>
      client.chat.completions.create({ model: BUSY, messages }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
}

const ANTHROPIC = [
  {
    name: '@anthropic-ai/sdk 1',
    Errors: Anthropic,
    messages: (apiKey: string) => new Anthropic({ baseURL: dev.url, apiKey, maxRetries: 0 }).messages,
  },
  {
    name: '@anthropic-ai/sdk 0.137',
    Errors: Anthropic0,
    messages: (apiKey: string) => new Anthropic0({ baseURL: dev.url, apiKey, maxRetries: 0 }).messages,
  },
] as const

describe.each(ANTHROPIC)('$name reads an error as one of its own', ({ Errors, messages }) => {
  const asked = async (model: string, key = dev.key): Promise<unknown> => {
    const ask = { model, max_tokens: 9, messages: [{ role: 'user' as const, content: QUESTION }] }
    const client: { create(params: typeof ask): PromiseLike<unknown> } = messages(key)
    return client.create(ask)
  }

  it.each([
    ['a wrong key', 'plain', 'gw_nobody', { status: 401, type: 'authentication_error' }, 'key'],
    ['an unknown model', 'none-such', undefined, { status: 404, type: 'not_found_error' }, 'none-such'],
    ['what the provider refuses', REFUSED, undefined, { status: 400, type: 'invalid_request_error' }, REFUSAL],
  ])('for %s', async (_case, model, key, expected, words) => {
    const error = await rejection(asked(model, key))
    expect(error).toBeInstanceOf(Errors.APIError)
    expect(error).toMatchObject({
      ...expected,
      requestID: expect.stringMatching(/^req_/),
      error: { type: 'error', error: { type: expected.type, message: expect.stringContaining(words) } },
    })
  })

  it('for a limit, with the wait in the headers it looks at', async () => {
    const error = await rejection(asked(BUSY))
    expect(error).toBeInstanceOf(Errors.RateLimitError)
    expect(error).toMatchObject({ type: 'rate_limit_error', message: expect.stringContaining(LIMITED) })
    const wait = error instanceof Errors.APIError ? error.headers?.get('retry-after-ms') : null
    expect(Number(wait)).toBeGreaterThan(0)
    expect(Number(wait)).toBeLessThanOrEqual(WAIT_MS)
    await rested()
  })
})

describe('@google/genai reads an error as one of its own', () => {
  async function said(model: string, key = dev.key): Promise<{ status: number; body: unknown }> {
    const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: dev.url } })
    const error = await rejection(client.models.generateContent({ model, contents: QUESTION }))
    if (!(error instanceof ApiError)) throw error
    // Its message is the body.
    const body: unknown = JSON.parse(error.message)
    return { status: error.status, body }
  }

  it.each([
    ['a wrong key', 'plain', 'gw_nobody', 401, 'UNAUTHENTICATED', 'key'],
    ['an unknown model', 'none-such', undefined, 404, 'NOT_FOUND', 'none-such'],
    ['what the provider refuses', REFUSED, undefined, 400, 'INVALID_ARGUMENT', REFUSAL],
  ])('for %s', async (_case, model, key, code, status, words) => {
    const error = await said(model, key)
    expect(error.status).toBe(code)
    expect(error.body).toMatchObject({ error: { code, status, message: expect.stringContaining(words) } })
  })

  it('for a limit, with the wait in the body, where it stands in this format', async () => {
    const { status, body } = await said(BUSY)
    expect(status).toBe(429)
    expect(body).toMatchObject({
      error: {
        status: 'RESOURCE_EXHAUSTED',
        details: expect.arrayContaining([
          {
            '@type': 'type.googleapis.com/google.rpc.RetryInfo',
            retryDelay: expect.stringMatching(/^0\.0\d\ds$/),
          },
        ]),
      },
    })
    await rested()
  })
})
