import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeMessage, readMessage } from '../../../src/wire/anthropic/answer.ts'
import { encodeMessagesRequest } from '../../../src/wire/anthropic/encode-request.ts'
import { parseMessagesRequest } from '../../../src/wire/anthropic/parse-request.ts'
import type { CanonicalRequest } from '../../../src/wire/canonical.ts'
import { readProviderError } from '../../../src/wire/error-body.ts'
import { GatewayError } from '../../../src/wire/errors.ts'
import { encodeGenerateAnswer, readGenerateAnswer } from '../../../src/wire/gemini/answer.ts'
import { encodeEmbedRequest, parseEmbedRequest, readEmbedAnswer } from '../../../src/wire/gemini/embeddings.ts'
import { encodeGenerateRequest } from '../../../src/wire/gemini/encode-request.ts'
import { parseGenerateRequest } from '../../../src/wire/gemini/parse-request.ts'
import type { JsonValue } from '../../../src/wire/json.ts'
import { encodeChatAnswer, readChatAnswer } from '../../../src/wire/openai-chat/answer.ts'
import { completeChatAnswer } from '../../../src/wire/openai-chat/complete-answer.ts'
import { encodeChatRequest } from '../../../src/wire/openai-chat/encode-request.ts'
import { parseChatRequest } from '../../../src/wire/openai-chat/parse-request.ts'
import { encodeEmbeddingsRequest } from '../../../src/wire/openai-embeddings/encode-request.ts'
import { parseEmbeddingsRequest } from '../../../src/wire/openai-embeddings/parse-request.ts'
import { encodeResponse } from '../../../src/wire/openai-responses/answer.ts'
import { echoOf } from '../../../src/wire/openai-responses/echo.ts'
import { parseResponsesRequest } from '../../../src/wire/openai-responses/parse-request.ts'
import { readResponse } from '../../../src/wire/openai-responses/read-answer.ts'
import { relayedRequest, withoutReferences } from '../../../src/wire/openai-responses/relay-request.ts'
import type { AnswerReading } from '../../../src/wire/reading.ts'
import { isJsonObject } from '../../../src/wire/json.ts'
import { request as anthropicRequest } from './anthropic/arbitraries.ts'
import { request as geminiRequest } from './gemini/arbitraries.ts'
import { mutated } from './mutate.ts'
import { request as chatRequest } from './openai-chat/arbitraries.ts'
import { recordedJson } from './recorded-file.ts'
import { RESPONSES_REQUESTS } from './responses-samples.ts'

/** Either the result or that it was refused with an error of ours; anything else fails the test. */
function orRefusal<T>(run: () => T): T | null {
  try {
    return run()
  } catch (error) {
    if (error instanceof GatewayError && error.code !== 'internal_error') return null
    throw error
  }
}

function samples(arbitrary: fc.Arbitrary<CanonicalRequest>, write: (one: CanonicalRequest) => unknown): JsonValue[] {
  return fc.sample(arbitrary, { seed: 5, numRuns: 40 }).map((one): JsonValue => JSON.parse(JSON.stringify(write(one))))
}

const FORMATS = [
  {
    name: 'chat completions',
    bodies: samples(chatRequest, (one) => encodeChatRequest(one, { model: 'm', includeUsage: true })),
    parse: (body: unknown) => parseChatRequest(body),
  },
  {
    name: 'responses',
    bodies: RESPONSES_REQUESTS,
    parse: (body: unknown) => parseResponsesRequest(body, () => ({ type: 'message', role: 'user', content: 'x' })),
  },
  {
    name: 'messages',
    bodies: samples(anthropicRequest, (one) => encodeMessagesRequest(one, { model: 'claude-sonnet-4-6' }).body),
    parse: (body: unknown) => parseMessagesRequest(body),
  },
  {
    name: 'generateContent',
    bodies: samples(geminiRequest, (one) => encodeGenerateRequest(one, { model: 'gemini-3-flash-preview' }).body),
    parse: (body: unknown) => parseGenerateRequest(body, { model: 'm', stream: false }),
  },
] as const

