import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessagesStreamDecoder } from '../../../src/wire/anthropic/decode-stream.ts'
import { MessagesStreamEncoder } from '../../../src/wire/anthropic/encode-stream.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import { GenerateStreamDecoder } from '../../../src/wire/gemini/decode-stream.ts'
import { GenerateStreamEncoder } from '../../../src/wire/gemini/encode-stream.ts'
import { ChatStreamDecoder } from '../../../src/wire/openai-chat/decode-stream.ts'
import { ChatStreamEncoder } from '../../../src/wire/openai-chat/encode-stream.ts'
import type { JsonValue } from '../../../src/wire/json.ts'
import { echoOf } from '../../../src/wire/openai-responses/echo.ts'
import { ResponsesStreamDecoder } from '../../../src/wire/openai-responses/decode-stream.ts'
import { ResponsesStreamEncoder } from '../../../src/wire/openai-responses/encode-stream.ts'
import type { StreamDecoder } from '../../../src/wire/reading.ts'
import { sseData, SseParser } from '../../../src/wire/sse.ts'
import { mutated } from './mutate.ts'
import { essence, recordedEvents } from './recorded-file.ts'

interface Writer {
  write(part: StreamPart): readonly string[]
  end?(): readonly string[]
}

interface Sample {
  readonly name: string
  readonly payloads: readonly string[]
  readonly decoder: () => StreamDecoder
  /** Keeps the provider's payloads, for the writer of the same format. */
  readonly relaying: () => StreamDecoder
  readonly writer: () => Writer
}

const MESSAGES = ['anthropic-json-tool.1', 'anthropic-clear-thinking.1', 'anthropic-fallback', 'anthropic-refusal']
const GENERATE = ['google-text', 'google-stream-tool-call-arguments', 'google-reasoning-gemini3', 'google-tool-call']
const CHAT = ['deepseek-tool-call', 'mistral-reasoning', 'groq-tool-call', 'azure-model-router.1', 'xai-tool-call']

const messagesWriter = (): Writer => new MessagesStreamEncoder({ model: 'm' })
const generateWriter = (): Writer => new GenerateStreamEncoder({ model: 'm' })
const chatWriter = (): Writer => new ChatStreamEncoder({ model: 'm', created: 1, includeUsage: true })
const responsesWriter = (): Writer =>
  new ResponsesStreamEncoder({ id: 'resp_1', model: 'm', created: 1, echo: echoOf({}), customTools: new Set() })

const RESPONSES = ['openai-web-search-tool.1', 'openai-phase.1', 'openai-reasoning-encrypted-content.1']

const SAMPLES: readonly Sample[] = [
  ...MESSAGES.map((name) => ({
    name,
    payloads: recordedEvents(`anthropic/${name}.chunks.txt`),
    decoder: () => new MessagesStreamDecoder({ keepRaw: name === 'anthropic-fallback' }),
    relaying: () => new MessagesStreamDecoder({ keepRaw: true }),
    writer: messagesWriter,
  })),
  ...GENERATE.map((name) => ({
    name,
    payloads: recordedEvents(`gemini/${name}.chunks.txt`),
    decoder: () => new GenerateStreamDecoder({ keepRaw: name === 'google-text' }),
    relaying: () => new GenerateStreamDecoder({ keepRaw: true }),
    writer: generateWriter,
  })),
  ...CHAT.map((name) => ({
    name,
    payloads: recordedEvents(`${name}.chunks.txt`),
    decoder: () => new ChatStreamDecoder('deepseek'),
    relaying: () => new ChatStreamDecoder('deepseek'),
    writer: chatWriter,
  })),
  ...RESPONSES.map((name) => ({
    name,
    payloads: firstAnswer(recordedEvents(`responses/${name}.chunks.txt`)),
    decoder: () => new ResponsesStreamDecoder(),
    relaying: () => new ResponsesStreamDecoder(),
    writer: responsesWriter,
  })),
]

