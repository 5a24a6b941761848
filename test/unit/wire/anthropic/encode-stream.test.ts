import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessagesStreamDecoder } from '../../../../src/wire/anthropic/decode-stream.ts'
import { MessagesStreamEncoder } from '../../../../src/wire/anthropic/encode-stream.ts'
import type { StreamPart } from '../../../../src/wire/canonical.ts'
import { GatewayError } from '../../../../src/wire/errors.ts'
import { decodeWith, essence, readBlocks, recordedEvents } from '../recorded-file.ts'

const START: StreamPart = { kind: 'start', id: 'x', model: 'up' }
const STOP: StreamPart = { kind: 'finish', reason: 'stop' }
const USED: StreamPart = {
  kind: 'usage',
  usage: { input: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0, basis: 'reported' },
}

function write(parts: readonly StreamPart[]): { event: string; data: string }[] {
  const encoder = new MessagesStreamEncoder({ model: 'm', id: 'msg_1', inputTokens: 7 })
  return readBlocks([...parts.flatMap((part) => encoder.write(part)), ...encoder.end()])
}

/** Checks the order of events as the format demands it and gives the decoded parts. */
function check(events: readonly { event: string; data: string }[]): StreamPart[] {
  let open: number | null = null
  let next = 0
  const wrong: string[] = []
  for (const { event, data } of events) {
    const body: { type: string; index?: number } = JSON.parse(data)
    const starts = event === 'content_block_start'
    const inside = event === 'content_block_delta' || event === 'content_block_stop'
    if (body.type !== event) wrong.push(`type of ${event}`)
    if ((body.index ?? null) !== (starts ? next : inside ? open : null)) wrong.push(`index of ${data}`)
    if (!inside && open !== null) wrong.push(`open at ${data}`)
    if (starts) {
      open = next
      next += 1
    }
    if (event === 'content_block_stop') open = null
  }
  expect(wrong).toEqual([])
  const names = events.map(({ event }) => event)
  expect(names[0]).toBe('message_start')
  expect(names.slice(-2)).toEqual(['message_delta', 'message_stop'])
  const payloads = events.map(({ data }) => data)
  return decodeWith(new MessagesStreamDecoder({ keepRaw: false }), payloads)
}

