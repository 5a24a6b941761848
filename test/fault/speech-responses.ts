import type { Speech, Trouble } from './speech.ts'

const USAGE = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 12,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 21,
}
const HEAD = { id: 'resp_up', object: 'response', created_at: 1, model: 'up', error: null, incomplete_details: null }
const PLACE = { item_id: 'msg_up', output_index: 0, content_index: 0 }

/** Numbered from `from`; the pieces of a stream do not know of each other. */
function events(from: number, ...bodies: readonly (readonly [type: string, members: object])[]): string {
  return bodies
    .map(([type, members], at) => {
      const body = { type, sequence_number: from + at, ...members }
      return `event: ${type}\ndata: ${JSON.stringify(body)}\n\n`
    })
    .join('')
}

function item(text: string, status: string): object {
  const content = text === '' ? [] : [{ type: 'output_text', text, annotations: [], logprobs: [] }]
  return { id: 'msg_up', type: 'message', role: 'assistant', status, content }
}

const whole = (output: readonly object[]): object => ({ ...HEAD, status: 'completed', output, usage: USAGE })
const begun = { response: { ...HEAD, status: 'in_progress', output: [] } }

/** The newer of OpenAI's formats, at a provider that has both. */
export function openAiWithResponses(chat: Speech, answer: string): Speech {
  const responses: Speech = {
    kind: 'openai',
    whole: JSON.stringify(whole([item(answer, 'completed')])),
    hollow: JSON.stringify(whole([])),
    role: events(
      0,
      ['response.created', begun],
      ['response.in_progress', begun],
      ['response.output_item.added', { output_index: 0, item: item('', 'in_progress') }],
      ['response.content_part.added', { ...PLACE, part: { type: 'output_text', text: '', annotations: [] } }],
    ),
    text: (delta) => events(4, ['response.output_text.delta', { ...PLACE, delta, logprobs: [] }]),
    finish: events(
      90,
      ['response.output_text.done', { ...PLACE, text: answer, logprobs: [] }],
      ['response.content_part.done', { ...PLACE, part: { type: 'output_text', text: answer, annotations: [] } }],
      ['response.output_item.done', { output_index: 0, item: item(answer, 'completed') }],
      ['response.completed', { response: whole([item(answer, 'completed')]) }],
    ),
    done: '',
    keepAlive: ': keep-alive\n\n',
    error: (trouble) => chat.error(trouble),
    failure: (trouble) => failure(chat, trouble),
  }
  const both: Speech = { ...chat, kind: 'openai', at: (url) => (url.endsWith('/responses') ? responses : both) }
  return both
}

function failure(chat: Speech, trouble: Trouble): string {
  const body = chat.error(trouble)
  const error: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'error') : {}
  return events(50, ['error', typeof error === 'object' && error !== null ? error : {}])
}
