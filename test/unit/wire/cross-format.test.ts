import { describe, expect, it } from 'vitest'
import { encodeMessage, parseMessage } from '../../../src/wire/anthropic/answer.ts'
import { MessagesStreamDecoder } from '../../../src/wire/anthropic/decode-stream.ts'
import { encodeMessagesRequest } from '../../../src/wire/anthropic/encode-request.ts'
import { MessagesStreamEncoder } from '../../../src/wire/anthropic/encode-stream.ts'
import { parseMessagesRequest } from '../../../src/wire/anthropic/parse-request.ts'
import type { CanonicalRequest } from '../../../src/wire/canonical.ts'
import { encodeGenerateAnswer, parseGenerateAnswer } from '../../../src/wire/gemini/answer.ts'
import { GenerateStreamDecoder } from '../../../src/wire/gemini/decode-stream.ts'
import { encodeGenerateRequest } from '../../../src/wire/gemini/encode-request.ts'
import { GenerateStreamEncoder } from '../../../src/wire/gemini/encode-stream.ts'
import { parseGenerateRequest } from '../../../src/wire/gemini/parse-request.ts'
import { isJsonObject } from '../../../src/wire/json.ts'
import { encodeChatAnswer } from '../../../src/wire/openai-chat/answer.ts'
import { ChatStreamDecoder } from '../../../src/wire/openai-chat/decode-stream.ts'
import { ChatStreamEncoder } from '../../../src/wire/openai-chat/encode-stream.ts'
import { parseChatRequest } from '../../../src/wire/openai-chat/parse-request.ts'
import { hasForeignSeals } from '../../../src/wire/signatures.ts'
import { decodeWith, essence, readBlocks, recordedEvents, recordedJson } from './recorded-file.ts'

const SEALED = {
  id: 'msg_1',
  type: 'message',
  model: 'claude-sonnet-4-5',
  content: [
    { type: 'thinking', thinking: 'hm', signature: 'c2VhbA==' },
    { type: 'redacted_thinking', data: 'aGlkZGVu' },
    { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
  ],
  stop_reason: 'tool_use',
}
const GOOGLE = recordedJson('gemini/google-tool-call-gemini3.json')
const GOOGLE_PART = {
  functionCall: { name: 'weather', args: { location: 'San Francisco' } },
  thoughtSignature: 'Eqo+Cqc+Ab4+9vtgONaaz6qwy6WXdp7gCd2w0X+Wz2gaBgY0Gv6A12JKo0y5vQwf9YQFyhMbKr1E9m17VT6HXd7jXzjaGYaE',
}

/** The next request of a chat client that sends the answer back whole. */
function chatBack(message: unknown, id: string): CanonicalRequest {
  const user = { role: 'user', content: 'a' }
  return parseChatRequest({ model: 'm', messages: [user, message, { role: 'tool', tool_call_id: id, content: 'r' }] })
}

function chatMessage(body: unknown): unknown {
  const { choices } = isJsonObject(body) ? body : {}
  const first: unknown = Array.isArray(choices) ? choices[0] : null
  return isJsonObject(first) ? first['message'] : null
}

function turn(body: unknown, list: 'messages' | 'contents'): unknown {
  const all: unknown = isJsonObject(body) ? body[list] : null
  return Array.isArray(all) ? all[1] : null
}

describe('seals and call ids come back to their provider', () => {
  it('from Anthropic through a chat client', () => {
    const message = chatMessage(encodeChatAnswer(parseMessage(SEALED), { model: 'm', created: 1 }))
    expect(message).toMatchObject({ reasoning_content: 'hm', tool_calls: [{ id: 'toolu_1' }] })
    const { body } = encodeMessagesRequest(chatBack(message, 'toolu_1'), { model: 'claude-sonnet-4-5' })
    expect(turn(body, 'messages')).toEqual({ role: 'assistant', content: SEALED.content })
  })

  it('from Anthropic through a chat client that put a stream together', () => {
    const message = {
      role: 'assistant',
      reasoning_content: 'hm',
      reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'c2VhbA==', format: 'anthropic-claude-v1' }],
      tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    }
    const { body } = encodeMessagesRequest(chatBack(message, 'toolu_1'), { model: 'claude-sonnet-4-5' })
    expect(turn(body, 'messages')).toMatchObject({ content: [SEALED.content[0], { type: 'tool_use' }] })
  })

  it('from Google through a chat client', () => {
    const message = chatMessage(encodeChatAnswer(parseGenerateAnswer(GOOGLE), { model: 'm', created: 1 }))
    const id = 'gwcall_JniLacKqGqH0xs0P0O776As_0'
    const { body } = encodeGenerateRequest(chatBack(message, id), { model: 'gemini-3-pro-preview' })
    expect(turn(body, 'contents')).toEqual({ role: 'model', parts: [GOOGLE_PART] })
  })

  it('from Google through a client of Anthropic', () => {
    const message = encodeMessage(parseGenerateAnswer(GOOGLE), { model: 'm' })
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: message['content'] ?? [] },
    ]
    const request = parseMessagesRequest({ model: 'm', max_tokens: 1, messages })
    expect(hasForeignSeals(request, 'anthropic')).toBe(true)
    const { body } = encodeGenerateRequest(request, { model: 'gemini-3-pro-preview' })
    expect(turn(body, 'contents')).toEqual({ role: 'model', parts: [GOOGLE_PART] })
    // Another provider gets the call without the seal.
    const other = encodeMessagesRequest(request, { model: 'claude-sonnet-4-5' })
    expect(turn(other.body, 'messages')).toMatchObject({ content: [{ type: 'tool_use', name: 'weather' }] })
    expect(other.dropped).toEqual(['messages.thinking'])
  })

  it('from Anthropic through a client of Google', () => {
    const given = { ...SEALED, content: SEALED.content.filter(({ type }) => type !== 'redacted_thinking') }
    const answer = encodeGenerateAnswer(parseMessage(given), { model: 'm' })
    const [candidate] = Array.isArray(answer['candidates']) ? answer['candidates'] : []
    const contents = [{ role: 'user', parts: [{ text: 'a' }] }, isJsonObject(candidate) ? candidate['content'] : null]
    const request = parseGenerateRequest({ contents }, { model: 'm', stream: false })
    const { body } = encodeMessagesRequest(request, { model: 'claude-sonnet-4-5' })
    expect(turn(body, 'messages')).toEqual({ role: 'assistant', content: given.content })
  })
})