/** Files of this format may hold several answers. */
function firstAnswer(payloads: readonly string[]): string[] {
  return payloads.slice(0, payloads.findIndex((payload) => payload.startsWith('{"type":"response.completed"')) + 1)
}

/** What a reader of a stream gets of text that comes in pieces; an error ends it. */
function read(pieces: readonly string[], decoder: StreamDecoder): { parts: StreamPart[]; broken: boolean } {
  const parser = new SseParser()
  const parts: StreamPart[] = []
  for (const piece of pieces) {
    for (const { data } of parser.push(piece)) {
      const event = decoder.push(data)
      if (event.kind === 'error' || event.kind === 'malformed') return { parts, broken: true }
      parts.push(...event.parts)
      if (event.kind === 'done') return { parts: [...parts, ...decoder.end()], broken: false }
    }
  }
  return { parts: [...parts, ...decoder.end()], broken: false }
}

function cutAt(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((from, index) => text.slice(from, at[index]))
}

/** Whatever was read can be written to any client. */
function writeToAll(parts: readonly StreamPart[]): void {
  for (const writer of [messagesWriter(), generateWriter(), chatWriter(), responsesWriter()]) {
    for (const { raw: _raw, ...part } of parts) if (part.kind !== 'opaque') writer.write(part)
    writer.end?.()
  }
}

const places = fc.array(fc.nat(), { maxLength: 40 })
const ends = fc.constantFrom('\n', '\r\n', '\r')

describe.each(SAMPLES)('$name', ({ payloads, decoder, relaying, writer }) => {
  const whole = payloads.map((payload) => sseData(payload)).join('')

  it('is read the same wherever it is cut and whatever its line ends are', () => {
    const wanted = essence(read([whole], decoder()).parts)
    fc.assert(
      fc.property(places, ends, (at, end) => {
        const text = whole.replaceAll('\n', end)
        expect(essence(read(cutAt(text, at), decoder()).parts)).toEqual(wanted)
      }),
      { seed: 71, numRuns: 60 },
    )
  })

  it('can be damaged inside its events without making anything throw', () => {
    const events = payloads.map((payload): JsonValue => JSON.parse(payload))
    fc.assert(
      fc.property(mutated([events]), (damaged) => {
        const text = (Array.isArray(damaged) ? damaged : [damaged]).map((event) => sseData(JSON.stringify(event)))
        expect(() => writeToAll(read(text, decoder()).parts)).not.toThrow()
        // For a client of the same format too, every payload that goes out is one that clients can parse.
        const own = writer()
        const { parts } = read(text, relaying())
        const sent = [...parts.flatMap((part) => own.write(part)), ...(own.end?.() ?? [])]
        for (const one of sent) expect(() => void JSON.parse(one.replace(/^event: [^]*?\ndata: /, ''))).not.toThrow()
      }),
      { seed: 73, numRuns: 150 },
    )
  })

  it('never looks finished when it was cut, and no damage makes it throw', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.integer({ min: 0, max: 60 }),
      insert: fc.string({ maxLength: 8 }),
    })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let text = whole
        for (const { at, remove, insert } of edits) {
          const from = at % (text.length + 1)
          text = text.slice(0, from) + insert + text.slice(from + remove)
        }
        const { parts } = read([text], decoder())
        expect(() => writeToAll(parts)).not.toThrow()
      }),
      { seed: 72, numRuns: 150 },
    )
    const last = payloads.findLastIndex((payload) =>
      /"(?:stop_reason|finishReason|finish_reason)":"|^\{"type":"response\.completed"/.test(payload),
    )
    for (let kept = 0; kept < last; kept += 1) {
      const one = decoder()
      read(
        [
          payloads
            .slice(0, kept)
            .map((payload) => sseData(payload))
            .join(''),
        ],
        one,
      )
      expect(one.finished).toBe(false)
    }
  })
})