describe('a stream for Anthropic clients', () => {
  it('opens and closes a block for each kind, with usage at the end', () => {
    const events = write([
      START,
      { kind: 'reasoning', text: 'hm' },
      { kind: 'text', text: 'a' },
      { kind: 'text', text: 'b' },
      { kind: 'tool_delta', index: 0, id: 'c1', name: 'f', argumentsDelta: '{"a"' },
      { kind: 'tool_delta', index: 0, argumentsDelta: ':1}' },
      { kind: 'finish', reason: 'tool_calls' },
      {
        kind: 'usage',
        usage: { input: 5, cacheRead: 3, cacheWrite5m: 2, cacheWrite1h: 1, output: 4, reasoning: 6, basis: 'reported' },
      },
    ])
    expect(check(events).length).toBeGreaterThan(0)
    expect(events.map(({ data }) => JSON.parse(data) as unknown)).toEqual([
      expect.objectContaining({
        message: expect.objectContaining({ id: 'x', model: 'm', usage: { input_tokens: 7, output_tokens: 1 } }),
      }),
      expect.objectContaining({ index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
      expect.objectContaining({ index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } }),
      { type: 'content_block_stop', index: 0 },
      expect.objectContaining({ index: 1, content_block: { type: 'text', text: '' } }),
      expect.objectContaining({ index: 1, delta: { type: 'text_delta', text: 'a' } }),
      expect.objectContaining({ index: 1, delta: { type: 'text_delta', text: 'b' } }),
      { type: 'content_block_stop', index: 1 },
      expect.objectContaining({ index: 2, content_block: { type: 'tool_use', id: 'c1', name: 'f', input: {} } }),
      expect.objectContaining({ index: 2, delta: { type: 'input_json_delta', partial_json: '{"a"' } }),
      expect.objectContaining({ index: 2, delta: { type: 'input_json_delta', partial_json: ':1}' } }),
      { type: 'content_block_stop', index: 2 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null, stop_details: null },
        usage: {
          input_tokens: 5,
          cache_creation_input_tokens: 3,
          cache_read_input_tokens: 3,
          cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 1 },
          output_tokens: 10,
          output_tokens_details: { thinking_tokens: 6 },
        },
      },
      { type: 'message_stop' },
    ])
  })

  it('keeps fragments of mixed parallel calls apart', () => {
    const parts = check(
      write([
        START,
        { kind: 'tool_delta', index: 0, id: 'a', name: 'f', argumentsDelta: '{"x":' },
        { kind: 'tool_delta', index: 1, id: 'b', name: 'g', argumentsDelta: '{"y":' },
        { kind: 'tool_delta', index: 0, argumentsDelta: '1}' },
        { kind: 'tool_delta', index: 1, argumentsDelta: '2}' },
        { kind: 'finish', reason: 'tool_calls' },
      ]),
    )
    expect(essence(parts).slice(1, 5)).toEqual(['call 0 a f ', 'args 0 {"x":1}', 'call 1 b g ', 'args 1 {"y":2}'])
  })

  it('carries the seal of another provider in front of the call it belongs to', () => {
    const parts = check(
      write([
        START,
        {
          kind: 'tool_delta',
          index: 0,
          id: 'a',
          name: 'f',
          argumentsDelta: '{}',
          signature: 'c2ln',
          signedBy: 'gemini',
        },
        STOP,
      ]),
    )
    expect(parts[1]).toMatchObject({ kind: 'reasoning', text: '', signature: expect.stringMatching(/c2ln$/) })
  })

  it('ends with a refusal when the model said no', () => {
    const [delta] = write([START, { kind: 'refusal', text: 'no' }, STOP]).slice(-2)
    expect(JSON.parse(delta?.data ?? '')).toMatchObject({
      delta: { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'no' } },
    })
  })

  it('reports a late failure as an error event', () => {
    const encoder = new MessagesStreamEncoder({ model: 'm' })
    const [event] = readBlocks([encoder.fail(new GatewayError('deadline_exceeded', 'too late'), 'req_1')])
    expect(event?.event).toBe('error')
    expect(JSON.parse(event?.data ?? '')).toEqual({
      type: 'error',
      error: { type: 'timeout_error', message: 'too late', details: { error_code: 'deadline_exceeded' } },
      request_id: 'req_1',
    })
  })

  it('is well formed whatever parts come, and reads back as the same answer', () => {
    const text = fc.string({ minLength: 1, maxLength: 5 })
    const part = fc.oneof(
      text.map((value): StreamPart => ({ kind: 'text', text: value })),
      text.map((value): StreamPart => ({ kind: 'reasoning', text: value })),
      fc.constant<StreamPart>({ kind: 'reasoning', text: '', signature: 'seal', signedBy: 'anthropic' }),
      fc.constant<StreamPart>({ kind: 'reasoning', text: '', redacted: 'hidden', signedBy: 'anthropic' }),
    )
    const calls = fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.integer()), { maxLength: 3 })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), calls, (parts, given) => {
        const tools = given.flatMap((args, index): StreamPart[] => [
          { kind: 'tool_delta', index, id: `c${index}`, name: 'f', argumentsDelta: '' },
          ...JSON.stringify(args)
            .split('')
            .map((piece): StreamPart => ({
              kind: 'tool_delta',
              index,
              argumentsDelta: piece,
            })),
        ])
        const all: StreamPart[] = [START, ...parts, ...tools, STOP, USED]
        expect(essence(check(write(all)))).toEqual(essence(all).map((line) => line.replace(/^start .*/, 'start x m')))
      }),
      { seed: 41, numRuns: 300 },
    )
  })
})

describe('a stream from the same format', () => {
  it('is relayed event by event under the model name of the gateway', () => {
    const lines = recordedEvents('anthropic/anthropic-fallback.chunks.txt')
    const parts = decodeWith(new MessagesStreamDecoder({ keepRaw: true }), lines)
    const events = write(parts)
    expect(events[0]?.data).toBe((lines[0] ?? '').replace('"claude-fable-5"', '"m"'))
    expect(events.slice(1).map(({ data }) => data)).toEqual(lines.slice(1))
  })

  it('takes a changed text into the block that the provider opened', () => {
    const lines = recordedEvents('anthropic/anthropic-text.chunks.txt')
    const parts = decodeWith(new MessagesStreamDecoder({ keepRaw: true }), lines).map((part): StreamPart =>
      part.kind === 'text' ? { kind: 'text', text: part.text.toUpperCase() } : part,
    )
    expect(essence(check(write(parts)))[1]).toMatch(/^text HELLO! I'M DOING WELL/)
  })
})
