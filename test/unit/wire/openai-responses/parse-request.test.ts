import { describe, expect, it } from 'vitest'
import { isJsonObject, type JsonObject } from '../../../../src/wire/json.ts'
import { encodeResponse } from '../../../../src/wire/openai-responses/answer.ts'
import { parseResponsesRequest } from '../../../../src/wire/openai-responses/parse-request.ts'
import type { Block, CanonicalAnswer } from '../../../../src/wire/canonical.ts'

function parse(body: JsonObject): ReturnType<typeof parseResponsesRequest> {
  return parseResponsesRequest({ model: 'm', input: 'hi', ...body })
}

describe('a request for a response', () => {
  it('reads instructions and a text', () => {
    const { messages, format } = parse({ instructions: 'Be brief.' })
    expect(format).toBe('openai-responses')
    expect(messages).toEqual([
      { role: 'system', blocks: [{ kind: 'text', text: 'Be brief.' }] },
      { role: 'user', blocks: [{ kind: 'text', text: 'hi' }] },
    ])
  })

  it('reads a conversation with tools as turns, parallel calls in one', () => {
    const { messages } = parse({
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'weather?' }] },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'look it up' }] },
        { type: 'function_call', call_id: 'a', name: 'weather', arguments: '{"in":"Rome"}' },
        { type: 'function_call', call_id: 'b', name: 'weather', arguments: '{"in":"Oslo"}' },
        { type: 'function_call_output', call_id: 'a', output: 'sun' },
        { type: 'function_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'rain' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Sun and rain.' }] },
      ],
    })
    expect(messages.map(({ role, blocks }) => [role, blocks.map(({ kind }) => kind)])).toEqual([
      ['user', ['text']],
      ['assistant', ['reasoning', 'tool_use', 'tool_use']],
      ['tool', ['tool_result']],
      ['tool', ['tool_result']],
      ['assistant', ['text']],
    ])
  })

  it('reads pictures, files and the shape of the answer', () => {
    const request = parse({
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' },
          ],
        },
      ],
      text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true }, verbosity: 'low' },
      reasoning: { effort: 'high', summary: 'auto' },
      max_output_tokens: 64,
      parallel_tool_calls: false,
    })
    expect(request.messages[0]?.blocks).toEqual([
      { kind: 'image', source: { kind: 'data', mime: 'image/png', base64: 'AAAA' }, detail: 'low' },
      { kind: 'file', source: { kind: 'data', mime: 'application/pdf', base64: 'BBBB' }, name: 'a.pdf' },
    ])
    expect(request.responseFormat).toMatchObject({ kind: 'json_schema', name: 's', strict: true })
    expect(request.sampling.reasoningEffort).toBe('high')
    expect(request).toMatchObject({ maxOutputTokens: 64, parallelToolCalls: false })
    expect(request.extra).toEqual({ 'text.verbosity': 'low', 'reasoning.summary': 'auto' })
  })

  it('keeps the definition of tools that a provider runs', () => {
    const { tools } = parse({ tools: [{ type: 'web_search' }, { type: 'function', name: 'f', parameters: {} }] })
    expect(tools[0]?.hosted).toEqual({ format: 'openai-responses', definition: { type: 'web_search' } })
    expect(tools[1]).toEqual({ name: 'f', parameters: {} })
  })

  it.each([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['background', { background: true }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['input[0].id', { input: [{ type: 'item_reference', id: 'fc_1' }] }],
  ])('refuses %s, which needs what is not here', (param, body) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param, status: 400 }))
  })

  it('takes an item by reference when it is still known', () => {
    const item = { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f', arguments: '{}' }
    const body = { model: 'm', input: [{ type: 'item_reference', id: 'fc_1' }] }
    const { messages } = parseResponsesRequest(body, (id) => (id === 'fc_1' ? item : null))
    expect(messages[0]?.blocks[0]).toMatchObject({ kind: 'tool_use', id: 'a' })
  })

  it.each([
    ['input', { input: 3 }],
    ['input[0].content[0].type', { input: [{ role: 'user', content: [{ type: 'video' }] }] }],
    ['text.format.type', { text: { format: { type: 'xml' } } }],
    ['tools[0].name', { tools: [{ type: 'function' }] }],
  ])('names %s when it is wrong', (param, body) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ code: 'invalid_request_error', param }))
  })
})

describe('what a provider sealed', () => {
  const usage = null
  const sealed: readonly (readonly [string, readonly Block[]])[] = [
    ['a thought', [{ kind: 'reasoning', text: 'hm', signature: 'c2ln', signedBy: 'anthropic' }]],
    ['a hidden thought', [{ kind: 'reasoning', text: '', redacted: 'ZGF0YQ==', signedBy: 'anthropic' }]],
    [
      'a call',
      [{ kind: 'tool_use', id: 'a', name: 'f', argumentsJson: '{"x":1}', signature: 'c2ln', signedBy: 'gemini' }],
    ],
    ['a text', [{ kind: 'text', text: '', signature: 'c2ln', signedBy: 'gemini' }]],
  ]

  it.each(sealed)('comes back unchanged through a client: %s', (_name, blocks) => {
    const answer: CanonicalAnswer = { id: '', model: '', blocks, finish: 'stop', usage }
    const response = encodeResponse(answer, { id: 'resp_1', model: 'm', created: 1, echo: {}, customTools: new Set() })
    const { output } = response
    const items = Array.isArray(output) ? output.filter(isJsonObject) : []
    expect(parseResponsesRequest({ model: 'm', input: items }).messages).toEqual([{ role: 'assistant', blocks }])
  })
})
