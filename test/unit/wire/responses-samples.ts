import type { JsonObject } from '../../../src/wire/json.ts'

/** Requests that between them use every kind of item and tool that the format has here. */
export const RESPONSES_REQUESTS: readonly JsonObject[] = [
  { model: 'm', input: 'hi', instructions: 'Be brief.', max_output_tokens: 64, temperature: 0.5, top_p: 1, user: 'u' },
  {
    model: 'm',
    input: [
      { role: 'user', content: [{ type: 'input_text', text: 'weather?' }] },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'a' }], encrypted_content: 'c2VhbA==' },
      { type: 'function_call', call_id: 'a', name: 'weather', arguments: '{"in":"Rome"}' },
      { type: 'custom_tool_call', call_id: 'b', name: 'patch', input: '*** Begin' },
      { type: 'function_call_output', call_id: 'a', output: 'sun' },
      { type: 'custom_tool_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'ok' }] },
      { type: 'item_reference', id: 'msg_1' },
      {
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'Sun.', annotations: [] },
          { type: 'refusal', refusal: 'no' },
        ],
      },
    ],
    tools: [
      { type: 'function', name: 'weather', parameters: { type: 'object' }, strict: true, description: 'd' },
      { type: 'custom', name: 'patch', format: { type: 'text' } },
      { type: 'web_search' },
    ],
    tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'weather' }] },
    parallel_tool_calls: false,
    include: ['reasoning.encrypted_content'],
    store: false,
    stream: true,
  },
  {
    model: 'm',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
          { type: 'input_image', image_url: 'https://example.com/a.png' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' },
          { type: 'input_file', file_id: 'file_1' },
        ],
      },
    ],
    text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true }, verbosity: 'low' },
    reasoning: { effort: 'high', summary: 'auto' },
    metadata: { a: 'b' },
    truncation: 'auto',
    service_tier: 'auto',
  },
]
