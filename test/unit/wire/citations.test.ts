import { describe, expect, it } from 'vitest'
import { encodeMessage, parseMessage } from '../../../src/wire/anthropic/answer.ts'
import { MessagesStreamDecoder } from '../../../src/wire/anthropic/decode-stream.ts'
import { encodeMessagesRequest } from '../../../src/wire/anthropic/encode-request.ts'
import { MessagesStreamEncoder } from '../../../src/wire/anthropic/encode-stream.ts'
import { parseMessagesRequest } from '../../../src/wire/anthropic/parse-request.ts'
import type { CanonicalAnswer, Citation, StreamPart } from '../../../src/wire/canonical.ts'
import { citationsOf } from '../../../src/wire/citations.ts'
import { encodeGenerateAnswer, parseGenerateAnswer } from '../../../src/wire/gemini/answer.ts'
import { GenerateStreamDecoder } from '../../../src/wire/gemini/decode-stream.ts'
import { GenerateStreamEncoder } from '../../../src/wire/gemini/encode-stream.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/wire/json.ts'
import { lostInAnswer, lostInParts } from '../../../src/wire/lost-in-answer.ts'
import { encodeChatAnswer, parseChatAnswer } from '../../../src/wire/openai-chat/answer.ts'
import { ChatStreamDecoder } from '../../../src/wire/openai-chat/decode-stream.ts'
import { ChatStreamEncoder } from '../../../src/wire/openai-chat/encode-stream.ts'
import { encodeResponse } from '../../../src/wire/openai-responses/answer.ts'
import { echoOf } from '../../../src/wire/openai-responses/echo.ts'
import { ResponsesStreamEncoder } from '../../../src/wire/openai-responses/encode-stream.ts'
import { readResponse } from '../../../src/wire/openai-responses/read-answer.ts'
import { hasForeignSeals } from '../../../src/wire/signatures.ts'
import { wholeAsParts } from '../../../src/wire/whole-as-parts.ts'
import { publishedSchema } from './published-schema.ts'
import { decodeWith, readBlocks } from './recorded-file.ts'

const URL = 'https://example.org/a'
const TITLE = 'A page'
/** Letters of two, three and four bytes come before what is cited. */
const BEFORE = 'Grüße 世界 🌍: '
const CITED = 'it rains'
const START = BEFORE.length
const END = BEFORE.length + CITED.length
const BYTES = new TextEncoder()

/** The same answer from each provider: `it rains`, which rests on one page. */
const ANTHROPIC = {
  id: 'msg_1',
  type: 'message',
  model: 'claude',
  content: [
    { type: 'text', text: BEFORE },
    {
      type: 'text',
      text: CITED,
      citations: [
        { type: 'web_search_result_location', url: URL, title: TITLE, encrypted_index: 'c2VhbA==', cited_text: 'rain' },
      ],
    },
    { type: 'text', text: '.' },
  ],
  stop_reason: 'end_turn',
}
const startIndex = BYTES.encode(BEFORE).length
const GROUNDING = {
  groundingChunks: [{ web: { uri: URL, title: TITLE } }],
  groundingSupports: [
    {
      segment: { startIndex, endIndex: startIndex + CITED.length, text: CITED },
      groundingChunkIndices: [0],
    },
  ],
}
const GEMINI = {
  candidates: [
    {
      content: { role: 'model', parts: [{ text: `${BEFORE}${CITED}.` }] },
      finishReason: 'STOP',
      groundingMetadata: GROUNDING,
    },
  ],
}
const ANNOTATION = { start_index: START, end_index: END, title: TITLE, url: URL }
const CHAT = {
  id: 'c',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: `${BEFORE}${CITED}.`,
        annotations: [{ type: 'url_citation', url_citation: ANNOTATION }],
      },
      finish_reason: 'stop',
    },
  ],
}
const RESPONSE = {
  status: 'completed',
  output: [
    {
      type: 'message',
      content: [
        {
          type: 'output_text',
          text: `${BEFORE}${CITED}.`,
          annotations: [{ type: 'url_citation', ...ANNOTATION }],
        },
      ],
    },
  ],
}

function answerOf(body: JsonValue): CanonicalAnswer {
  const reading = readResponse(body)
  if (reading.kind !== 'answer') throw new Error('no answer')
  return reading.answer
}

