import { describe, expect, it } from 'vitest'
import { encodeGenerateRequest } from '../../../../src/wire/gemini/encode-request.ts'
import type { JsonObject } from '../../../../src/wire/json.ts'
import { parseMessagesRequest } from '../../../../src/wire/anthropic/parse-request.ts'
import { parseChatRequest } from '../../../../src/wire/openai-chat/parse-request.ts'

function encode(members: JsonObject, model = 'gemini-2.5-flash') {
  const body = { model: 'auto', messages: [{ role: 'user', content: 'hi' }], ...members }
  return encodeGenerateRequest(parseChatRequest(body), { model })
}

const F = { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }

describe('a chat request for Gemini', () => {
  it('has its system text apart, neighbours joined and the user at the start', () => {
    const { body } = encode({
      messages: [
        { role: 'system', content: 'brief' },
        { role: 'assistant', content: 'a' },
        { role: 'user', content: 'b' },
        { role: 'user', content: 'c' },
      ],
    })
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'brief' }] },
      contents: [
        { role: 'user', parts: [{ text: '(start of the conversation)' }] },
        { role: 'model', parts: [{ text: 'a' }] },
        { role: 'user', parts: [{ text: 'b' }, { text: 'c' }] },
      ],
    })
  })

  it('has its parameters where Google looks for them, and names the others', () => {
    const { body, dropped } = encode({
      max_tokens: 9,
      temperature: 1.5,
      top_p: 0.5,
      top_k: 7,
      seed: 3,
      n: 2,
      stop: ['1', '2', '3', '4', '5', '6'],
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      user: 'u',
      logit_bias: { '1': 1 },
      metadata: { a: 'b' },
      tools: [{ ...F, function: { ...F.function, strict: true } }],
      parallel_tool_calls: false,
    })
    expect(body['generationConfig']).toEqual({
      maxOutputTokens: 9,
      temperature: 1.5,
      topP: 0.5,
      topK: 7,
      seed: 3,
      candidateCount: 2,
      stopSequences: ['1', '2', '3', '4', '5'],
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
    })
    expect(dropped).toEqual(['logit_bias', 'metadata', 'parallel_tool_calls', 'stop', 'tools.function.strict', 'user'])
  })

  it.each([
    ['gemini-2.5-flash', 'low', { thinkingBudget: 3_276, includeThoughts: true }, []],
    ['gemini-2.5-flash', 'max', { thinkingBudget: 24_576, includeThoughts: true }, []],
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }, []],
    ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }, ['reasoning_effort']],
    ['gemini-3-flash-preview', 'minimal', { thinkingLevel: 'minimal', includeThoughts: true }, []],
    ['gemini-3-flash-preview', 'xhigh', { thinkingLevel: 'high', includeThoughts: true }, []],
    ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'high', includeThoughts: true }, []],
    ['gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'medium', includeThoughts: true }, []],
    ['gemini-3-flash-preview', 'none', { thinkingLevel: 'minimal' }, ['reasoning_effort']],
    ['gemini-flash-latest', 'high', { thinkingLevel: 'high', includeThoughts: true }, []],
    ['gemini-2.0-flash', 'high', undefined, ['reasoning_effort']],
  ])('%s thinks with effort %s', (model, effort, wanted, names) => {
    const { body, dropped } = encode({ reasoning_effort: effort }, model)
    expect(body['generationConfig']).toEqual(wanted === undefined ? undefined : { thinkingConfig: wanted })
    expect(dropped).toEqual(names)
  })

  it.each([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [
      { type: 'function', function: { name: 'f' } },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
  ])('tool choice %j', (choice, wanted) => {
    const { body } = encode({ tools: [F], tool_choice: choice })
    expect(body).toMatchObject({
      tools: [{ functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: { type: 'object' } }] }],
      toolConfig: { functionCallingConfig: wanted },
    })
  })

  it('offers the allowed tools alone where one may be called, and lists them where one has to', () => {
    const tools = ['f', 'g'].map((name) => ({ type: 'function', function: { name } }))
    const allowed = (mode: string) => ({
      type: 'allowed_tools',
      allowed_tools: { mode, tools: [{ type: 'function', function: { name: 'g' } }] },
    })
    expect(encode({ tools, tool_choice: allowed('auto') }).body['tools']).toEqual([
      { functionDeclarations: [{ name: 'g' }] },
    ])
    expect(encode({ tools, tool_choice: allowed('required') }).body['toolConfig']).toEqual({
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['g'] },
    })
  })

  it('has schemas in the words that Google knows; every other keyword is named', () => {
    const schema = {
      $schema: 'x',
      type: 'object',
      properties: { pattern: { type: 'string', pattern: '^a' }, b: { const: 'x' }, c: { $ref: '#/$defs/C' } },
      $defs: { C: { type: 'array', items: { type: 'integer', exclusiveMinimum: 0 }, uniqueItems: true } },
      additionalProperties: false,
    }
    const response_format = { type: 'json_schema', json_schema: { name: 's', schema } }
    const { body, dropped } = encode({ response_format })
    expect(body['generationConfig']).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: {
        type: 'object',
        properties: { pattern: { type: 'string' }, b: { enum: ['x'] }, c: { $ref: '#/$defs/C' } },
        $defs: { C: { type: 'array', items: { type: 'integer' } } },
        additionalProperties: false,
      },
    })
    expect(dropped).toEqual([
      'response_format.json_schema.exclusiveMinimum',
      'response_format.json_schema.pattern',
      'response_format.json_schema.uniqueItems',
    ])
    const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', minProperties: 1 } } }
    expect(encode({ tools: [tool] }).dropped).toEqual(['tools.parameters.minProperties'])
  })

  it('asks older models for JSON only where no tools are offered, and says so', () => {
    const members = { tools: [F], response_format: { type: 'json_object' } }
    expect(encode(members)).toMatchObject({ dropped: ['response_format'] })
    expect(encode(members, 'gemini-3-flash').body).toMatchObject({
      generationConfig: { responseMimeType: 'application/json' },
    })
  })

  it('takes pictures, sound and files, and lets Google fetch https addresses', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'data:image/jpg;base64,AAAA' } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png?x=1' } },
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } },
    ]
    const { contents } = encode({ messages: [{ role: 'user', content }] }).body
    expect(contents).toEqual([
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/jpeg', data: 'AAAA' } },
          { fileData: { fileUri: 'https://example.com/a.png?x=1', mimeType: 'image/png' } },
          { inlineData: { mimeType: 'audio/mpeg', data: 'AAAA' } },
          { inlineData: { mimeType: 'application/pdf', data: 'AAAA' } },
        ],
      },
    ])
  })

  it.each([
    ['gemini-2.5-flash', { type: 'image_url', image_url: { url: 'http://example.com/a.png' } }],
    ['gemini-2.0-flash', { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }],
    ['gemini-2.5-flash', { type: 'file', file: { file_id: 'file-1' } }],
  ])('%s refuses %j', (model, part) => {
    expect(() => encode({ messages: [{ role: 'user', content: [part] }] }, model)).toThrow(
      expect.objectContaining({ code: 'invalid_request_error' }),
    )
  })
})

describe('a request of Anthropic for Gemini', () => {
  it('has its results with pictures behind them, failures marked, and says what it lost', () => {
    const mark = { type: 'ephemeral' }
    const request = parseMessagesRequest({
      model: 'm',
      max_tokens: 5,
      service_tier: 'auto',
      system: [{ type: 'text', text: 's', cache_control: mark }],
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              is_error: true,
              content: [
                { type: 'text', text: 'bad' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
              ],
            },
            { type: 'search_result', title: 'x' },
          ],
        },
      ],
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    })
    const { body, dropped } = encodeGenerateRequest(request, { model: 'gemini-2.5-flash' })
    const { contents } = body
    expect(Array.isArray(contents) ? contents[2] : null).toEqual({
      role: 'user',
      parts: [
        { functionResponse: { id: 'toolu_1', name: 'f', response: { error: 'bad' } } },
        { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      ],
    })
    expect(body).not.toHaveProperty('tools')
    expect(dropped).toEqual(['cache_control', 'messages.content', 'service_tier', 'tools'])
  })
})
