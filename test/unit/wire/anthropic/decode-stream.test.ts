import { describe, expect, it } from 'vitest'
import { MessagesStreamDecoder } from '../../../../src/wire/anthropic/decode-stream.ts'
import { decodeWith, essence, recordedEvents } from '../recorded-file.ts'

function decode(file: string, keepRaw = false) {
  return decodeWith(new MessagesStreamDecoder({ keepRaw }), recordedEvents(`anthropic/${file}.chunks.txt`))
}

describe('recorded streams of Anthropic', () => {
  it('text', () => {
    const parts = decode('anthropic-text')
    expect(essence(parts)).toEqual([
      'start msg_01QC4g3HwBThD4BaNtBckFDJ claude-sonnet-4-5-20250929',
      "text Hello! I'm doing well, thank you for asking. How are you doing today? Is there anything I can help you with?",
      'finish stop',
      'usage ',
    ])
    expect(parts.at(-1)).toMatchObject({ usage: { input: 12, output: 30, reasoning: 0, basis: 'reported' } })
  })

  it('a call without arguments gets an empty object', () => {
    expect(essence(decode('anthropic-tool-no-args')).slice(2)).toEqual([
      'call 0 toolu_01QE1WLsSVp5hy5Q3GmGTmjP updateIssueList ',
      'args 0 {}',
      'finish tool_calls',
      'usage ',
    ])
  })

  it('arguments in fragments', () => {
    const args = '{"elements": [{"location": "San Francisco", "temperature": 58, "condition": "sunny"}]}'
    expect(essence(decode('anthropic-json-tool.1'))[2]).toBe(`args 0 ${args}`)
  })

  it('thought with its seal before the text', () => {
    const lines = essence(decode('anthropic-clear-thinking.1'))
    expect(lines.slice(1, 4).map((line) => line.slice(0, 60))).toEqual([
      'reasoning The previous result was 925. Now I need to divide ',
      'reasoning sealed by anthropic ',
      'text 925 ÷ 5 = 185',
    ])
  })

  it('a refusal without any content ends as filtered, with its explanation', () => {
    expect(essence(decode('anthropic-refusal')).slice(1)).toEqual([
      expect.stringMatching(/^refusal This request triggered restrictions/),
      'finish content_filter',
      'usage ',
    ])
  })

  it('input tokens that the last event corrects', () => {
    const usage = decode('anthropic-message-delta-input-tokens').at(-1)
    expect(usage).toMatchObject({ kind: 'usage', usage: { input: 61, output: 2 } })
  })

  it('tools that the provider runs itself are left out, with their usage counted', () => {
    const parts = decode('anthropic-code-execution-20260120-prompt-cache.1')
    expect(essence(parts).some((line) => line.includes('is **650**.'))).toBe(true)
    expect(parts.at(-1)).toMatchObject({ usage: { input: 6, cacheRead: 6289, cacheWrite5m: 3337, output: 198 } })
  })

  it('a start that is sent twice counts once', () => {
    expect(essence(decode('duplicate-message-start'))).toEqual([
      'start msg_dup claude-3-haiku-20240307',
      'text Hello, World!',
      'finish stop',
      'usage ',
    ])
  })

  it('a second answer inside the first is an error, not an answer', () => {
    const decoder = new MessagesStreamDecoder({ keepRaw: false })
    const events = recordedEvents('anthropic/spliced-message-start.chunks.txt').map((line) => decoder.push(line))
    expect(events.find(({ kind }) => kind !== 'parts')).toEqual({
      kind: 'malformed',
      message: 'the stream starts a second answer',
    })
  })

  it('keep every event but pings for a client of the same format, once and in order', () => {
    const file = 'anthropic-fallback'
    const raws = decode(file, true).flatMap(({ raw }) => (raw === undefined || raw === '' ? [] : [raw]))
    const lines = recordedEvents(`anthropic/${file}.chunks.txt`)
    expect(raws).toEqual(lines.filter((line) => !line.includes('"message_stop"') && !line.includes('"ping"')))
  })
})

describe('broken streams', () => {
  const decoder = () => new MessagesStreamDecoder({ keepRaw: false })

  it('an error event is an error', () => {
    const payload = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    expect(decoder().push(payload)).toMatchObject({ kind: 'error', error: { type: 'overloaded_error' } })
  })

  it.each(['{"type":"content_block', '[]', '7'])('%s is malformed', (payload) => {
    expect(decoder().push(payload).kind).toBe('malformed')
  })

  it('the end without a stop reason is not finished', () => {
    const one = decoder()
    decodeWith(one, ['{"type":"message_start","message":{}}', '{"type":"message_stop"}'])
    expect(one.finished).toBe(false)
  })

  it('text without a start gets one', () => {
    const delta = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}'
    expect(essence(decodeWith(decoder(), [delta]))).toEqual(['start  ', 'text a'])
  })

  it('puts the type of a relayed event first, whatever order it came in', () => {
    const one = new MessagesStreamDecoder({ keepRaw: true })
    const given = '{"delta":{"text":"a","type":"text_delta"},"index":0,"type":"content_block_delta"}'
    const [, text] = decodeWith(one, [given])
    expect(text?.raw).toMatch(/^\{"type":"content_block_delta",/)
    expect(JSON.parse(text?.raw ?? '')).toEqual(JSON.parse(given))
  })
})
