import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CanonicalAnswer } from '../../../../src/wire/canonical.ts'
import { isJsonObject } from '../../../../src/wire/json.ts'
import { encodeChatAnswer, parseChatAnswer } from '../../../../src/wire/openai-chat/answer.ts'
import { encodeChatRequest } from '../../../../src/wire/openai-chat/encode-request.ts'
import { parseChatRequest } from '../../../../src/wire/openai-chat/parse-request.ts'
import { answer, request } from './arbitraries.ts'

describe('canonical request', () => {
  it('survives being written for a provider and read again', () => {
    fc.assert(
      fc.property(request, (given) => {
        const body = encodeChatRequest(given, { model: given.model, includeUsage: given.includeUsage })
        const overTheWire: unknown = JSON.parse(JSON.stringify(body))
        expect(parseChatRequest(overTheWire)).toEqual(given)
      }),
      { seed: 31, numRuns: 1_000 },
    )
  })

  it('is written with the provider’s model, its name of the limit, and the usage chunk asked for', () => {
    const [sample] = fc.sample(request, { seed: 1, numRuns: 1 })
    if (sample === undefined) throw new Error('no sample')
    const body = encodeChatRequest(
      { ...sample, stream: true, maxOutputTokens: 5, extra: { stream_options: { include_obfuscation: false } } },
      { model: 'other', includeUsage: true, outputLimitName: 'max_tokens' },
    )
    expect(body).toMatchObject({
      model: 'other',
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      max_tokens: 5,
    })
    expect(body).not.toHaveProperty('max_completion_tokens')
  })
})

describe('canonical answer', () => {
  it('survives being written for a client and read again', () => {
    fc.assert(
      fc.property(answer, (given) => {
        const body: unknown = JSON.parse(JSON.stringify(encodeChatAnswer(given, { model: given.model, created: 1 })))
        expect(parseChatAnswer(body)).toEqual(given)
      }),
      { seed: 32, numRuns: 500 },
    )
  })

  it('has every member that the schema requires, also when it is empty', () => {
    const body = encodeChatAnswer(
      { id: '', model: '', blocks: [], finish: null, usage: null },
      { model: 'm', created: 7, id: 'chatcmpl-1' },
    )
    expect(body).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 7,
      model: 'm',
      choices: [
        { index: 0, message: { role: 'assistant', content: '', refusal: null }, logprobs: null, finish_reason: 'stop' },
      ],
    })
  })

  it('never tells a client "error" as the reason of the end', () => {
    const broken: CanonicalAnswer = { id: 'a', model: 'm', blocks: [], finish: 'error', usage: null }
    const { choices } = encodeChatAnswer(broken, { model: 'm', created: 1 })
    const first: unknown = Array.isArray(choices) ? choices[0] : null
    expect(isJsonObject(first) ? first['finish_reason'] : null).toBe('length')
  })
})
