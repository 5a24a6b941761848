import { describe, expect, it } from 'vitest'
import { parseMessagesRequest } from '../../../src/wire/anthropic/parse-request.ts'
import { parseGenerateRequest } from '../../../src/wire/gemini/parse-request.ts'
import { parseChatRequest } from '../../../src/wire/openai-chat/parse-request.ts'
import type { UpstreamCall, UpstreamResult } from '../../../src/pipeline/ports.ts'
import type { JsonObject } from '../../../src/wire/json.ts'
import { callProvider, PROVIDERS } from './provider-formats.ts'
import { makeCall, startStream } from './support.ts'

const CHAT: JsonObject = { model: 'auto', stream: true, messages: [{ role: 'user', content: 'hi' }] }
const MESSAGES: JsonObject = { ...CHAT, max_tokens: 9 }
const GOOGLE: JsonObject = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }

/** Streaming calls of clients that speak the provider's own format, to whom events without a part are passed on. */
const CALLS: Readonly<Record<(typeof PROVIDERS)[number]['kind'], UpstreamCall>> = {
  openai: { ...makeCall(), body: CHAT, request: parseChatRequest(CHAT) },
  anthropic: { ...makeCall(), body: MESSAGES, request: parseMessagesRequest(MESSAGES, { headers: {} }) },
  gemini: { ...makeCall(), body: GOOGLE, request: parseGenerateRequest(GOOGLE, { model: 'auto', stream: true }) },
}

async function streamed(kind: keyof typeof CALLS, events: readonly object[]): Promise<UpstreamResult> {
  const provider = PROVIDERS.find((one) => one.kind === kind)
  if (provider === undefined) throw new Error(kind)
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  const { result } = await callProvider(
    provider,
    (response) => {
      startStream(response)
      response.end(body)
    },
    CALLS[kind],
  )
  return result
}

function chatChunk(delta: object, finish: string | null = null): object {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices }
}

const filters = { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] }
const opened = { type: 'message_start', message: { id: 'm', model: 'm', usage: { input_tokens: 3 } } }
const textBlock = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
const closed = { type: 'content_block_stop', index: 0 }
const searchBlock = {
  type: 'content_block_start',
  index: 0,
  content_block: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
}
const ended = [
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 0 } },
  { type: 'message_stop' },
]
function candidate(parts: readonly object[], more: object = {}): object {
  return { candidates: [{ content: { role: 'model', parts }, index: 0, ...more }], responseId: 'r' }
}
const STOP = { finishReason: 'STOP' }
const IMAGE = { inlineData: { mimeType: 'image/png', data: 'aGk=' } }

describe('a stream that a client of the same format gets as it is', () => {
  it.each([
    ['openai', 'role and finish', [chatChunk({ role: 'assistant', content: '' }), chatChunk({}, 'stop')]],
    ['openai', 'a chunk about filters', [filters, chatChunk({ role: 'assistant' }), chatChunk({}, 'stop')]],
    ['anthropic', 'no block', [opened, ...ended]],
    ['anthropic', 'an empty block', [opened, { type: 'ping' }, textBlock, closed, ...ended]],
    [
      'anthropic',
      'an empty delta',
      [opened, textBlock, { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '' } }, ...ended],
    ],
    ['gemini', 'no part', [candidate([]), candidate([], STOP)]],
    ['gemini', 'an empty text', [candidate([{ text: '' }]), candidate([{ text: '' }]), candidate([], STOP)]],
  ] as const)('%s: is empty with %s', async (kind, _what, events) => {
    expect(await streamed(kind, events)).toMatchObject({ kind: 'failed', failure: 'empty' })
  })

  it.each([
    [
      'openai',
      'sound',
      [chatChunk({ role: 'assistant' }), chatChunk({ audio: { data: 'aGk=' } }), chatChunk({}, 'stop')],
    ],
    ['anthropic', 'a search of the provider', [opened, searchBlock, closed, ...ended]],
    ['gemini', 'an image', [candidate([]), candidate([IMAGE]), candidate([], STOP)]],
    ['gemini', 'an image in its only event', [candidate([IMAGE], STOP)]],
  ] as const)('%s: is not empty with %s', async (kind, _what, events) => {
    expect((await streamed(kind, events)).kind).toBe('stream')
  })
})
