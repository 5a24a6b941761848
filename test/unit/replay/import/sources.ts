import type { JsonObject } from '../../../../src/wire/json.ts'

/** Lines in the shapes that the vendors document; the content is made up. */

export const BATCH_REQUEST: JsonObject = {
  custom_id: 'request-1',
  method: 'POST',
  url: '/v1/chat/completions',
  body: {
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'Which is the longest river?' },
    ],
    max_tokens: 1000,
  },
}

export const BATCH_RESULT: JsonObject = {
  id: 'batch_req_wnaDys',
  custom_id: 'request-1',
  response: {
    status_code: 200,
    request_id: 'req_c187b3',
    body: {
      id: 'chatcmpl-9758Iw',
      object: 'chat.completion',
      created: 1711475054,
      model: 'gpt-4o-mini',
      choices: [{ index: 0, message: { role: 'assistant', content: 'The Nile.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 24, completion_tokens: 15, total_tokens: 39 },
      system_fingerprint: null,
    },
  },
  error: null,
}

export const BATCH_EXPIRED: JsonObject = {
  id: 'batch_req_123',
  custom_id: 'request-2',
  response: null,
  error: { code: 'batch_expired', message: 'This request could not be executed before the completion window expired.' },
}

export const CHAT_LINE: JsonObject = {
  messages: [
    { role: 'system', content: 'Answer in one word.' },
    { role: 'user', content: 'Capital of France?' },
    { role: 'assistant', content: 'Paris' },
  ],
}

/** A streamed call: 2.5 s in all, first token after 0.4 s, and `response_time` holding the latter. */
export const LITELLM_STREAM: JsonObject = {
  id: 'chatcmpl-litellm-1',
  trace_id: 'trace-77',
  call_type: 'acompletion',
  stream: true,
  response_cost: 0.00012345,
  status: 'success',
  total_tokens: 50,
  prompt_tokens: 30,
  completion_tokens: 20,
  startTime: 1730728800.25,
  endTime: 1730728802.75,
  completionStartTime: 1730728800.65,
  response_time: 0.4,
  model: 'gpt-4o-mini',
  model_id: 'a1b2',
  model_group: 'cheap',
  custom_llm_provider: 'openai',
  api_base: 'https://api.openai.com/v1/',
  metadata: {
    user_api_key_hash: '88dc28d0',
    user_api_key_alias: 'team-key',
    user_api_key_team_id: 'team-docs',
    user_api_key_user_id: 'ada.lovelace',
    requester_ip_address: '203.0.113.9',
  },
  cache_hit: false,
  cache_key: null,
  saved_cache_cost: 0,
  request_tags: ['nightly'],
  end_user: null,
  requester_ip_address: '203.0.113.9',
  messages: [{ role: 'user', content: 'Write to ada@mail.example about the weather.' }],
  response: {
    id: 'chatcmpl-litellm-1',
    created: 1730728802,
    model: 'gpt-4o-mini-2024-07-18',
    object: 'chat.completion',
    choices: [
      { finish_reason: 'stop', index: 0, message: { role: 'assistant', content: 'Done, sent to ada@mail.example.' } },
    ],
    usage: { prompt_tokens: 30, completion_tokens: 20, total_tokens: 50 },
  },
  error_str: null,
  model_parameters: { temperature: 0.2, max_tokens: 100, extra_body: {}, stream: true },
  hidden_params: { model_id: 'a1b2', response_cost: '0.00012345' },
}

export const LITELLM_FAILURE: JsonObject = {
  ...LITELLM_STREAM,
  id: 'failed-1',
  status: 'failure',
  stream: false,
  response: null,
  response_cost: 0,
  error_str: 'litellm.RateLimitError: too many',
  error_information: { error_code: '429', error_class: 'RateLimitError', llm_provider: 'openai' },
}