const ANSWERS: readonly (readonly [string, CanonicalAnswer])[] = [
  ['Anthropic', parseMessage(ANTHROPIC)],
  ['Gemini', parseGenerateAnswer(GEMINI)],
  ['chat completions', parseChatAnswer(CHAT)],
  ['responses', answerOf(RESPONSE)],
]

const where = (citations: readonly Citation[]): unknown[] =>
  citations.map(({ url, title, start, end }) => ({ url, title, start, end }))
const EXPECTED = [{ url: URL, title: TITLE, start: START, end: END }]
const OPTIONS = { id: 'resp_1', model: 'm', created: 1, echo: echoOf({}), customTools: new Set<string>() }

function streamed(parts: readonly StreamPart[]): Citation[] {
  return parts.flatMap((part) => (part.kind === 'text' ? (part.citations ?? []) : []))
}

describe.each(ANSWERS)('what an answer of %s rests on', (_, answer) => {
  it('is read with its place in the text', () => {
    expect(where(citationsOf(answer.blocks))).toEqual(EXPECTED)
  })

  it('reaches clients of every format', () => {
    const chat = parseChatAnswer(encodeChatAnswer(answer, { model: 'm', created: 1 }))
    expect(where(citationsOf(chat.blocks))).toEqual(EXPECTED)
    const generate = parseGenerateAnswer(encodeGenerateAnswer(answer, { model: 'm' }))
    expect(where(citationsOf(generate.blocks))).toEqual(EXPECTED)
    const response = answerOf(encodeResponse(answer, OPTIONS))
    expect(where(citationsOf(response.blocks))).toEqual(EXPECTED)
    // Anthropic cites whole blocks, so that a place inside of one has none.
    const message = parseMessage(encodeMessage(answer, { model: 'm' }))
    expect(citationsOf(message.blocks).map(({ url }) => url)).toEqual([URL])
    for (const format of ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const)
      expect(lostInAnswer(answer.blocks, format)).toEqual([])
  })

  it('reaches them in streams too', () => {
    const parts = [...wholeAsParts(answer)]
    const chat = new ChatStreamEncoder({ model: 'm', created: 1, includeUsage: true })
    const asChat = decodeWith(
      new ChatStreamDecoder(),
      parts.flatMap((part) => chat.write(part)),
    )
    expect(where(streamed(asChat))).toEqual(EXPECTED)
    const generate = new GenerateStreamEncoder({ model: 'm' })
    const asGenerate = decodeWith(new GenerateStreamDecoder({ keepRaw: false }), [
      ...parts.flatMap((part) => generate.write(part)),
      ...generate.end(),
    ])
    expect(where(streamed(asGenerate))).toEqual(EXPECTED)
    const messages = new MessagesStreamEncoder({ model: 'm' })
    const blocks = [...parts.flatMap((part) => messages.write(part)), ...messages.end()]
    const asMessages = decodeWith(
      new MessagesStreamDecoder({ keepRaw: false }),
      readBlocks(blocks).map(({ data }) => data),
    )
    expect(streamed(asMessages).map(({ url }) => url)).toEqual([URL])
    const responses = new ResponsesStreamEncoder(OPTIONS)
    for (const part of parts) responses.write(part)
    responses.end()
    expect(where(citationsOf(answerOf(responses.response()).blocks))).toEqual(EXPECTED)
  })

  it('is written as the published schema has it', () => {
    expect(
      publishedSchema('openai-chat.schema.json')('CreateChatCompletionResponse')(
        encodeChatAnswer(answer, { model: 'm', created: 1 }),
      ),
    ).toEqual([])
    expect(publishedSchema('openai-endpoints.schema.json')('Response')(encodeResponse(answer, OPTIONS))).toEqual([])
  })
})