describe.each(FORMATS)('damaged requests in $name', ({ bodies, parse }) => {
  it('are refused with the field at fault, or can be said in every format', () => {
    let accepted = 0
    fc.assert(
      fc.property(mutated(bodies), (body) => {
        const request = orRefusal(() => parse(body))
        if (request === null) return
        accepted += 1
        const said = [
          orRefusal(() => encodeChatRequest(request, { model: 'm', includeUsage: true })),
          ...['claude-sonnet-4-6', 'claude-opus-4-8', 'claude-3-haiku'].map((model) =>
            orRefusal(() => encodeMessagesRequest(request, { model }).body),
          ),
          ...['gemini-2.5-pro', 'gemini-3-flash'].map((model) =>
            orRefusal(() => encodeGenerateRequest(request, { model }).body),
          ),
        ]
        if (isJsonObject(body))
          said.push(
            relayedRequest(
              withoutReferences(body, () => null),
              request,
              'gpt-5',
            ).body,
          )
        for (const one of said) expect(() => JSON.stringify(one)).not.toThrow()
      }),
      { seed: 81, numRuns: 400 },
    )
    expect(accepted).toBeGreaterThan(20)
  })
})

describe('damaged requests for embeddings', () => {
  const texts = { model: 'm', input: ['one', 'two'], dimensions: 3, encoding_format: 'base64', user: 'u' }
  const part = { content: { parts: [{ text: 'one' }] }, taskType: 'CLUSTERING', outputDimensionality: 3 }
  const parsers: readonly (readonly [readonly JsonValue[], (body: unknown) => CanonicalRequest])[] = [
    [[texts, { ...texts, input: [1, 2] }, { ...texts, input: [[1], [2]] }], parseEmbeddingsRequest],
    [[part], (body) => parseEmbedRequest(body, { model: 'm', batch: false })],
    [[{ requests: [part, part] }], (body) => parseEmbedRequest(body, { model: 'm', batch: true })],
  ]

  it.each(parsers)('are refused with the field at fault, or can be said in both formats (%#)', (bodies, parse) => {
    fc.assert(
      fc.property(mutated(bodies), (body) => {
        const request = orRefusal(() => parse(body))
        const asked = request?.embeddings
        if (request === null || asked === undefined) return
        const said = [encodeEmbeddingsRequest(request, 'm'), orRefusal(() => encodeEmbedRequest(request, asked, 'm'))]
        for (const one of said) expect(() => JSON.stringify(one)).not.toThrow()
        // An answer that was damaged as well is an answer only with a vector for each input.
        const reading = readEmbedAnswer(body, asked)
        const found = reading.kind === 'answer' ? (reading.answer.embeddings?.length ?? 0) : asked.inputs.length
        expect(found).toBe(asked.inputs.length)
      }),
      { seed: 83, numRuns: 300 },
    )
  })
})

const ANSWERS: readonly (readonly [string, readonly string[], (body: unknown) => AnswerReading])[] = [
  ['chat completions', ['openai-text', 'deepseek-tool-call', 'mistral-reasoning', 'xai-text'], readChatAnswer],
  ['messages', ['anthropic/anthropic-refusal', 'anthropic/anthropic-claude-opus-5-reasoning-high.1'], readMessage],
  ['generateContent', ['gemini/google-tool-call-gemini3', 'gemini/google-429-retry-info'], readGenerateAnswer],
  ['responses', ['responses/openai-web-search-tool.1', 'responses/openai-reasoning-encrypted-content.1'], readResponse],
]

describe.each(ANSWERS)('damaged answers in %s', (_, files, read) => {
  it('are never taken for more than they are, and what is read can be said in every format', () => {
    const bodies = files.map((file): JsonValue => JSON.parse(JSON.stringify(recordedJson(`${file}.json`))))
    fc.assert(
      fc.property(mutated(bodies), (body) => {
        expect(() => readProviderError(body)).not.toThrow()
        const reading = read(body)
        if (reading.kind !== 'answer') return
        const { answer } = reading
        const options = { model: 'm', created: 1, id: 'resp_1', echo: echoOf({}), customTools: new Set<string>() }
        for (const said of [
          encodeChatAnswer(answer, { model: 'm', created: 1 }),
          encodeMessage(answer, { model: 'm' }),
          encodeGenerateAnswer(answer, { model: 'm' }),
          encodeResponse(answer, options),
          isJsonObject(body) ? completeChatAnswer(body, { created: 1, id: 'x' }) : null,
        ])
          expect(() => JSON.stringify(said)).not.toThrow()
      }),
      { seed: 82, numRuns: 400 },
    )
  })
})
