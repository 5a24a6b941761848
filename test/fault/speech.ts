import { openAiWithResponses } from './speech-responses.ts'

/** What a provider in good health says; with letters of several bytes, so that cuts inside them would show. */
export const ANSWER = 'Äpfel und Birnen: the answer is forty-two – 四十二.'
/** Where the stream is cut into chunks. */
const PIECES = [ANSWER.slice(0, 9), ANSWER.slice(9, 25), ANSWER.slice(25)]

/** Ways of failing that every format has its own words for. */
export type Trouble = 'broken' | 'busy' | 'rate' | 'key' | 'model' | 'long' | 'wrong'

/** A provider's format: the same things said in other words. Pieces of a stream are SSE text. */
export interface Speech {
  readonly kind: 'openai' | 'openai-compatible' | 'anthropic' | 'gemini'
  /** A whole answer, as JSON. */
  readonly whole: string
  /** An answer that is in order but for its content. */
  readonly hollow: string
  /** What comes before the first content. */
  readonly role: string
  text(text: string): string
  /** The end with its reason and usage. */
  readonly finish: string
  /** What follows the end; a format may have nothing of the kind. */
  readonly done: string
  readonly keepAlive: string
  error(trouble: Trouble): unknown
  /** The error inside a stream. */
  failure(trouble: Trouble): string
  /** What is spoken at an address, where a provider has several formats. Absent: this one everywhere. */
  at?(url: string): Speech
}

/** An event without a name. */
function event(data: string): string {
  return `data: ${data}\n\n`
}

function named(...bodies: readonly { readonly type: string; readonly [member: string]: unknown }[]): string {
  return bodies.map((body) => `event: ${body.type}\n${event(JSON.stringify(body))}`).join('')
}

/** The pieces of text of a streamed answer. */
export function contentOf(speech: Speech): readonly string[] {
  return PIECES.map((piece) => speech.text(piece))
}

export function wholeStream(speech: Speech): string {
  return [speech.role, ...contentOf(speech), speech.finish, speech.done].join('')
}

const MESSAGES: Readonly<Record<Trouble, string>> = {
  broken: 'it broke',
  busy: 'Overloaded',
  rate: 'slow down',
  key: 'not a key that is known',
  model: 'no such model',
  long: 'prompt is too long: 9 tokens > 8 maximum',
  wrong: 'wrong field',
}

function openAi(): Speech {
  const usage = { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 }
  const codes: Readonly<Record<Trouble, readonly [code: string | null, type: string]>> = {
    broken: [null, 'server_error'],
    busy: ['overloaded', 'server_error'],
    rate: ['rate_limit_exceeded', 'requests'],
    key: ['invalid_api_key', 'invalid_request_error'],
    model: ['model_not_found', 'invalid_request_error'],
    long: ['context_length_exceeded', 'invalid_request_error'],
    wrong: [null, 'invalid_request_error'],
  }
  const error = (trouble: Trouble): unknown => {
    const [code, type] = codes[trouble]
    return { error: { message: MESSAGES[trouble], type, param: null, code } }
  }
  const body = (choices: readonly unknown[], more: object = {}): string =>
    event(JSON.stringify({ id: 'up-1', object: 'chat.completion.chunk', created: 1, model: 'up', choices, ...more }))
  const chunk = (delta: object, finish: string | null = null): string =>
    body([{ index: 0, delta, finish_reason: finish }], { usage: null })
  const answer = (choices: readonly unknown[]): string =>
    JSON.stringify({ id: 'up-1', object: 'chat.completion', created: 1, model: 'up', choices, usage })
  const message = { role: 'assistant', content: ANSWER, refusal: null }
  return {
    kind: 'openai-compatible',
    whole: answer([{ index: 0, message, logprobs: null, finish_reason: 'stop' }]),
    hollow: answer([]),
    role: chunk({ role: 'assistant', content: '' }),
    text: (content) => chunk({ content }),
    finish: `${chunk({}, 'stop')}${body([], { usage })}`,
    done: event('[DONE]'),
    keepAlive: ': keep-alive\n\n',
    error,
    failure: (trouble) => event(JSON.stringify(error(trouble))),
  }
}

function anthropic(): Speech {
  const types: Readonly<Record<Trouble, string>> = {
    broken: 'api_error',
    busy: 'overloaded_error',
    rate: 'rate_limit_error',
    key: 'authentication_error',
    model: 'not_found_error',
    long: 'invalid_request_error',
    wrong: 'invalid_request_error',
  }
  const error = (trouble: Trouble) => ({
    type: 'error',
    error: { type: types[trouble], message: MESSAGES[trouble] },
    request_id: 'req_1',
  })
  const usage = { input_tokens: 9, output_tokens: 12 }
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'up', stop_sequence: null }
  const answer = (content: readonly unknown[]): string =>
    JSON.stringify({ ...head, content, stop_reason: 'end_turn', usage })
  const started = { ...head, content: [], stop_reason: null, usage: { input_tokens: 9, output_tokens: 1 } }
  return {
    kind: 'anthropic',
    whole: answer([{ type: 'text', text: ANSWER }]),
    hollow: answer([]),
    role: named(
      { type: 'message_start', message: started },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
    ),
    text: (text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    finish: named(
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 12 } },
    ),
    done: named({ type: 'message_stop' }),
    keepAlive: named({ type: 'ping' }),
    error,
    failure: (trouble) => named(error(trouble)),
  }
}

function gemini(): Speech {
  const codes: Readonly<Record<Trouble, readonly [code: number, status: string]>> = {
    broken: [500, 'INTERNAL'],
    busy: [503, 'UNAVAILABLE'],
    rate: [429, 'RESOURCE_EXHAUSTED'],
    key: [400, 'INVALID_ARGUMENT'],
    model: [404, 'NOT_FOUND'],
    long: [400, 'INVALID_ARGUMENT'],
    wrong: [400, 'INVALID_ARGUMENT'],
  }
  const error = (trouble: Trouble): unknown => {
    const [code, status] = codes[trouble]
    const message = trouble === 'key' ? 'API key not valid. Please pass a valid API key.' : MESSAGES[trouble]
    return { error: { code, message, status } }
  }
  const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 12, totalTokenCount: 21 }
  const body = (candidates: readonly unknown[], more: object = {}): string =>
    JSON.stringify({ candidates, modelVersion: 'up', responseId: 'up-1', ...more })
  const candidate = (parts: readonly unknown[], more: object = {}): object => ({
    content: { role: 'model', parts },
    index: 0,
    ...more,
  })
  return {
    kind: 'gemini',
    whole: body([candidate([{ text: ANSWER }], { finishReason: 'STOP' })], { usageMetadata }),
    hollow: body([candidate([], { finishReason: 'STOP' })], { usageMetadata }),
    role: event(body([candidate([])])),
    text: (text) => event(body([candidate([{ text }])])),
    finish: event(body([candidate([], { finishReason: 'STOP' })], { usageMetadata })),
    done: '',
    keepAlive: ': keep-alive\n\n',
    error,
    failure: (trouble) => event(JSON.stringify(error(trouble))),
  }
}

/** The formats that a provider may speak. */
export const SPEECHES: readonly Speech[] = [openAi(), anthropic(), gemini(), openAiWithResponses(openAi(), ANSWER)]
