import { describe, expect, it } from 'vitest'
import { MessagesStreamDecoder } from '../../../src/wire/anthropic/decode-stream.ts'
import { MessagesStreamEncoder } from '../../../src/wire/anthropic/encode-stream.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import { GenerateStreamDecoder } from '../../../src/wire/gemini/decode-stream.ts'
import { GenerateStreamEncoder } from '../../../src/wire/gemini/encode-stream.ts'
import { ChatStreamDecoder } from '../../../src/wire/openai-chat/decode-stream.ts'
import { ChatStreamEncoder } from '../../../src/wire/openai-chat/encode-stream.ts'
import { echoOf } from '../../../src/wire/openai-responses/echo.ts'
import { ResponsesStreamEncoder } from '../../../src/wire/openai-responses/encode-stream.ts'
import { SseParser } from '../../../src/wire/sse.ts'
import { charactersTouched } from './work.ts'

const SMALL = 200
const LARGE = 1_600

/** Eight times the input may cost eight times the work and a little more; anything quadratic costs far more than that. */
const MOST = (LARGE / SMALL) * 1.25

function growth(run: (size: number) => void): number {
  return charactersTouched(() => run(LARGE)) / charactersTouched(() => run(SMALL))
}

/** Every character comes alone. */
function trickle(text: string): void {
  const parser = new SseParser()
  for (const character of text) parser.push(character)
  parser.end()
}

const TEXTS: readonly (readonly [string, (size: number) => string])[] = [
  ['one long line', (size) => `data: ${'x'.repeat(size)}\n\n`],
  ['many data lines of one event', (size) => `${'data: x\n'.repeat(size)}\n`],
  ['many events', (size) => 'data: x\n\n'.repeat(size)],
  ['carriage returns without a line feed', (size) => 'data: x\r'.repeat(size)],
  ['a line feed at the very end alone', (size) => `${'\r'.repeat(size)}\n`],
  ['comments', (size) => ': x\n'.repeat(size)],
  ['colons', (size) => `data${':'.repeat(size)}\n\n`],
]

describe.each(TEXTS)('the parser of event streams, with %s', (_, text) => {
  it('does work in proportion to the text, in one piece and in single characters', () => {
    const whole = growth((size) => void new SseParser().push(text(size)))
    const single = growth((size) => trickle(text(size)))
    expect(whole).toBeLessThan(MOST)
    expect(single).toBeLessThan(MOST)
  })
})

const start: StreamPart = { kind: 'start', id: 'a', model: 'm' }
const finish: StreamPart = { kind: 'finish', reason: 'tool_calls' }
const call = (index: number): StreamPart => ({
  kind: 'tool_delta',
  index,
  id: `c${index}`,
  name: 'f',
  argumentsDelta: '{"a":"',
})
const fragment = (index: number): StreamPart => ({ kind: 'tool_delta', index, argumentsDelta: 'xxxxxxxx' })
const numbered = (size: number): number[] => Array.from({ length: size }, (_, at) => at)

const ANSWERS: readonly (readonly [string, (size: number) => StreamPart[]])[] = [
  ['a long text in pieces', (size) => numbered(size).map(() => ({ kind: 'text', text: 'word ' }))],
  [
    'text and thought in turns',
    (size) => numbered(size).map((at) => ({ kind: at % 2 ? 'text' : 'reasoning', text: 'x' })),
  ],
  ['a refusal in pieces', (size) => numbered(size).map(() => ({ kind: 'refusal', text: 'no ' }))],
  ['one call with many fragments', (size) => [call(0), ...numbered(size).map(() => fragment(0))]],
  ['many calls that begin while one is incomplete', (size) => numbered(size).flatMap((at) => [call(at), fragment(0)])],
]

const WRITERS: readonly (readonly [string, () => { write(part: StreamPart): unknown; end?(): unknown }])[] = [
  ['chat completions', () => new ChatStreamEncoder({ model: 'm', created: 1, includeUsage: true })],
  ['messages', () => new MessagesStreamEncoder({ model: 'm' })],
  ['generateContent', () => new GenerateStreamEncoder({ model: 'm' })],
  [
    'responses',
    () => new ResponsesStreamEncoder({ id: 'r_1', model: 'm', created: 1, echo: echoOf({}), customTools: new Set() }),
  ],
]

describe.each(WRITERS)('the writer of %s', (_, make) => {
  it.each(ANSWERS)('does work in proportion to %s', (_name, parts) => {
    const factor = growth((size) => {
      const writer = make()
      for (const part of [start, ...parts(size), finish]) writer.write(part)
      writer.end?.()
    })
    expect(factor).toBeLessThan(MOST)
  })
})

const chunk = (delta: object): string => JSON.stringify({ id: 'a', choices: [{ index: 0, delta }] })
const piece = (args: object[]): string =>
  JSON.stringify({
    candidates: [{ content: { parts: [{ functionCall: { willContinue: true, partialArgs: args } }] } }],
  })

const STREAMS = [
  [
    'chat completions with calls that are never told apart',
    (size: number) => {
      const decoder = new ChatStreamDecoder()
      for (const at of numbered(size))
        decoder.push(chunk({ tool_calls: [{ id: `c${at}`, function: { name: 'f', arguments: '{"a":1}' } }] }))
      decoder.end()
    },
  ],
  [
    'chat completions that begin with chunks of no choice',
    (size: number) => {
      const decoder = new ChatStreamDecoder()
      for (const at of numbered(size)) decoder.push(JSON.stringify({ choices: [], x: at }))
      decoder.push(chunk({ content: 'a' }))
    },
  ],
  [
    'messages with a usage in every event',
    (size: number) => {
      const decoder = new MessagesStreamDecoder({ keepRaw: true })
      for (const at of numbered(size))
        decoder.push(JSON.stringify({ type: 'message_delta', delta: {}, usage: { output_tokens: at } }))
    },
  ],
  [
    'generateContent with arguments in pieces of one text',
    (size: number) => {
      const decoder = new GenerateStreamDecoder({ keepRaw: false })
      decoder.push(
        JSON.stringify({ candidates: [{ content: { parts: [{ functionCall: { name: 'f', willContinue: true } }] } }] }),
      )
      numbered(size).forEach(() => decoder.push(piece([{ jsonPath: '$.a', stringValue: 'xxxx' }])))
      decoder.push(
        JSON.stringify({ candidates: [{ content: { parts: [{ functionCall: {} }] }, finishReason: 'STOP' }] }),
      )
    },
  ],
] as const

describe.each(STREAMS)('the reader of %s', (_, run) => {
  it('does work in proportion to the stream', () => {
    expect(growth(run)).toBeLessThan(MOST)
  })
})
