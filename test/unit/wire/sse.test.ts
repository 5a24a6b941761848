import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sseData, SSE_DONE, SSE_KEEP_ALIVE, SseOverflowError, SseParser, type SseEvent } from '../../../src/wire/sse.ts'

function parse(pieces: readonly string[], maxEventChars?: number): SseEvent[] {
  const parser = new SseParser(maxEventChars)
  const events = pieces.flatMap((piece) => parser.push(piece))
  const last = parser.end()
  return last === null ? events : [...events, last]
}

/** Cuts a text at the given positions. */
function cut(text: string, positions: readonly number[]): string[] {
  const sorted = [...new Set(positions.map((position) => position % (text.length + 1)))].sort((a, b) => a - b)
  return [...sorted, text.length].map((end, index) => text.slice(index === 0 ? 0 : sorted[index - 1], end))
}

describe('SSE parser', () => {
  it.each([
    ['LF', 'data: a\n\ndata: b\n\n'],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n'],
    ['CR', 'data: a\r\rdata: b\r\r'],
    ['no blank after the colon', 'data:a\n\ndata:b\n\n'],
    ['a byte order mark', '\uFEFFdata: a\n\ndata: b\n\n'],
    ['comments as blocks and glued to an event', ': hello\n\ndata: a\n\n: again\ndata: b\n: inside\n\n'],
    ['unknown fields', 'id: 7\nretry: 10\ndata: a\n\nfoo\ndata: b\n\n'],
    ['a last event without its blank line', 'data: a\n\ndata: b\n'],
    ['a last line without its end', 'data: a\n\ndata: b'],
  ])('reads %s', (_, text) => {
    expect(parse([text]).map(({ data }) => data)).toEqual(['a', 'b'])
  })

  it('joins data lines, keeps the event name for its event alone, and drops one blank only', () => {
    const events = parse(['event: delta\ndata:  two\ndata: lines\n\ndata: x\n\n'])
    expect(events).toEqual([
      { event: 'delta', data: ' two\nlines' },
      { event: null, data: 'x' },
    ])
  })

  it('does not send an event for a name without data', () => {
    expect(parse(['event: ping\n\n'])).toEqual([])
  })

  it('gives the same events however the text is cut', () => {
    const line = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ' ', ':', 'é', '😀', '{', '}') }).map((text) => `data:${text}`),
      fc.constantFrom(': note', 'event: x', 'data', '', 'id: 1'),
    )
    const text = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
      .map((lines) => lines.map(([content, end]) => content + end).join(''))
    fc.assert(
      fc.property(text, fc.array(fc.nat()), (whole, positions) => {
        expect(parse(cut(whole, positions))).toEqual(parse([whole]))
      }),
      { seed: 11, numRuns: 500 },
    )
  })

  it('reads back what the writer wrote', () => {
    const payload = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/\r\n?/g, '\n'))
    fc.assert(
      fc.property(fc.array(payload), (payloads) => {
        const text = payloads.map((one) => SSE_KEEP_ALIVE + sseData(one)).join('')
        expect(parse([text]).map(({ data }) => data)).toEqual(payloads)
      }),
      { seed: 12, numRuns: 300 },
    )
    expect(parse([SSE_DONE])).toEqual([{ event: null, data: '[DONE]' }])
  })

  it('refuses an event over the limit, in one line, in many lines and in many pieces', () => {
    expect(() => parse([`data: ${'x'.repeat(101)}\n\n`], 100)).toThrow(SseOverflowError)
    expect(() => parse(['data: xxxxx\n'.repeat(30)], 100)).toThrow(SseOverflowError)
    expect(() => parse(['data:\n'.repeat(200)], 100)).toThrow(SseOverflowError)
    expect(() =>
      parse(
        Array.from({ length: 60 }, () => 'xx'),
        100,
      ),
    ).toThrow(SseOverflowError)
  })

  it('does not add up finished events or comments towards the limit', () => {
    expect(parse(['data: 1234567890\n\n'.repeat(50)], 100)).toHaveLength(50)
    const pieces = ['data: ', ...Array.from({ length: 40 }, () => 'xx'), '\n', '\n']
    expect(parse([...pieces, ...pieces], 100)).toHaveLength(2)
    expect(parse(Array.from({ length: 100 }, () => [': a', ' comment\n']).flat(), 100)).toEqual([])
    expect(
      parse(
        Array.from({ length: 100 }, () => ': a long comment without any event\n'),
        100,
      ),
    ).toEqual([])
  })
})
