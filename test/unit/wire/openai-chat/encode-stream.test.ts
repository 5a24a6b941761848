import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamPart } from '../../../../src/wire/canonical.ts'
import { isJsonObject, type JsonObject } from '../../../../src/wire/json.ts'
import { ChatStreamEncoder } from '../../../../src/wire/openai-chat/encode-stream.ts'
import { decodeAll, recordedChunks } from './recorded.ts'

const USAGE = {
  input: 3,
  cacheRead: 1,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 2,
  reasoning: 0,
  basis: 'reported',
} as const

function encodeAll(parts: readonly StreamPart[], includeUsage: boolean): JsonObject[] {
  const encoder = new ChatStreamEncoder({ model: 'm', created: 9, includeUsage, id: 'own' })
  return parts
    .flatMap((part) => encoder.write(part))
    .map((payload) => {
      const chunk: unknown = JSON.parse(payload)
      if (!isJsonObject(chunk)) throw new Error('not an object')
      return chunk
    })
}

function withoutRaw(parts: readonly StreamPart[]): StreamPart[] {
  return parts
    .filter((part) => part.kind !== 'opaque')
    .map((part) => {
      const copy = { ...part }
      delete copy.raw
      return copy
    })
}

describe('chat stream for a client', () => {
  it('sends the role first, choices always, and one head for all chunks', () => {
    const chunks = encodeAll(
      [
        { kind: 'start', id: 'x', model: 'served', created: 4 },
        { kind: 'text', text: 'a' },
        { kind: 'finish', reason: 'stop' },
        { kind: 'usage', usage: USAGE },
      ],
      true,
    )
    const head = { id: 'x', object: 'chat.completion.chunk', created: 4, model: 'served' }
    const choice = { index: 0, logprobs: null, finish_reason: null }
    expect(chunks).toEqual([
      { ...head, choices: [{ ...choice, delta: { role: 'assistant', content: '', refusal: null } }], usage: null },
      { ...head, choices: [{ ...choice, delta: { content: 'a' } }], usage: null },
      { ...head, choices: [{ ...choice, delta: {}, finish_reason: 'stop' }], usage: null },
      {
        ...head,
        choices: [],
        usage: {
          prompt_tokens: 4,
          completion_tokens: 2,
          total_tokens: 6,
          prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 0, audio_tokens: 0 },
          completion_tokens_details: {
            reasoning_tokens: 0,
            audio_tokens: 0,
            accepted_prediction_tokens: 0,
            rejected_prediction_tokens: 0,
          },
        },
      },
    ])
  })

  it('leaves usage out for a client that did not ask, also when it came ready to relay', () => {
    const parts: StreamPart[] = [
      { kind: 'start', id: 'x', model: 'm' },
      { kind: 'finish', reason: 'stop' },
      { kind: 'usage', usage: USAGE, raw: '{"choices":[],"usage":{}}' },
    ]
    expect(encodeAll(parts, false)).toHaveLength(2)
    expect(encodeAll(parts, false).every((chunk) => !('usage' in chunk))).toBe(true)
  })

  it('sends a role of its own when the stream begins without one', () => {
    const [first, second] = encodeAll([{ kind: 'text', text: 'a' }], false)
    expect(first).toMatchObject({ id: 'own', model: 'm', created: 9, choices: [{ delta: { role: 'assistant' } }] })
    expect(second).toMatchObject({ choices: [{ delta: { content: 'a' } }] })
  })

  it('puts the index on every tool call, id and name on the first alone', () => {
    const deltas = encodeAll(
      [
        { kind: 'tool_delta', index: 1, id: 'a', name: 'f', argumentsDelta: '' },
        { kind: 'tool_delta', index: 1, argumentsDelta: '{}' },
      ],
      false,
    )
    expect(deltas.slice(1).map(({ choices }) => choices)).toMatchObject([
      [{ delta: { tool_calls: [{ index: 1, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] } }],
      [{ delta: { tool_calls: [{ index: 1, function: { arguments: '{}' } }] } }],
    ])
  })

  it('relays every part of a plain OpenAI stream as it came', () => {
    const payloads = recordedChunks('azure-model-router.1.chunks.txt')
    const encoder = new ChatStreamEncoder({ model: 'm', created: 1, includeUsage: true })
    const relayed = decodeAll(payloads).flatMap((part) => encoder.write(part))
    expect(relayed.toSorted()).toEqual(payloads.toSorted())
    expect(relayed[0]).toContain('"role":"assistant"')
  })

  it.each(['deepseek-tool-call', 'xai-text', 'mistral-reasoning', 'groq-tool-call', 'alibaba-tool-call'])(
    'says the same after encoding %s anew',
    (name) => {
      const parts = withoutRaw(decodeAll(recordedChunks(`${name}.chunks.txt`)))
      const again = encodeAll(parts, true).map((chunk) => JSON.stringify(chunk))
      expect(withoutRaw(decodeAll(again))).toEqual(parts)
    },
  )

  it('encodes any parts so that they decode to the same', () => {
    const text = fc.string({ minLength: 1 })
    const body: fc.Arbitrary<StreamPart> = fc.oneof(
      text.map((value): StreamPart => ({ kind: 'text', text: value })),
      text.map((value): StreamPart => ({ kind: 'reasoning', text: value })),
      text.map((value): StreamPart => ({ kind: 'refusal', text: value })),
    )
    fc.assert(
      fc.property(fc.array(body), fc.constantFrom('stop', 'length', 'content_filter'), (middle, reason) => {
        const parts: StreamPart[] = [
          { kind: 'start', id: 'i', model: 'm', created: 3 },
          ...middle,
          { kind: 'finish', reason },
          { kind: 'usage', usage: USAGE },
        ]
        const payloads = encodeAll(parts, true).map((chunk) => JSON.stringify(chunk))
        expect(withoutRaw(decodeAll(payloads))).toEqual(parts)
      }),
      { seed: 41, numRuns: 200 },
    )
  })
})
