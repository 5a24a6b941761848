import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordedAnswer, RecordedLookup } from '../../../src/upstream/ports.ts'
import { RecordedUpstream } from '../../../src/upstream/recorded.ts'
import { piecesOf, words } from '../../../src/upstream/text-pieces.ts'
import { collect, makeCall, streamCall, textOf, virtualTime } from './support.ts'

const ANSWER: RecordedAnswer = {
  kind: 'hit',
  id: 'fx_1',
  answer: {
    id: 'c1',
    model: 'm-2024',
    blocks: [
      { kind: 'reasoning', text: 'hm' },
      { kind: 'text', text: 'Hello world' },
      { kind: 'tool_use', id: 't1', name: 'f', argumentsJson: '{}' },
    ],
    finish: 'stop',
    usage: null,
  },
  firstTokenMs: 100,
  totalMs: 400,
  chunks: { atMs: [100, 150, 300], length: [2, 3, 6] },
}

function recorded(found: ReturnType<RecordedLookup['find']>, streamSpeed = 1) {
  const { sleep, slept } = virtualTime()
  const asked: string[] = []
  const lookup: RecordedLookup = {
    find: (_, model) => {
      asked.push(model)
      return found
    },
  }
  return { upstream: new RecordedUpstream({ lookup, streamSpeed, sleep }), slept, asked }
}

describe('recorded upstream', () => {
  it('sends a stream again in the pieces and at the times of the recording', async () => {
    const { upstream, slept, asked } = recorded(ANSWER)
    const result = await upstream.call(streamCall())
    const parts = result.kind === 'stream' ? await collect(result) : null
    expect(parts).toEqual([
      { kind: 'start', id: 'c1', model: 'm-2024' },
      { kind: 'reasoning', text: 'hm' },
      { kind: 'text', text: 'He' },
      { kind: 'text', text: 'llo' },
      { kind: 'text', text: ' world' },
      { kind: 'tool_delta', index: 0, id: 't1', name: 'f', argumentsDelta: '{}' },
      { kind: 'finish', reason: 'stop' },
    ])
    expect(slept).toEqual([100, 50, 150])
    expect(asked).toEqual(['m'])
  })

  it('goes faster, or at once', async () => {
    const fast = recorded(ANSWER, 10)
    const result = await fast.upstream.call(streamCall())
    if (result.kind === 'stream') await collect(result)
    expect(fast.slept).toEqual([10, 5, 15])
    const atOnce = recorded(ANSWER, 0)
    expect(await atOnce.upstream.call(makeCall())).toMatchObject({ kind: 'answer', answer: ANSWER.answer, raw: null })
    expect(atOnce.slept).toEqual([])
  })

  it('streams what was recorded whole, and gives whole what was streamed', async () => {
    const { upstream } = recorded({ ...ANSWER, chunks: null }, 0)
    const result = await upstream.call(streamCall())
    expect(textOf(result.kind === 'stream' ? await collect(result) : null)).toBe('Hello world')
    const whole = recorded(ANSWER)
    expect((await whole.upstream.call(makeCall())).kind).toBe('answer')
    expect(whole.slept).toEqual([400])
  })

  it('repeats a recorded failure', async () => {
    const { upstream } = recorded({ kind: 'failed', id: 'fx_2', failure: 'rate_limited', status: 429, retryAfterMs: 5 })
    expect(await upstream.call(makeCall())).toMatchObject({ failure: 'rate_limited', status: 429, retryAfterMs: 5 })
  })

  it.each([
    ['never_recorded', null, 'this request was never recorded'],
    [
      'diverged',
      { id: 'fx_9', differs: ['messages[3].content', 'tools[1]'] },
      'the conversation left its recording; closest: fx_9, differs in messages[3].content, tools[1]',
    ],
    ['model_not_recorded', { id: 'fx_9', differs: [] }, 'the request was recorded, but not with m; closest: fx_9'],
    [
      'never_recorded',
      { id: 'fx_9', differs: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      'this request was never recorded; closest: fx_9, differs in a, b, c, d, e and 2 more',
    ],
  ] as const)('says why an answer is missing: %s', async (reason, closest, message) => {
    const { upstream } = recorded({ kind: 'miss', reason, closest })
    expect(await upstream.call(makeCall())).toEqual({ kind: 'missing', reason, message })
  })

  it('ends when the client leaves', async () => {
    const { upstream } = recorded(ANSWER)
    expect(await upstream.call(makeCall({ signal: AbortSignal.abort() }))).toMatchObject({ failure: 'aborted' })
    const controller = new AbortController()
    const result = await upstream.call(streamCall({ signal: controller.signal }))
    controller.abort()
    expect(result.kind === 'stream' ? await collect(result) : null).toMatchObject({ failure: 'aborted' })
  })
})

describe('pieces of a text', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 80 })

  it('join to the text, whatever the lengths, and split no character', () => {
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: -1, max: 9 })), (whole, lengths) => {
        for (const pieces of [[...piecesOf(whole, lengths)], [...words(whole)]]) {
          expect(pieces.join('')).toBe(whole)
          expect(pieces.filter((piece) => /\p{Surrogate}/u.test(piece))).toEqual([])
        }
      }),
      { seed: 61, numRuns: 500 },
    )
  })

  it('are words with the blanks behind them', () => {
    expect([...words('a  bc\nd')]).toEqual(['a  ', 'bc\n', 'd'])
    expect([...words('x'.repeat(60))].map((piece) => piece.length)).toEqual([24, 24, 12])
  })
})
