import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { JsonObject } from '../../src/wire/json.ts'
import type { Ask } from './billed-ask.ts'

/** What the provider says that it used; all of the prompt went into its cache. */
export interface Used {
  readonly input: number
  readonly output: number
}

const SAID = ['one ', 'two ', 'three']
/** Between two pieces of a stream, so that clients can leave in the middle. */
const PIECE_MS = 3

/** The answer as one body. */
export function wholeAnswer(response: ServerResponse, ask: Ask, used: Used): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(WHOLE[ask.kind](ask, used)))
}

/** The answer as events, with its usage last. Goes on to the end, whoever listens. */
export async function streamedAnswer(response: ServerResponse, ask: Ask, used: Used): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of streamOf(ask, used)) {
    if (response.destroyed) return
    response.write(event)
    await delay(PIECE_MS)
  }
  response.end()
}

const chatUsage = ({ input, output }: Used): JsonObject => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: input },
})
const messagesUsage = ({ input, output }: Used): JsonObject => ({
  input_tokens: 0,
  cache_creation_input_tokens: input,
  cache_read_input_tokens: 0,
  output_tokens: output,
})
/** Gemini writes no cache by itself. */
const geminiUsage = ({ input, output }: Used): JsonObject => ({
  promptTokenCount: input,
  candidatesTokenCount: output,
  totalTokenCount: input + output,
})

const message = { id: 'msg_up', type: 'message', role: 'assistant', model: 'up', stop_sequence: null }

const WHOLE: Readonly<Record<Ask['kind'], (ask: Ask, used: Used) => JsonObject>> = {
  chat: ({ choices }, used) => ({
    id: 'up-1',
    object: 'chat.completion',
    created: 1,
    model: 'up',
    choices: Array.from({ length: choices }, (_, index) => ({
      index,
      message: { role: 'assistant', content: SAID.join('') },
      finish_reason: 'length',
    })),
    usage: chatUsage(used),
  }),
  messages: (_ask, used) => ({
    ...message,
    content: [{ type: 'text', text: SAID.join('') }],
    stop_reason: 'max_tokens',
    usage: messagesUsage(used),
  }),
  gemini: (_ask, used) => ({
    candidates: [
      { index: 0, content: { role: 'model', parts: [{ text: SAID.join('') }] }, finishReason: 'MAX_TOKENS' },
    ],
    usageMetadata: geminiUsage(used),
    modelVersion: 'up',
  }),
  embeddings: ({ inputs }, { input }) => ({
    object: 'list',
    model: 'up',
    data: Array.from({ length: inputs }, (_, index) => ({ object: 'embedding', index, embedding: [0.1, 0.2] })),
    usage: { prompt_tokens: input, total_tokens: input },
  }),
}

function streamOf(ask: Ask, used: Used): string[] {
  switch (ask.kind) {
    case 'chat':
      return chatStream(ask, used)
    case 'messages':
      return messagesStream(used)
    case 'gemini':
      return geminiStream(used)
    case 'embeddings':
      return []
  }
}

function chatStream({ choices }: Ask, used: Used): string[] {
  const chunk = (members: JsonObject): string =>
    `data: ${JSON.stringify({ id: 'up-1', object: 'chat.completion.chunk', created: 1, model: 'up', ...members })}\n\n`
  const each = (members: (index: number) => JsonObject): string =>
    chunk({ choices: Array.from({ length: choices }, (_, index) => ({ index, ...members(index) })), usage: null })
  return [
    ...SAID.map((content) => each(() => ({ delta: { role: 'assistant', content }, finish_reason: null }))),
    each(() => ({ delta: {}, finish_reason: 'length' })),
    chunk({ choices: [], usage: chatUsage(used) }),
    'data: [DONE]\n\n',
  ]
}

function messagesStream(used: Used): string[] {
  const event = (type: string, members: JsonObject): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`
  return [
    event('message_start', {
      message: { ...message, content: [], stop_reason: null, usage: messagesUsage({ ...used, output: 1 }) },
    }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...SAID.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'max_tokens', stop_sequence: null },
      usage: { output_tokens: used.output },
    }),
    event('message_stop', {}),
  ]
}

function geminiStream(used: Used): string[] {
  const chunk = (text: string, members: JsonObject = {}, rest: JsonObject = {}): string =>
    `data: ${JSON.stringify({
      candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...members }],
      modelVersion: 'up',
      ...rest,
    })}\n\n`
  const [last = '', ...before] = SAID.toReversed()
  return [
    ...before.toReversed().map((text) => chunk(text)),
    chunk(last, { finishReason: 'MAX_TOKENS' }, { usageMetadata: geminiUsage(used) }),
  ]
}
