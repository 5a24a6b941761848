import Anthropic from '@anthropic-ai/sdk'
import { createOpenAI } from '@ai-sdk/openai'
import { GoogleGenAI } from '@google/genai'
import { generateText } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, startDev, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import { scriptedUpstream, type ScriptedUpstream } from '../e2e/scripted-upstream.ts'
import { PIXEL, QUESTION } from './client.ts'

const PAGE = { url: 'https://example.org/weather', title: 'Weather' }
const BEFORE = 'In Zürich: '
const CITED = 'it rains'
const TEXT = `${BEFORE}${CITED}`
const USAGE = { promptTokenCount: 9, candidatesTokenCount: 4, totalTokenCount: 13 }

/** What the two providers say: one rests on a page, the other draws. */
function gemini(model: string): object[] {
  const head = { modelVersion: 'up', responseId: 'up-1' }
  if (model === 'draws') {
    const parts = [{ inlineData: { mimeType: 'image/png', data: PIXEL } }]
    return [
      { ...head, candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }], usageMetadata: USAGE },
    ]
  }
  const startIndex = Buffer.byteLength(BEFORE)
  const groundingMetadata = {
    groundingChunks: [{ web: { uri: PAGE.url, title: PAGE.title } }],
    groundingSupports: [
      { segment: { startIndex, endIndex: startIndex + CITED.length, text: CITED }, groundingChunkIndices: [0] },
    ],
  }
  const said = (text: string, more: object = {}): object => ({
    ...head,
    candidates: [{ content: { role: 'model', parts: [{ text }] }, ...more }],
    usageMetadata: USAGE,
  })
  return [said(BEFORE), said(CITED, { finishReason: 'STOP', groundingMetadata })]
}

/** The pieces of a stream as one answer. */
function whole(pieces: readonly object[]): object {
  const last = pieces.at(-1) ?? {}
  const candidates: unknown = Reflect.get(last, 'candidates')
  const [candidate] = Array.isArray(candidates) ? candidates : []
  const parts = pieces.length > 1 ? [{ text: TEXT }] : candidate.content.parts
  return { ...last, candidates: [{ ...candidate, content: { role: 'model', parts } }] }
}

const CONFIG = (url: string): string => `version: 1
providers:
  google: { kind: gemini, base_url: "${url.replace('/v1', '/v1beta')}", api_keys: ["\${LOCAL_KEY}"] }
models:
  cites: { provider: google, tier: standard, context_window: 64k, price: { input: 1, output: 2 } }
  draws: { provider: google, tier: standard, context_window: 64k, price: { input: 1, output: 2 } }
`

let upstream: ScriptedUpstream
let project: DevProject
let dev: RunningDev
beforeAll(async () => {
  upstream = await scriptedUpstream(({ path }, response) => {
    const pieces = gemini(path.includes('draws') ? 'draws' : 'cites')
    const stream = path.includes('stream')
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
    const events = pieces.map((piece) => `data: ${JSON.stringify(piece)}\r\n\r\n`)
    response.end(stream ? events.join('') : JSON.stringify(whole(pieces)))
  })
  project = await devProject(CONFIG(upstream.url))
  dev = await startDev(project, ['--trust-config'], { env: { LOCAL_KEY: 'local-key' } })
})
afterAll(async () => {
  await dev.stop()
  await upstream.close()
  await project.remove()
})

const openai = (): OpenAI => new OpenAI({ baseURL: `${dev.url}/v1`, apiKey: dev.key, maxRetries: 0 })
const anthropic = (): Anthropic => new Anthropic({ baseURL: dev.url, apiKey: dev.key, maxRetries: 0 })
const messages = [{ role: 'user' as const, content: QUESTION }]
const ANNOTATION = { ...PAGE, start_index: BEFORE.length, end_index: TEXT.length }

