import { isJsonObject, type JsonObject, type JsonValue } from '../../src/wire/json.ts'
import type { Speech } from './speech.ts'

/** What one event of a stream says to a client of the format. */
export interface Heard {
  readonly text?: string
  readonly error?: string
  /** The marker after which a client takes the answer for whole. */
  readonly complete?: boolean
}

/** A kind of client, as far as the suite needs it. */
export interface ClientFormat {
  readonly name: string
  /** The kind of provider that speaks the same format. */
  readonly speaks: Speech['kind']
  /** Statuses that the format does not know, with what stands for them. */
  readonly statuses: Readonly<Record<number, number>>
  path(stream: boolean): string
  body(stream: boolean): JsonObject
  wholeText(body: JsonObject): string
  hear(event: string | null, data: string): Heard
}

function at(value: JsonValue | undefined, ...path: (string | number)[]): JsonValue | undefined {
  let found = value
  for (const step of path) {
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined
    else found = isJsonObject(found) ? found[step] : undefined
  }
  return found
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function errorCode(body: JsonValue): string | undefined {
  const error = at(body, 'error')
  if (error === undefined || error === null) return undefined
  return text(at(error, 'code')) || text(at(error, 'type')) || 'error'
}

const chat: ClientFormat = {
  name: 'chat',
  speaks: 'openai-compatible',
  statuses: {},
  path: () => '/v1/chat/completions',
  body: (stream) => ({ model: 'auto', messages: [{ role: 'user', content: 'hi' }], stream }),
  wholeText: (body) => text(at(body, 'choices', 0, 'message', 'content')),
  hear(_event, data) {
    if (data === '[DONE]') return { complete: true }
    const body: JsonValue = JSON.parse(data)
    const error = errorCode(body)
    return { text: text(at(body, 'choices', 0, 'delta', 'content')), ...(error === undefined ? {} : { error }) }
  },
}

const messages: ClientFormat = {
  name: 'messages',
  speaks: 'anthropic',
  statuses: { 503: 529 },
  path: () => '/v1/messages',
  body: (stream) => ({ model: 'auto', max_tokens: 200, messages: [{ role: 'user', content: 'hi' }], stream }),
  wholeText: (body) => text(at(body, 'content', 0, 'text')),
  hear(event, data) {
    const body: JsonValue = JSON.parse(data)
    if (event === 'message_stop') return { complete: true }
    const error = event === 'error' ? (errorCode(body) ?? 'error') : undefined
    return { text: text(at(body, 'delta', 'text')), ...(error === undefined ? {} : { error }) }
  },
}

const responses: ClientFormat = {
  name: 'responses',
  speaks: 'openai',
  statuses: {},
  path: () => '/v1/responses',
  body: (stream) => ({ model: 'auto', input: 'hi', stream, store: false }),
  wholeText: (body) => text(at(body, 'output', 0, 'content', 0, 'text')),
  hear(_event, data) {
    const body: JsonValue = JSON.parse(data)
    const type = text(at(body, 'type'))
    if (type === 'response.completed') return { complete: true }
    if (type === 'error' || type === 'response.failed') return { error: type }
    return { text: type === 'response.output_text.delta' ? text(at(body, 'delta')) : '' }
  },
}

const gemini: ClientFormat = {
  name: 'gemini',
  speaks: 'gemini',
  statuses: { 502: 500 },
  path: (stream) =>
    stream ? '/v1beta/models/auto:streamGenerateContent?alt=sse' : '/v1beta/models/auto:generateContent',
  body: () => ({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }),
  wholeText: (body) => text(at(body, 'candidates', 0, 'content', 'parts', 0, 'text')),
  hear(_event, data) {
    const body: JsonValue = JSON.parse(data)
    const error = errorCode(body)
    return {
      text: text(at(body, 'candidates', 0, 'content', 'parts', 0, 'text')),
      complete: at(body, 'candidates', 0, 'finishReason') !== undefined,
      ...(error === undefined ? {} : { error }),
    }
  },
}

export const CLIENT_FORMATS: readonly ClientFormat[] = [chat, messages, responses, gemini]
