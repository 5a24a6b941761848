import { describe, expect, it } from 'vitest'
import { encodeMessagesRequest } from '../../../../src/wire/anthropic/encode-request.ts'
import type { JsonObject } from '../../../../src/wire/json.ts'
import { parseChatRequest } from '../../../../src/wire/openai-chat/parse-request.ts'

function encode(members: JsonObject, model = 'claude-sonnet-4-5') {
  const body = { model: 'auto', messages: [{ role: 'user', content: 'hi' }], ...members }
  return encodeMessagesRequest(parseChatRequest(body), { model })
}

const F = { type: 'function', function: { name: 'f', parameters: { properties: { a: { type: 'string' } } } } }
const CALLS = {
  role: 'assistant',
  content: null,
  tool_calls: [
    { id: 'call.1', type: 'function', function: { name: 'f', arguments: '{"a":"x"}' } },
    { id: 'call_2', type: 'function', function: { name: 'f', arguments: '{"a":' } },
  ],
}

describe('a chat request for Claude', () => {
  it('has the system text apart, neighbours joined, results first, and the user at the start', () => {
    const { body } = encode({
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'assistant', content: 'hello' },
        { role: 'user', content: 'first' },
        CALLS,
        { role: 'user', content: 'and?' },
        { role: 'tool', tool_call_id: 'call.1', content: 'one' },
        { role: 'tool', tool_call_id: 'call_2', content: '' },
        { role: 'developer', content: 'be kind' },
      ],
      tools: [F],
    })
    expect(body['system']).toEqual([
      { type: 'text', text: 'be brief' },
      { type: 'text', text: 'be kind' },
    ])
    expect(body['messages']).toEqual([
      { role: 'user', content: '(start of the conversation)' },
      { role: 'assistant', content: 'hello' },
      { role: 'user', content: 'first' },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'call_1', name: 'f', input: { a: 'x' } },
          { type: 'tool_use', id: 'call_2', name: 'f', input: { _arguments: '{"a":' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: 'one' },
          { type: 'tool_result', tool_use_id: 'call_2' },
          { type: 'text', text: 'and?' },
        ],
      },
    ])
    expect(body['tools']).toEqual([
      { name: 'f', input_schema: { type: 'object', properties: { a: { type: 'string' } } } },
    ])
  })

  it('names everything that has no place', () => {
    const { dropped } = encode({
      seed: 1,
      n: 2,
      presence_penalty: 1,
      frequency_penalty: 1,
      logit_bias: { '1': 1 },
      logprobs: true,
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
      stop: ['x', ' '],
      verbosity: 'low',
      store: null,
    })
    expect(dropped).toEqual([
      'frequency_penalty',
      'logit_bias',
      'logprobs',
      'metadata',
      'n',
      'presence_penalty',
      'prompt_cache_key',
      'seed',
      'stop',
      'verbosity',
    ])
  })

  it.each([
    ['claude-sonnet-4-5', { temperature: 0.3 }, '2023-06-01', { temperature: 0.3 }, []],
    ['claude-sonnet-4-5', { temperature: 1.7 }, '2023-06-01', { temperature: 1 }, ['temperature']],
    ['claude-sonnet-4-5', { temperature: 0.3, top_p: 0.5 }, '2023-06-01', { temperature: 0.3 }, ['top_p']],
    ['claude-3-5-haiku-20241022', { temperature: 0.3, top_p: 0.5 }, '2023-06-01', { temperature: 0.3, top_p: 0.5 }, []],
    ['claude-opus-4-8', { temperature: 0.3, top_k: 5 }, '2026-10-21', {}, ['temperature', 'top_k']],
    ['claude-opus-5', {}, '2026-10-21', {}, []],
  ] as const)('%s takes %j', (model, members, version, sent, dropped) => {
    const { temperature, top_p: topP, top_k: topK } = encode(members, model).body
    expect(JSON.parse(JSON.stringify({ temperature, top_p: topP, top_k: topK }))).toEqual(sent)
    expect(encode(members, model)).toMatchObject({ version, dropped: [...dropped] })
  })

  it.each([
    ['a model that writes less than its generation may', 'claude-opus-5', 8_000, 8_000],
    ['a model that writes more than is usual', 'claude-opus-5', 128_000, 32_000],
    ['an old model', 'claude-3-5-haiku-20241022', 64_000, 8_192],
  ])('without a limit gets one that the model keeps: %s', (_what, model, mostOutputTokens, limit) => {
    const request = parseChatRequest({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] })
    expect(encodeMessagesRequest(request, { model, mostOutputTokens }).body['max_tokens']).toBe(limit)
    const own = { ...request, maxOutputTokens: 7 }
    expect(encodeMessagesRequest(own, { model, mostOutputTokens }).body['max_tokens']).toBe(7)
  })

  it.each([
    ['claude-opus-5', 'minimal', { type: 'adaptive', display: 'summarized' }, { effort: 'low' }],
    ['claude-opus-5', 'xhigh', { type: 'adaptive', display: 'summarized' }, { effort: 'xhigh' }],
    ['claude-opus-4-6', 'xhigh', { type: 'adaptive', display: 'summarized' }, { effort: 'high' }],
    ['claude-opus-5', 'none', { type: 'disabled' }, undefined],
    ['claude-sonnet-4-5', 'medium', { type: 'enabled', budget_tokens: 3_000 }, undefined],
    ['claude-sonnet-4-5', 'low', { type: 'enabled', budget_tokens: 1_024 }, undefined],
  ])('%s thinks with effort %s', (model, effort, thinking, config) => {
    const { body, dropped } = encode({ reasoning_effort: effort, max_tokens: 10_000 }, model)
    expect(body['thinking']).toEqual(thinking)
    expect(body['output_config']).toEqual(config)
    expect(dropped).toEqual([])
  })

  it.each([
    ['a model that can not', 'claude-3-5-haiku-20241022', { max_tokens: 8_000 }],
    ['no room for the least budget', 'claude-sonnet-4-5', { max_tokens: 500 }],
    ['a tool that has to be called', 'claude-opus-5', { tools: [F], tool_choice: 'required' }],
    [
      'calls being answered without their sealed thought',
      'claude-sonnet-4-5',
      {
        tools: [F],
        messages: [{ role: 'user', content: 'a' }, CALLS, { role: 'tool', tool_call_id: 'call_2', content: 'x' }],
      },
    ],
  ])('thinking is left out, and said so, for %s', (_, model, members) => {
    const { body, dropped } = encode({ reasoning_effort: 'high', ...members }, model)
    expect(body).not.toHaveProperty('thinking')
    expect(dropped).toContain('reasoning_effort')
  })

  it('has a schema for the answer, closed and without keywords that are refused', () => {
    const schema = { type: 'object', $schema: 'x', properties: { a: { type: 'string', minLength: 2 } } }
    const format = { type: 'json_schema', json_schema: { name: 's', schema } }
    const { body, dropped } = encode({ response_format: format })
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
      },
    })
    expect(dropped).toEqual(['response_format.json_schema.minLength'])
    const old = encode({ response_format: format }, 'claude-3-5-haiku-20241022')
    expect(old.body['system']).toContain('minLength')
    expect(old.dropped).toEqual(['response_format'])
  })

  it.each([
    ['auto', undefined, { type: 'auto' }],
    ['none', undefined, { type: 'none' }],
    ['required', false, { type: 'any', disable_parallel_tool_use: true }],
    [{ type: 'function', function: { name: 'f' } }, undefined, { type: 'tool', name: 'f' }],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    [undefined, undefined, undefined],
  ])('tool choice %j with parallel %j', (choice, parallel, wanted) => {
    const { body } = encode({ tools: [F], tool_choice: choice ?? null, parallel_tool_calls: parallel ?? null })
    expect(body['tool_choice']).toEqual(wanted)
  })

  it('offers the allowed tools alone', () => {
    const tools = ['f', 'g'].map((name) => ({ type: 'function', function: { name } }))
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] }
    const { body } = encode({ tools, tool_choice: { type: 'allowed_tools', allowed_tools: allowed } })
    expect(body).toMatchObject({ tools: [{ name: 'g' }], tool_choice: { type: 'any' } })
  })

  it('declares the tools of earlier calls when none is offered any more', () => {
    const { body } = encode({ messages: [{ role: 'user', content: 'a' }, CALLS] })
    expect(body).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'none' },
    })
  })

  it('takes images and PDF files', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
    ]
    expect(encode({ messages: [{ role: 'user', content }] }).body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
            title: 'a.pdf',
          },
        ],
      },
    ])
  })

  it.each([
    ['audio', [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }]],
    ['files of other kinds', [{ type: 'file', file: { file_data: 'data:text/csv;base64,AAAA' } }]],
    ['files kept elsewhere', [{ type: 'file', file: { file_id: 'file-1' } }]],
  ])('is refused for %s', (_, content) => {
    expect(() => encode({ messages: [{ role: 'user', content }] })).toThrow(
      expect.objectContaining({ code: 'invalid_request_error' }),
    )
  })
})