describe('the page that an answer of Gemini rests on', () => {
  it('reaches clients of chat completions', async () => {
    const { choices } = await openai().chat.completions.create({ model: 'cites', messages })
    expect(choices[0]?.message.content).toBe(TEXT)
    expect(choices[0]?.message.annotations).toEqual([{ type: 'url_citation', url_citation: ANNOTATION }])
    const stream = await openai().chat.completions.create({ model: 'cites', messages, stream: true })
    const found: unknown[] = []
    for await (const {
      choices: [choice],
    } of stream)
      if (choice !== undefined) found.push(...[Reflect.get(choice.delta, 'annotations') ?? []].flat())
    expect(found).toEqual([{ type: 'url_citation', url_citation: ANNOTATION }])
  })

  it.each([false, true])('reaches clients of responses; streamed: %s', async (streamed) => {
    const params = { model: 'cites', input: QUESTION }
    const { output } = streamed
      ? await openai().responses.stream(params).finalResponse()
      : await openai().responses.create(params)
    const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []))
    const annotations = parts.flatMap((part) => (part.type === 'output_text' ? part.annotations : []))
    expect(annotations).toEqual([{ type: 'url_citation', ...ANNOTATION }])
  })

  it('is a source to the AI SDK', async () => {
    const model = createOpenAI({ baseURL: `${dev.url}/v1`, apiKey: dev.key })('cites')
    const { sources } = await generateText({ model, prompt: QUESTION, maxRetries: 0 })
    expect(sources).toEqual([expect.objectContaining({ sourceType: 'url', ...PAGE })])
  })

  it.each([false, true])('reaches clients of messages; streamed: %s', async (streamed) => {
    const params = { model: 'cites', max_tokens: 99, messages }
    const { content } = streamed
      ? await anthropic().messages.stream(params).finalMessage()
      : await anthropic().messages.create(params)
    const block = content.find((one) => one.type === 'text')
    expect(block?.text).toBe(TEXT)
    expect(block?.citations).toEqual([expect.objectContaining({ type: 'web_search_result_location', ...PAGE })])
  })
})

describe('a picture that Gemini draws', () => {
  const url = `data:image/png;base64,${PIXEL}`

  it.each([false, true])('reaches clients of chat completions; streamed: %s', async (streamed) => {
    const images: unknown[] = []
    if (streamed) {
      const stream = await openai().chat.completions.create({ model: 'draws', messages, stream: true })
      for await (const {
        choices: [choice],
      } of stream)
        if (choice !== undefined) images.push(...[Reflect.get(choice.delta, 'images') ?? []].flat())
    } else {
      const { choices } = await openai().chat.completions.create({ model: 'draws', messages })
      images.push(...[Reflect.get(choices[0]?.message ?? {}, 'images')].flat())
    }
    expect(images).toEqual([{ type: 'image_url', image_url: { url } }])
  })

  it.each([false, true])('reaches clients of responses; streamed: %s', async (streamed) => {
    const params = { model: 'draws', input: QUESTION }
    const { output } = streamed
      ? await openai().responses.stream(params).finalResponse()
      : await openai().responses.create(params)
    expect(output).toEqual([expect.objectContaining({ type: 'image_generation_call', result: PIXEL })])
  })

  it('reaches its own clients', async () => {
    const client = new GoogleGenAI({ apiKey: dev.key, httpOptions: { baseUrl: dev.url } })
    const { data } = await client.models.generateContent({ model: 'draws', contents: QUESTION })
    expect(data).toBe(PIXEL)
  })

  it.each([false, true])('has no place in messages, and the headers say so; streamed: %s', async (streamed) => {
    const params = { model: 'draws', max_tokens: 99, messages }
    const { response } = streamed
      ? await anthropic()
          .messages.create({ ...params, stream: true })
          .withResponse()
      : await anthropic().messages.create(params).withResponse()
    expect(response.status).toBe(200)
    expect(response.headers.get('x-gateway-dropped-params')).toBe('answer.images')
  })
})
