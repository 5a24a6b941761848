import { describe, expect, it } from 'vitest'
import { SeenAnswer } from '../../../src/pipeline/seen-answer.ts'
import { answerParts } from '../../../src/upstream/answer-parts.ts'
import type { CanonicalAnswer, StreamPart } from '../../../src/wire/canonical.ts'
import { bench, incoming, streamed } from './support.ts'

function seen(...parts: StreamPart[]): CanonicalAnswer {
  const answer = new SeenAnswer()
  for (const part of parts) answer.add(part, 0)
  return answer.answer()
}

const BY_ANTHROPIC = { signedBy: 'anthropic' } as const
const BY_GEMINI = { signedBy: 'gemini' } as const

describe('an answer put together from its stream', () => {
  it('keeps the seal of every thought with its own text', () => {
    const { blocks } = seen(
      { kind: 'reasoning', text: 'first ' },
      { kind: 'reasoning', text: 'thought' },
      { kind: 'reasoning', text: '', signature: 's1', ...BY_ANTHROPIC },
      { kind: 'reasoning', text: '', redacted: 'hidden', ...BY_ANTHROPIC },
      { kind: 'reasoning', text: 'second' },
      { kind: 'reasoning', text: '', signature: 's2', ...BY_ANTHROPIC },
    )
    expect(blocks).toEqual([
      { kind: 'reasoning', text: 'first thought', signature: 's1', ...BY_ANTHROPIC },
      { kind: 'reasoning', text: '', redacted: 'hidden', ...BY_ANTHROPIC },
      { kind: 'reasoning', text: 'second', signature: 's2', ...BY_ANTHROPIC },
    ])
  })

  it('keeps the seals of calls and of text', () => {
    const { blocks } = seen(
      { kind: 'text', text: 'I look ' },
      { kind: 'text', text: 'it up', signature: 't', ...BY_GEMINI },
      { kind: 'tool_delta', index: 0, id: 'a', name: 'f', argumentsDelta: '', signature: 'c', ...BY_GEMINI },
      { kind: 'tool_delta', index: 0, argumentsDelta: '{}' },
      { kind: 'tool_delta', index: 1, id: 'b', name: 'g', argumentsDelta: '{}' },
    )
    expect(blocks).toEqual([
      { kind: 'text', text: 'I look it up', signature: 't', ...BY_GEMINI },
      { kind: 'tool_use', id: 'a', name: 'f', argumentsJson: '{}', signature: 'c', ...BY_GEMINI },
      { kind: 'tool_use', id: 'b', name: 'g', argumentsJson: '{}' },
    ])
  })

  it('keeps the text that stopped it', () => {
    expect(seen({ kind: 'finish', reason: 'stop', stopSequence: 'END' })).toMatchObject({
      finish: 'stop',
      stopSequence: 'END',
    })
  })

  it('says the same when it is streamed again from there', () => {
    const answer: CanonicalAnswer = {
      id: 'a',
      model: 'm',
      blocks: [
        { kind: 'reasoning', text: 'hm', signature: 's', ...BY_ANTHROPIC },
        { kind: 'reasoning', text: '', redacted: 'r', ...BY_ANTHROPIC },
        { kind: 'text', text: 'two words', signature: 't', ...BY_GEMINI },
        { kind: 'tool_use', id: 'c', name: 'f', argumentsJson: '{}', signature: 'u', ...BY_GEMINI },
      ],
      finish: 'tool_calls',
      usage: null,
    }
    expect(seen(...answerParts(answer, (text) => text.split(/(?<= )/)))).toEqual(answer)
  })

  it('goes to the recorder with its seals', async () => {
    const desk = bench(() =>
      streamed([
        { kind: 'reasoning', text: 'hm', signature: 's', ...BY_ANTHROPIC },
        { kind: 'text', text: 'ok' },
        { kind: 'finish', reason: 'stop' },
      ]),
    )
    const reply = await desk.pipeline.run(incoming('hi'), new AbortController().signal)
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    for await (const part of reply.parts) expect(part.kind).not.toBe('refusal')
    await reply.done
    expect(desk.contents[0]?.answer?.blocks[0]).toEqual({
      kind: 'reasoning',
      text: 'hm',
      signature: 's',
      ...BY_ANTHROPIC,
    })
  })
})
