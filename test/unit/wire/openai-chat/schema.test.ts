import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorBody } from '../../../../src/wire/error-body.ts'
import { GatewayError } from '../../../../src/wire/errors.ts'
import { isJsonObject } from '../../../../src/wire/json.ts'
import { encodeChatAnswer } from '../../../../src/wire/openai-chat/answer.ts'
import { completeChatAnswer } from '../../../../src/wire/openai-chat/complete-answer.ts'
import { encodeChatRequest } from '../../../../src/wire/openai-chat/encode-request.ts'
import { ChatStreamEncoder } from '../../../../src/wire/openai-chat/encode-stream.ts'
import { answerParts } from '../../../../src/upstream/answer-parts.ts'
import { answer, request } from './arbitraries.ts'
import { decodeAll, recordedBody, recordedChunks } from './recorded.ts'

const document = recordedBody('openai-chat.schema.json')
if (!isJsonObject(document)) throw new Error('the schema is no object')
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema(document)

function validator(name: string): ValidateFunction {
  const found = ajv.getSchema(`openai-chat#/$defs/${name}`)
  if (found === undefined) throw new Error(`no schema ${name}`)
  return found
}

/** What the schema says against the value; empty when it fits. */
function objections(validate: ValidateFunction, value: unknown): string[] {
  const plain: unknown = JSON.parse(JSON.stringify(value))
  return validate(plain) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** OpenAI itself sends `usage: null` in all chunks but the last; its schema has forgotten that. */
function chunkObjections(payload: string): string[] {
  const chunk: unknown = JSON.parse(payload)
  if (!isJsonObject(chunk)) return ['no object']
  const { usage, ...rest } = chunk
  return objections(isChunk, usage === null ? rest : chunk)
}

const isRequest = validator('CreateChatCompletionRequest')
const isAnswer = validator('CreateChatCompletionResponse')
const isChunk = validator('CreateChatCompletionStreamResponse')

describe('the published schema accepts', () => {
  it('every request that we write', () => {
    const inRange = request.map((given) => ({
      ...given,
      sampling:
        given.sampling.stop === undefined ? {} : { stop: given.sampling.stop.slice(0, 4).concat('x').slice(0, 4) },
      messages: given.messages.map((message) => ({ ...message, blocks: message.blocks.slice(0, 4) })),
    }))
    fc.assert(
      fc.property(inRange, (given) => {
        const body = encodeChatRequest(given, { model: given.model, includeUsage: true })
        expect(objections(isRequest, body)).toEqual([])
      }),
      { seed: 71, numRuns: 300 },
    )
  })

  it('every answer that we write', () => {
    fc.assert(
      fc.property(answer, (given) => {
        expect(objections(isAnswer, encodeChatAnswer(given, { model: 'm', created: 1 }))).toEqual([])
      }),
      { seed: 72, numRuns: 300 },
    )
  })

  it('every chunk that we write', () => {
    fc.assert(
      fc.property(answer, fc.boolean(), (given, includeUsage) => {
        const encoder = new ChatStreamEncoder({ model: 'm', created: 1, includeUsage })
        for (const part of answerParts(given)) {
          for (const payload of encoder.write(part)) expect(chunkObjections(payload)).toEqual([])
        }
      }),
      { seed: 73, numRuns: 300 },
    )
  })

  it.each(['openai-text', 'mistral-reasoning', 'xai-text', 'deepseek-tool-call'])('%s after completion', (name) => {
    const body = recordedBody(`${name}.json`)
    if (!isJsonObject(body)) throw new Error('no object')
    expect(objections(isAnswer, completeChatAnswer(body, { created: 1, id: 'c' }))).toEqual([])
  })

  it.each([
    ['deepseek-tool-call.chunks.txt', 'deepseek'],
    ['alibaba-tool-call.chunks.txt', 'qwen'],
    ['xai-text.chunks.txt', 'xai'],
    ['mistral-reasoning.chunks.txt', 'mistral'],
    ['moonshotai-stream.chunks.txt', 'openai'],
    ['groq-tool-call.chunks.txt', 'groq'],
  ] as const)('what a client gets of %s', (file, dialect) => {
    const encoder = new ChatStreamEncoder({ model: 'm', created: 1, includeUsage: true })
    const anew = decodeAll(recordedChunks(file), dialect).flatMap((part) =>
      part.raw === undefined ? encoder.write(part) : [],
    )
    expect(anew.length).toBeGreaterThan(0)
    expect(anew.flatMap(chunkObjections)).toEqual([])
  })

  it('every error that we write, and would not accept one without its four keys', () => {
    const isError = validator('ErrorResponse')
    const body = errorBody(new GatewayError('model_not_found', 'unknown model', { data: { closest: [] } }))
    expect(objections(isError, body)).toEqual([])
    expect(objections(isError, { error: { message: 'm', type: 't' } })).not.toEqual([])
  })
})
