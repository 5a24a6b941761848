import { describe, expect, it } from 'vitest'
import { isJsonObject } from '../../../../src/wire/json.ts'
import { completeChatAnswer } from '../../../../src/wire/openai-chat/complete-answer.ts'
import { recordedBody } from './recorded.ts'

const DEFAULTS = { created: 9, id: 'own' }

describe('a provider’s answer on its way to a client', () => {
  it('is left as it is when it is complete', () => {
    const body = recordedBody('openai-text.json')
    if (!isJsonObject(body)) throw new Error('no object')
    expect(completeChatAnswer(body, DEFAULTS)).toEqual(body)
  })

  it('gets what hosts leave out, for every choice, and keeps what only they have', () => {
    const body = {
      model: 'm',
      x_host: 1,
      choices: [
        { message: { content: 'a', extra: true }, finish_reason: 'model_length' },
        { message: { tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] }, finish_reason: null },
      ],
    }
    expect(completeChatAnswer(body, DEFAULTS)).toEqual({
      id: 'own',
      object: 'chat.completion',
      created: 9,
      model: 'm',
      x_host: 1,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'a', refusal: null, extra: true },
          logprobs: null,
          finish_reason: 'length',
        },
        {
          index: 1,
          message: {
            role: 'assistant',
            content: null,
            refusal: null,
            tool_calls: [{ id: 'call_0', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
    })
  })

  it('has its parts turned into text and reasoning', () => {
    const body = recordedBody('mistral-reasoning.json')
    if (!isJsonObject(body)) throw new Error('no object')
    expect(completeChatAnswer(body, DEFAULTS)['choices']).toMatchObject([
      { message: { content: '2 + 2 = 4', reasoning_content: expect.stringContaining('arithmetic'), refusal: null } },
    ])
  })

  it('keeps the older function form for who asked in it', () => {
    const call = { name: 'f', arguments: '{}' }
    const body = { choices: [{ message: { content: null, function_call: call }, finish_reason: 'function_call' }] }
    expect(completeChatAnswer(body, DEFAULTS)['choices']).toMatchObject([
      { message: { function_call: call }, finish_reason: 'function_call' },
    ])
  })
})