describe('a call of another model', () => {
  it('says to Gemini 3 that its seal is not to be checked, once a turn', () => {
    const calls = ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }))
    const request = chatBack({ role: 'assistant', tool_calls: calls }, 'a')
    const parts = [
      { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'skip_thought_signature_validator' },
      { functionCall: { id: 'b', name: 'f', args: {} } },
    ]
    expect(turn(encodeGenerateRequest(request, { model: 'gemini-3-flash' }).body, 'contents')).toEqual({
      role: 'model',
      parts,
    })
    const old = encodeGenerateRequest(request, { model: 'gemini-2.5-flash' })
    expect(JSON.stringify(old.body)).not.toContain('thoughtSignature')
  })

  it('is answered under its name', () => {
    const call = { id: 'a', type: 'function', function: { name: 'weather', arguments: '{}' } }
    const { body } = encodeGenerateRequest(chatBack({ role: 'assistant', tool_calls: [call] }, 'a'), {
      model: 'gemini-2.5-pro',
    })
    const { contents } = body
    expect(Array.isArray(contents) ? contents[2] : null).toEqual({
      role: 'user',
      parts: [{ functionResponse: { id: 'a', name: 'weather', response: { result: 'r' } } }],
    })
  })
})

const STREAMS: readonly (readonly [string, () => ReturnType<typeof decodeWith>])[] = [
  ...['anthropic-text', 'anthropic-tool-no-args', 'anthropic-clear-thinking.1'].map(
    (file) =>
      [
        file,
        () => decodeWith(new MessagesStreamDecoder({ keepRaw: false }), recordedEvents(`anthropic/${file}.chunks.txt`)),
      ] as const,
  ),
  ...['google-text', 'google-tool-call', 'google-stream-no-args-tool-call'].map(
    (file) =>
      [
        file,
        () => decodeWith(new GenerateStreamDecoder({ keepRaw: false }), recordedEvents(`gemini/${file}.chunks.txt`)),
      ] as const,
  ),
  ...['deepseek-tool-call', 'mistral-reasoning', 'groq-tool-call'].map(
    (file) =>
      [file, () => decodeWith(new ChatStreamDecoder(), recordedEvents(`${file}.chunks.txt`)).map(withoutRaw)] as const,
  ),
]

function withoutRaw<T extends object>(part: T): T {
  const copy = { ...part }
  Reflect.deleteProperty(copy, 'raw')
  return copy
}

/** What every format can say of an answer: texts, thoughts, calls and the end. */
function told(parts: ReturnType<typeof decodeWith>): string[] {
  return essence(
    parts.filter(
      (part) => part.kind === 'text' || part.kind === 'finish' || (part.kind === 'reasoning' && part.text !== ''),
    ),
  ).concat(callsOf(parts))
}

function callsOf(parts: ReturnType<typeof decodeWith>): string[] {
  const found = new Map<number, string>()
  for (const part of parts) {
    if (part.kind !== 'tool_delta') continue
    found.set(part.index, `${found.get(part.index) ?? `${part.name ?? ''} `}${part.argumentsDelta}`)
  }
  return [...found.values()].map((one) =>
    one.replace(/ (\{.*)$/s, (_, args: string) => ` ${JSON.stringify(JSON.parse(args))}`),
  )
}

describe.each(STREAMS)('the recorded stream %s', (_, read) => {
  it('says the same to a client of each format', () => {
    const parts = read()
    const chat = new ChatStreamEncoder({ model: 'm', created: 1, includeUsage: true })
    const messages = new MessagesStreamEncoder({ model: 'm' })
    const generate = new GenerateStreamEncoder({ model: 'm' })
    const asChat = decodeWith(
      new ChatStreamDecoder(),
      parts.flatMap((part) => chat.write(part)),
    )
    const blocks = [...parts.flatMap((part) => messages.write(part)), ...messages.end()]
    const asMessages = decodeWith(
      new MessagesStreamDecoder({ keepRaw: false }),
      readBlocks(blocks).map(({ data }) => data),
    )
    const asGenerate = decodeWith(new GenerateStreamDecoder({ keepRaw: false }), [
      ...parts.flatMap((part) => generate.write(part)),
      ...generate.end(),
    ])
    for (const other of [asChat, asMessages, asGenerate]) expect(told(other)).toEqual(told(parts))
  })
})
