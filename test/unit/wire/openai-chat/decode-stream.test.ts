import { describe, expect, it } from 'vitest'
import type { StreamPart } from '../../../../src/wire/canonical.ts'
import { parseChatAnswer, readChatAnswer } from '../../../../src/wire/openai-chat/answer.ts'
import { ChatStreamDecoder } from '../../../../src/wire/openai-chat/decode-stream.ts'
import { decodeAll, outline, recordedBody, recordedChunks } from './recorded.ts'

/** A chunk with one choice. */
function chunk(delta: unknown, more: object = {}, top: object = {}): string {
  return JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 5,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
    ...top,
  })
}

const ROLE = chunk({ role: 'assistant', content: '', refusal: null })
const STOP = chunk({}, { finish_reason: 'stop' })
const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

function usageChunk(): string {
  return JSON.stringify({ id: 'c', choices: [], usage: USAGE })
}

function joined(parts: readonly StreamPart[], kind: 'text' | 'reasoning'): string {
  return parts.map((part) => (part.kind === kind ? part.text : '')).join('')
}

describe('chat stream', () => {
  it('gives the parts of a plain stream, each with the payload it came in', () => {
    const payloads = [ROLE, chunk({ content: 'Hel' }), chunk({ content: 'lo' }), STOP, usageChunk()]
    const parts = decodeAll([...payloads, '[DONE]'])
    expect(outline(parts)).toEqual(['start', 'text Hel', 'text lo', 'finish stop', 'usage'])
    expect(parts.map((part) => part.raw)).toEqual(payloads)
  })

  it.each([
    ['no choices and no usage', JSON.stringify({ id: 'c' })],
    ['a null delta', chunk(null)],
    ['no delta', JSON.stringify({ choices: [{ index: 0, finish_reason: null }] })],
    ['nothing new', chunk({ content: '' })],
    ['blank data', '  '],
  ])('passes over an event with %s', (_, payload) => {
    expect(outline(decodeAll([ROLE, payload, chunk({ content: 'a' }), STOP]))).toEqual([
      'start',
      'text a',
      'finish stop',
    ])
  })

  it('starts a stream that has no role, and does not relay a first chunk without one', () => {
    const parts = decodeAll([chunk({ content: 'a' }), STOP])
    expect(outline(parts)).toEqual(['start', 'text a', 'finish stop'])
    expect(parts.map((part) => part.raw)).toEqual([undefined, undefined, STOP])
  })

  it('holds back chunks without choices until the role has gone out', () => {
    const early = JSON.stringify({ choices: [], prompt_filter_results: [] })
    const parts = decodeAll([early, ROLE, chunk({ content: 'a' }), STOP])
    expect(outline(parts)).toEqual(['start', 'opaque', 'text a', 'finish stop'])
    expect(parts.filter((part) => part.raw === early)).toHaveLength(1)
  })

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['model_length', 'length'],
    ['function_call', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['eos', 'stop'],
  ])('maps the finish reason %s to %s', (given, wanted) => {
    expect(outline(decodeAll([ROLE, chunk({}, { finish_reason: given })]))).toEqual(['start', `finish ${wanted}`])
  })

  it('does not relay a finish reason that clients do not know', () => {
    const [, finish] = decodeAll([ROLE, chunk({}, { finish_reason: 'model_length' })])
    expect(finish).toEqual({ kind: 'finish', reason: 'length' })
  })

  it.each([
    ['an error object', JSON.stringify({ error: { message: 'busy', code: 'x' } }), 'busy'],
    ['an error beside choices', chunk({ content: '' }, {}, { error: { message: 'busy' } }), 'busy'],
    ['an error inside the choice', chunk({}, { error: { message: 'busy', code: 502 } }), 'busy'],
    ['the finish reason "error"', chunk({}, { finish_reason: 'error' }), ''],
    ['a finish without resources', chunk({}, { finish_reason: 'insufficient_system_resource' }), ''],
  ])('reports %s', (_, payload, message) => {
    const decoder = new ChatStreamDecoder()
    decoder.push(ROLE)
    expect(decoder.push(payload)).toMatchObject({ kind: 'error', error: { message } })
    expect(decoder.finished).toBe(false)
  })

  it.each([['{"choices":'], ['[]'], ['null'], ['"text"']])(
    'calls %s malformed and repeats nothing of it',
    (payload) => {
      const event = new ChatStreamDecoder().push(payload)
      expect(event).toEqual({ kind: 'malformed', message: 'an event of the stream is not a JSON object' })
    },
  )

  it('is finished by a finish reason alone, not by [DONE]', () => {
    const decoder = new ChatStreamDecoder()
    decoder.push(ROLE)
    expect(decoder.push('[DONE]').kind).toBe('done')
    expect(decoder.finished).toBe(false)
    decoder.push(STOP)
    expect(decoder.finished).toBe(true)
  })

  it('reports usage once, after the finish, wherever the host put it', () => {
    const everywhere = { usage: USAGE }
    const repeated = [ROLE, chunk({ content: 'a' }, {}, everywhere), chunk({}, { finish_reason: 'stop' }, everywhere)]
    expect(outline(decodeAll(repeated))).toEqual(['start', 'text a', 'finish stop', 'usage'])
    const before = [ROLE, chunk({ content: 'a' }), usageChunk(), STOP]
    expect(outline(decodeAll(before))).toEqual(['start', 'text a', 'finish stop', 'usage'])
    const unfinished = [ROLE, chunk({ content: 'a' }, {}, everywhere)]
    expect(outline(decodeAll(unfinished))).toEqual(['start', 'text a', 'usage'])
  })

  it('does not relay a chunk that carries usage besides its text', () => {
    const [, text] = decodeAll([ROLE, chunk({ content: 'a' }, {}, { usage: USAGE })])
    expect(text).toEqual({ kind: 'text', text: 'a' })
  })

  it('passes on what it does not read: further choices and unknown deltas', () => {
    const second = JSON.stringify({ choices: [{ index: 1, delta: { content: 'b' } }] })
    const audio = chunk({ audio: { data: 'AAAA' } })
    expect(decodeAll([ROLE, second, audio, STOP]).filter(({ kind }) => kind === 'opaque')).toEqual([
      { kind: 'opaque', raw: second },
      { kind: 'opaque', raw: audio },
    ])
  })

  it('reads reasoning under both names and writes down only the usual one', () => {
    const usual = chunk({ reasoning_content: 'a' })
    const parts = decodeAll([ROLE, usual, chunk({ reasoning: 'b' })])
    expect(parts.slice(1)).toEqual([
      { kind: 'reasoning', text: 'a', raw: usual },
      { kind: 'reasoning', text: 'b' },
    ])
  })
})

