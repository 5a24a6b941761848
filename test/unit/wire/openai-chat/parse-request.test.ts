import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../../src/wire/errors.ts'
import { parseChatRequest } from '../../../../src/wire/openai-chat/parse-request.ts'

const HELLO = { model: 'auto', messages: [{ role: 'user', content: 'hello' }] }

function paramOf(body: unknown): string | undefined {
  try {
    parseChatRequest(body)
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'invalid_request_error') return error.param
    throw error
  }
  throw new Error('the request was accepted')
}

describe('chat request', () => {
  it('fills in what a client left out', () => {
    expect(parseChatRequest(HELLO)).toEqual({
      format: 'openai-chat',
      model: 'auto',
      messages: [{ role: 'user', blocks: [{ kind: 'text', text: 'hello' }] }],
      tools: [],
      responseFormat: { kind: 'text' },
      sampling: {},
      choices: 1,
      stream: false,
      includeUsage: false,
      metadata: {},
      extra: {},
    })
  })

  it('reads every parameter that has a canonical place', () => {
    const request = parseChatRequest({
      ...HELLO,
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      max_completion_tokens: 7,
      max_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      n: 2,
      stop: 'END',
      presence_penalty: -1,
      frequency_penalty: 1,
      seed: -3,
      parallel_tool_calls: false,
      reasoning_effort: 'low',
      metadata: { team: 'docs' },
      user: 'u1',
      safety_identifier: 's1',
      prompt_cache_key: 'k',
      top_k: 5,
      store: null,
    })
    expect(request).toMatchObject({
      stream: true,
      includeUsage: true,
      maxOutputTokens: 7,
      choices: 2,
      parallelToolCalls: false,
      endUser: 'u1',
      promptCacheKey: 'k',
      metadata: { team: 'docs' },
      sampling: {
        temperature: 0,
        topP: 0.5,
        seed: -3,
        stop: ['END'],
        presencePenalty: -1,
        frequencyPenalty: 1,
        reasoningEffort: 'low',
      },
    })
    expect(request.extra).toEqual({
      top_k: 5,
      store: null,
      safety_identifier: 's1',
      stream_options: { include_obfuscation: false },
    })
  })

  it('treats null as absent', () => {
    const nulls = Object.fromEntries(
      [
        'temperature',
        'stop',
        'max_tokens',
        'tools',
        'tool_choice',
        'response_format',
        'n',
        'stream_options',
        'user',
      ].map((name) => [name, null]),
    )
    expect(parseChatRequest({ ...HELLO, ...nulls })).toEqual(parseChatRequest(HELLO))
  })

  it('reads all kinds of content', () => {
    const { messages } = parseChatRequest({
      model: 'm',
      messages: [
        { role: 'developer', content: 'rules' },
        {
          role: 'user',
          name: 'ann',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'input_audio', input_audio: { data: 'BBBB', format: 'wav' } },
            { type: 'file', file: { file_id: 'file-1' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,CCCC' } },
            { type: 'file', file: { file_data: 'DDDD' } },
          ],
        },
      ],
    })
    expect(messages).toEqual([
      { role: 'system', blocks: [{ kind: 'text', text: 'rules' }] },
      {
        role: 'user',
        name: 'ann',
        blocks: [
          { kind: 'text', text: 'look' },
          { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' }, detail: 'low' },
          { kind: 'image', source: { kind: 'data', mime: 'image/png', base64: 'AAAA' } },
          { kind: 'audio', source: { kind: 'data', mime: 'audio/wav', base64: 'BBBB' }, format: 'wav' },
          { kind: 'file', source: { kind: 'provider-file', fileId: 'file-1' } },
          { kind: 'file', source: { kind: 'data', mime: 'application/pdf', base64: 'CCCC' }, name: 'a.pdf' },
          { kind: 'file', source: { kind: 'data', mime: '', base64: 'DDDD' } },
        ],
      },
    ])
  })

  it('reads assistant turns with reasoning, refusal and calls, and the results of the calls', () => {
    const { messages } = parseChatRequest({
      model: 'm',
      messages: [
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'hm',
          refusal: 'no',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } },
            { id: 'c2', type: 'custom', custom: { name: 'g', input: 'free text' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: '42' }] },
      ],
    })
    expect(messages).toEqual([
      {
        role: 'assistant',
        blocks: [
          { kind: 'reasoning', text: 'hm' },
          { kind: 'refusal', text: 'no' },
          { kind: 'tool_use', id: 'c1', name: 'f', argumentsJson: '{}' },
          { kind: 'tool_use', id: 'c2', name: 'g', argumentsJson: 'free text', custom: true },
        ],
      },
      {
        role: 'tool',
        blocks: [{ kind: 'tool_result', toolUseId: 'c1', blocks: [{ kind: 'text', text: '42' }] }],
      },
    ])
  })

  it('translates the older function form into tools, with results bound to their calls', () => {
    const request = parseChatRequest({
      model: 'm',
      functions: [{ name: 'f', parameters: { type: 'object' } }],
      function_call: { name: 'f' },
      messages: [
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
        { role: 'function', name: 'f', content: 'done' },
      ],
    })
    expect(request.tools).toEqual([{ name: 'f', parameters: { type: 'object' } }])
    expect(request.toolChoice).toEqual({ kind: 'named', name: 'f' })
    const [call, result] = request.messages.map(({ blocks }) => blocks[0])
    expect(call).toMatchObject({ kind: 'tool_use', name: 'f', argumentsJson: '{"a":1}' })
    expect(result).toMatchObject({ kind: 'tool_result', toolUseId: call?.kind === 'tool_use' ? call.id : null })
  })

  it.each([
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    ['required', { kind: 'required' }],
    ['any', { kind: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { kind: 'named', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'g' } },
      { kind: 'named', name: 'g' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      { kind: 'allowed', names: ['f'], required: true },
    ],
  ])('reads the tool choice %j', (choice, wanted) => {
    expect(parseChatRequest({ ...HELLO, tool_choice: choice }).toolChoice).toEqual(wanted)
  })

  it('keeps a member named like one of Object.prototype out of the roles', () => {
    expect(paramOf({ model: 'm', messages: [{ role: 'constructor', content: 'x' }] })).toBe('messages[0].role')
  })

  it.each([
    ['no object', [], 'body'],
    ['no model', { messages: HELLO.messages }, 'model'],
    ['an empty model', { ...HELLO, model: '' }, 'model'],
    ['no messages', { model: 'm' }, 'messages'],
    ['empty messages', { model: 'm', messages: [] }, 'messages'],
    ['a message that is a text', { model: 'm', messages: ['hi'] }, 'messages[0]'],
    ['an unknown role', { model: 'm', messages: [{ role: 'bot', content: '' }] }, 'messages[0].role'],
    ['content of the wrong type', { model: 'm', messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    ['missing content', { model: 'm', messages: [{ role: 'user' }] }, 'messages[0].content'],
    [
      'an unknown part',
      { model: 'm', messages: [...HELLO.messages, { role: 'user', content: [{ type: 'video' }] }] },
      'messages[1].content[0].type',
    ],
    [
      'an image from the assistant',
      { model: 'm', messages: [{ role: 'assistant', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      'messages[0].content[0].type',
    ],
    [
      'an image without url',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      'messages[0].content[0].image_url.url',
    ],
    [
      'a tool message without id',
      { model: 'm', messages: [{ role: 'tool', content: '' }] },
      'messages[0].tool_call_id',
    ],
    [
      'arguments that are an object',
      {
        model: 'm',
        messages: [{ role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: {} } }] }],
      },
      'messages[0].tool_calls[0].function.arguments',
    ],
    ['a temperature in quotes', { ...HELLO, temperature: '0.5' }, 'temperature'],
    ['half a choice', { ...HELLO, n: 0.5 }, 'n'],
    ['no choice', { ...HELLO, n: 0 }, 'n'],
    ['a limit of zero', { ...HELLO, max_tokens: 0 }, 'max_tokens'],
    ['stream as a text', { ...HELLO, stream: 'true' }, 'stream'],
    ['usage as a text', { ...HELLO, stream_options: { include_usage: 'yes' } }, 'stream_options.include_usage'],
    ['a stop that is a number', { ...HELLO, stop: [1] }, 'stop[0]'],
    ['metadata that is a number', { ...HELLO, metadata: { a: 1 } }, 'metadata.a'],
    ['a tool of an unknown type', { ...HELLO, tools: [{ type: 'retrieval' }] }, 'tools[0].type'],
    ['a tool without name', { ...HELLO, tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    ['an unknown choice', { ...HELLO, tool_choice: 'maybe' }, 'tool_choice'],
    ['an unknown format', { ...HELLO, response_format: { type: 'xml' } }, 'response_format.type'],
    [
      'a schema without name',
      { ...HELLO, response_format: { type: 'json_schema', json_schema: { schema: {} } } },
      'response_format.json_schema.name',
    ],
    ['a known extra of the wrong type', { ...HELLO, logit_bias: [] }, 'logit_bias'],
  ])('refuses %s and names the field', (_, body, param) => {
    expect(paramOf(body)).toBe(param)
  })

  it('refuses a body that is nested too deeply, without running out of stack', () => {
    const deep: unknown = JSON.parse('{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000))
    expect(paramOf({ ...HELLO, extra: deep })).toBe('body')
  })

  it('never repeats the value in the message', () => {
    const secret = 'sk-'.concat('a'.repeat(40))
    expect(() => parseChatRequest({ ...HELLO, temperature: secret })).toThrow(
      '"temperature" must be a number, got a string',
    )
  })
})
