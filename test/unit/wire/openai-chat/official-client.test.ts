import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StreamPart } from '../../../../src/wire/canonical.ts'
import { errorBody } from '../../../../src/wire/error-body.ts'
import { GatewayError } from '../../../../src/wire/errors.ts'
import { encodeChatAnswer, parseChatAnswer } from '../../../../src/wire/openai-chat/answer.ts'
import { ChatStreamEncoder } from '../../../../src/wire/openai-chat/encode-stream.ts'
import { parseChatRequest } from '../../../../src/wire/openai-chat/parse-request.ts'
import { sseData, SSE_DONE, SSE_KEEP_ALIVE } from '../../../../src/wire/sse.ts'
import type { UsageDialectName } from '../../../../src/wire/usage-dialects.ts'
import { decodeAll, recordedBody, recordedChunks } from './recorded.ts'

/** The recorded stream that is served, named by the model that the client asks for. */
function recordedParts(model: string): StreamPart[] {
  const [file = '', dialect] = model.split('|')
  const known: readonly UsageDialectName[] = ['deepseek', 'qwen', 'mistral', 'xai', 'groq']
  return decodeAll(
    recordedChunks(`${file}.chunks.txt`),
    known.find((name) => name === dialect),
  )
}

function serve(body: unknown): string {
  const request = parseChatRequest(body)
  if (request.model === 'broken')
    return sseData(JSON.stringify(errorBody(new GatewayError('upstream_exhausted', 'it broke'))))
  const encoder = new ChatStreamEncoder({ model: 'm', created: 1, includeUsage: request.includeUsage })
  const events = recordedParts(request.model)
    .flatMap((part) => encoder.write(part))
    .map(sseData)
  return events.join(SSE_KEEP_ALIVE) + SSE_DONE
}

describe('the official client', () => {
  let server: Server
  let client: OpenAI

  beforeAll(async () => {
    server = createServer((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'))
        const streamed = parseChatRequest(body).stream
        response.setHeader('content-type', streamed ? 'text/event-stream' : 'application/json')
        const whole = parseChatAnswer(recordedBody('mistral-reasoning.json'), 'mistral')
        response.end(streamed ? serve(body) : JSON.stringify(encodeChatAnswer(whole, { model: 'm', created: 1 })))
      })
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const address: string | AddressInfo | null = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'k', maxRetries: 0 })
  })

  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const ask = { messages: [{ role: 'user' as const, content: 'hello' }] }

  it.each([
    ['azure-model-router.1', 'Capital of Denmark.'],
    ['mistral-reasoning|mistral', '2 + 2 = 4'],
    ['xai-text|xai', 'Hello'],
    ['moonshotai-stream', 'Hello!'],
  ])('puts the stream of %s together with its strict helper', async (model, text) => {
    const stream = client.chat.completions.stream({ ...ask, model, stream_options: { include_usage: true } })
    const completion = await stream.finalChatCompletion()
    expect(completion.choices[0]?.message).toMatchObject({ role: 'assistant', content: text })
    expect(completion.choices[0]?.finish_reason).toBe('stop')
    expect(completion.usage?.total_tokens).toBeGreaterThan(0)
  })

  it.each([
    ['deepseek-tool-call|deepseek', 'weather', { location: 'San Francisco' }],
    ['alibaba-tool-call|qwen', 'weather', { location: 'San Francisco' }],
    ['groq-tool-call|groq', 'weather', {}],
    ['mistral-incremental-tool-call|mistral', 'webSearchTool', { query: 'current Berlin weather' }],
    ['xai-tool-call|xai', 'weather', { location: 'San Francisco' }],
  ])('puts the tool call of %s together', async (model, name, args) => {
    const completion = await client.chat.completions.stream({ ...ask, model }).finalChatCompletion()
    const [call] = completion.choices[0]?.message.tool_calls ?? []
    expect(call).toMatchObject({ type: 'function', function: { name } })
    expect(JSON.parse(call?.type === 'function' ? call.function.arguments : '')).toEqual(args)
    expect(completion.choices[0]?.finish_reason).toBe('tool_calls')
  })

  it('sees no usage that it did not ask for', async () => {
    const stream = await client.chat.completions.create({ ...ask, model: 'deepseek-tool-call|deepseek', stream: true })
    for await (const chunk of stream) {
      expect(chunk.choices).toHaveLength(1)
      expect(chunk.usage ?? null).toBeNull()
    }
  })

  it('reads a whole answer', async () => {
    const { choices } = await client.chat.completions.create({ ...ask, model: 'm' })
    expect(choices[0]?.message).toMatchObject({ content: '2 + 2 = 4', refusal: null })
  })

  it('throws for an error inside the stream, with its code', async () => {
    const stream = await client.chat.completions.create({ ...ask, model: 'broken', stream: true })
    const read = async (): Promise<void> => {
      for await (const chunk of stream) expect(chunk).toBeNull()
    }
    await expect(read()).rejects.toMatchObject({ code: 'upstream_exhausted' })
  })
})