describe('citations of Anthropic', () => {
  const message = ANTHROPIC.content[1]
  const request = (content: JsonValue) =>
    parseMessagesRequest({
      model: 'claude-sonnet-4-6',
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content },
        { role: 'user', content: 'b' },
      ],
    })

  it('come back to it as they were', () => {
    const read = request(JSON.parse(JSON.stringify(ANTHROPIC.content)))
    expect(hasForeignSeals(read, 'anthropic')).toBe(false)
    const { body } = encodeMessagesRequest(read, { model: 'claude-sonnet-4-6' })
    expect(JSON.stringify(body)).toContain(JSON.stringify(message))
  })

  it('that we wrote for another provider do not come back to it, which would refuse them', () => {
    const written = encodeMessage(parseGenerateAnswer(GEMINI), { model: 'm' })['content'] ?? []
    expect(JSON.stringify(written)).toContain('"encrypted_index":""')
    const read = request(written)
    expect(hasForeignSeals(read, 'anthropic')).toBe(true)
    const { body } = encodeMessagesRequest(read, { model: 'claude-sonnet-4-6' })
    expect(JSON.stringify(body)).not.toContain('citations')
  })

  it('in its stream stand for the block they come in', () => {
    const events = [
      { type: 'message_start', message: { id: 'm', model: 'c', usage: { input_tokens: 1, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: BEFORE } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '', citations: [] } },
      { type: 'content_block_delta', index: 1, delta: { type: 'citations_delta', citation: message?.citations?.[0] } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: CITED } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
    ].map((event) => JSON.stringify(event))
    expect(where(streamed(decodeWith(new MessagesStreamDecoder({ keepRaw: false }), events)))).toEqual(EXPECTED)
    // A client of the format gets every event as it was.
    const relayed = decodeWith(new MessagesStreamDecoder({ keepRaw: true }), events)
    expect(relayed.flatMap(({ raw }) => (raw === undefined || raw === '' ? [] : [raw]))).toEqual(events)
  })

  it('of documents have no place elsewhere, which is said', () => {
    const place = { type: 'char_location', cited_text: 'x', document_index: 0, start_char_index: 0, end_char_index: 1 }
    const { blocks } = parseMessage({ ...ANTHROPIC, content: [{ type: 'text', text: 'a', citations: [place] }] })
    expect(lostInAnswer(blocks, 'openai-chat')).toEqual(['answer.citations'])
    expect(lostInAnswer(blocks, 'anthropic')).toEqual([])
  })
})

describe('pictures in an answer', () => {
  const data = 'iVBORw0KGgo='
  const DRAWN = {
    candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data } }] }, finishReason: 'STOP' }],
  }
  const drawn = parseGenerateAnswer(DRAWN)
  const parts = decodeWith(new GenerateStreamDecoder({ keepRaw: false }), [JSON.stringify(DRAWN)])

  function messageOf(body: JsonObject): JsonObject {
    const [choice] = Array.isArray(body['choices']) ? body['choices'] : []
    return isJsonObject(choice) && isJsonObject(choice['message']) ? choice['message'] : {}
  }

  it('stand where hosts put them in chat completions', () => {
    const url = `data:image/png;base64,${data}`
    const body = encodeChatAnswer(drawn, { model: 'm', created: 1 })
    expect(messageOf(body)['images']).toEqual([{ type: 'image_url', image_url: { url } }])
    expect(parseChatAnswer(body).blocks).toContainEqual(drawn.blocks[0])
    const chat = new ChatStreamEncoder({ model: 'm', created: 1, includeUsage: false })
    const back = decodeWith(
      new ChatStreamDecoder(),
      parts.flatMap((part) => chat.write(part)),
    )
    expect(back).toContainEqual(expect.objectContaining({ kind: 'media', block: drawn.blocks[0] }))
  })

  it('are items of a response', () => {
    const body = encodeResponse(drawn, OPTIONS)
    expect(body['output']).toEqual([{ id: 'ig_1_0', type: 'image_generation_call', status: 'completed', result: data }])
  })

  it('go to Gemini clients as they came from elsewhere', () => {
    const from = parseChatAnswer(encodeChatAnswer(drawn, { model: 'm', created: 1 }))
    expect(JSON.stringify(encodeGenerateAnswer(from, { model: 'm' }))).toContain(data)
    const generate = new GenerateStreamEncoder({ model: 'm' })
    expect(parts.flatMap((part) => generate.write(part)).join('')).toContain(data)
  })

  it('have no place in messages, which is said', () => {
    expect(lostInAnswer(drawn.blocks, 'anthropic')).toEqual(['answer.images'])
    expect(lostInParts(parts, 'anthropic')).toEqual(['answer.images'])
    expect(lostInAnswer(drawn.blocks, 'openai-chat')).toEqual([])
    const sound = { kind: 'audio', source: { kind: 'data', mime: 'audio/wav', base64: 'AA==' } } as const
    expect(lostInAnswer([sound], 'openai-responses')).toEqual(['answer.audio'])
  })
})
