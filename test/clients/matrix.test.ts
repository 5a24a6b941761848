import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, startDev, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import type { ScriptedUpstream } from '../e2e/scripted-upstream.ts'
import { aiCompatible, aiOpenAi } from './ai-sdk.ts'
import { anthropic0, anthropic1 } from './anthropic.ts'
import { PIXEL, type Client } from './client.ts'
import { google } from './google.ts'
import { mistral } from './mistral.ts'
import { openAiChat } from './openai-chat.ts'
import { openAiResponses } from './openai-responses.ts'
import { ANTHROPIC } from './providers/anthropic.ts'
import { GEMINI } from './providers/gemini.ts'
import { OPENAI } from './providers/openai.ts'
import { BUSY, ENDLESS, INPUT_TOKENS, OUTPUT_TOKENS, REFUSED } from './providers/scenes.ts'
import { LIMITED, REFUSAL, scenesConfig, serveScenes } from './providers/serve.ts'

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

const ROME = { name: 'weather', args: { city: 'Rome' } }
const OSLO = { name: 'weather', args: { city: 'Oslo' } }

describe.each([OPENAI, ANTHROPIC, GEMINI])('a provider that speaks $kind', (dialect) => {
  let upstream: ScriptedUpstream
  let project: DevProject
  let dev: RunningDev

  beforeAll(async () => {
    upstream = await serveScenes(dialect)
    project = await devProject(scenesConfig(dialect, upstream.url))
    dev = await startDev(project, ['--trust-config'], { env: { LOCAL_KEY: 'local-key' } })
  })
  afterAll(async () => {
    await dev.stop()
    await upstream.close()
    await project.remove()
  })

  describe.each(CLIENTS)('for $name', (client) => {
    it.each([false, true])('answers in text; streamed: %s', async (stream) => {
      const got = await client.ask(dev, { model: 'plain', stream })
      expect(got).toEqual({
        text: 'Grüße, 世界 🌍',
        thought: '',
        calls: [],
        finish: 'stop',
        inputTokens: INPUT_TOKENS,
        outputTokens: OUTPUT_TOKENS,
      })
    })

    it.each([false, true])('calls a tool; streamed: %s', async (stream) => {
      const got = await client.ask(dev, { model: 'call', stream, tools: true })
      expect(got).toMatchObject({ text: '', calls: [ROME], finish: 'tool_calls' })
    })

    it.each([false, true])('calls two tools at once; streamed: %s', async (stream) => {
      const got = await client.ask(dev, { model: 'calls', stream, tools: true })
      expect(got).toMatchObject({ calls: [ROME, OSLO], finish: 'tool_calls' })
    })

    it.each([false, true])('answers by a JSON schema, which the provider sees; streamed: %s', async (stream) => {
      const got = await client.ask(dev, { model: 'json', stream, schema: true })
      expect(JSON.parse(got.text)).toEqual({ city: 'Rome', degrees: 21 })
      expect(JSON.stringify(upstream.seen.at(-1)?.body)).toContain('degrees')
    })

    it.each([false, true])('shows what the model thought before it spoke; streamed: %s', async (stream) => {
      const got = await client.ask(dev, { model: 'think', stream })
      expect(got).toMatchObject({ thought: 'The sun is out.', text: 'It is sunny.', finish: 'stop' })
    })

    it('comes again by itself when it was told to wait, and is answered', async () => {
      const before = upstream.seen.length
      const got = await client.ask(dev, { model: BUSY, stream: false, retry: true })
      expect(got.text).toBe('and now it is there')
      expect(upstream.seen.length - before).toBe(2)
    })

    it('says in its own way that it has to wait', async () => {
      const { status, message } = await client.fail(dev, BUSY)
      expect(status).toBe(429)
      expect(message).toContain(LIMITED)
      // The next one is answered, for whoever asks next.
      await expect
        .poll(async () => (await client.ask(dev, { model: BUSY, stream: false }).catch(() => null))?.text)
        .toBe('and now it is there')
    })

    it('shows a picture to the provider', async () => {
      await client.ask(dev, { model: 'plain', stream: false, image: true })
      expect(JSON.stringify(upstream.seen.at(-1)?.body)).toContain(PIXEL)
    })

    it('ends the call upstream when the client leaves', async () => {
      const before = upstream.aborted()
      await client.leave(dev, ENDLESS)
      await expect.poll(() => upstream.aborted(), { timeout: 3_000 }).toBe(before + 1)
    })

    it('says what the provider said when it refuses', async () => {
      const { status, message } = await client.fail(dev, REFUSED)
      expect(message).toContain(REFUSAL)
      expect(status).toBe(400)
    })

    it('says in its own way that a model does not exist', async () => {
      const { status, message } = await client.fail(dev, 'no-such-model')
      expect(status).toBe(404)
      expect(message).toContain('no-such-model')
    })
  })
})