describe('recorded streams', () => {
  it.each([
    ['azure-model-router.1.chunks.txt', 'openai', 'Capital of Denmark.', /^$/, 'stop', [15, 0, 14, 64]],
    [
      'mistral-reasoning.chunks.txt',
      'mistral',
      '2 + 2 = 4',
      /^The user is asking for 2\+2\..*2\+2=4\.$/,
      'stop',
      [10, 0, 46, 0],
    ],
    ['xai-text.chunks.txt', 'xai', 'Hello', /^First, the/, 'stop', [1, 11, 1, 290]],
    ['moonshotai-stream.chunks.txt', 'openai', 'Hello!', /^T/, 'stop', [9, 0, 5, 7]],
  ] as const)('%s', (file, dialect, text, reasoning, finish, [input, cacheRead, output, thought]) => {
    const parts = decodeAll(recordedChunks(file), dialect)
    expect(parts[0]?.kind).toBe('start')
    expect(joined(parts, 'text')).toBe(text)
    expect(joined(parts, 'reasoning')).toMatch(reasoning)
    expect(parts.find(({ kind }) => kind === 'finish')).toMatchObject({ reason: finish })
    expect(parts.filter(({ kind }) => kind === 'usage')).toMatchObject([
      { usage: { input, cacheRead, output, reasoning: thought } },
    ])
  })

  it.each([
    ['alibaba-tool-call.chunks.txt', 'qwen', 'call_eee11723464a4b9eb8cee71d', '{"location": "San Francisco"}'],
    ['deepseek-tool-call.chunks.txt', 'deepseek', 'call_00_', '{"location": "San Francisco"}'],
    ['groq-tool-call.chunks.txt', 'groq', 'tk85n1k4m', '{}'],
    ['mistral-incremental-tool-call.chunks.txt', 'mistral', 'chatcmpl-tool-', '{"query": "current Berlin weather"}'],
    ['xai-tool-call.chunks.txt', 'xai', 'call_', '{"location":"San Francisco"}'],
  ] as const)('%s holds one whole tool call', (file, dialect, id, args) => {
    const deltas = decodeAll(recordedChunks(file), dialect).filter((part) => part.kind === 'tool_delta')
    expect(new Set(deltas.map(({ index }) => index))).toEqual(new Set([0]))
    expect(deltas[0]?.id?.startsWith(id)).toBe(true)
    expect(deltas.filter((part) => part.id !== undefined)).toHaveLength(1)
    expect(deltas.map(({ argumentsDelta }) => argumentsDelta).join('')).toBe(args)
  })
})

describe('recorded answers', () => {
  it('are read with text, reasoning, calls and usage', () => {
    expect(parseChatAnswer(recordedBody('mistral-reasoning.json'), 'mistral').blocks).toEqual([
      { kind: 'reasoning', text: 'The user is asking for 2+2. This is basic arithmetic. 2+2=4.' },
      { kind: 'text', text: '2 + 2 = 4' },
    ])
    expect(parseChatAnswer(recordedBody('xai-text.json'), 'xai').usage).toMatchObject({ output: 1, reasoning: 228 })
    expect(parseChatAnswer(recordedBody('openai-text.json')).usage).toMatchObject({ input: 16, output: 363 })
    const call = parseChatAnswer(recordedBody('deepseek-tool-call.json'), 'deepseek')
    expect(call.finish).toBe('tool_calls')
    expect(call.blocks.find(({ kind }) => kind === 'tool_use')).toMatchObject({
      name: 'weather',
      argumentsJson: '{"location": "San Francisco"}',
    })
  })

  it('are told from errors and from bodies that are no answers', () => {
    expect(readChatAnswer(recordedBody('reasoning-model-legacy-parameter-error.json'))).toMatchObject({
      kind: 'error',
      error: { code: 'unsupported_parameter', param: 'max_tokens' },
    })
    expect(readChatAnswer({ choices: [{ finish_reason: 'error', message: {} }] }).kind).toBe('error')
    for (const body of [null, [], 'x', {}, { choices: [] }, { choices: [{}] }, { choices: 'x' }]) {
      expect(readChatAnswer(body).kind).toBe('malformed')
    }
    expect(() => parseChatAnswer({ choices: [{}] })).toThrow('"choices[0].message" is not an object')
  })
})
