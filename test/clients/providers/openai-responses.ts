import { INPUT_TOKENS, OUTPUT_TOKENS, type Dialect, type Scene } from './scenes.ts'

const USAGE = {
  input_tokens: INPUT_TOKENS,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: OUTPUT_TOKENS,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
}

const HEAD = {
  id: 'resp_up',
  object: 'response',
  created_at: 1,
  error: null,
  incomplete_details: null,
  model: 'up',
  parallel_tool_calls: true,
  store: false,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  metadata: {},
}

/** Numbered anew for every answer, as the provider does. */
function numbered(events: readonly (readonly [type: string, members: object])[]): string[] {
  return events.map(
    ([type, members], at) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: at, ...members })}\n\n`,
  )
}

type Event = readonly [type: string, members: object]

const created = (): Event[] =>
  ['response.created', 'response.in_progress'].map((type): Event => [
    type,
    { response: { ...HEAD, status: 'in_progress', output: [] } },
  ])

function messageItem(text: string, status = 'completed'): object {
  const content = text === '' ? [] : [{ type: 'output_text', text, annotations: [], logprobs: [] }]
  return { id: 'msg_up', type: 'message', status, role: 'assistant', content }
}

function callItem({ id, name, args }: Scene['calls'][number], said = JSON.stringify(args)): object {
  return { id: `fc_${id}`, type: 'function_call', status: 'completed', call_id: id, name, arguments: said }
}

const TEXT_PLACE = { item_id: 'msg_up', output_index: 0, content_index: 0 }
const delta = (text: string): Event => ['response.output_text.delta', { ...TEXT_PLACE, delta: text, logprobs: [] }]
const opened = (): Event[] => [
  ['response.output_item.added', { output_index: 0, item: messageItem('', 'in_progress') }],
  [
    'response.content_part.added',
    { ...TEXT_PLACE, part: { type: 'output_text', text: '', annotations: [], logprobs: [] } },
  ],
]

function texts(pieces: readonly string[]): Event[] {
  if (pieces.length === 0) return []
  const text = pieces.join('')
  return [
    ...opened(),
    ...pieces.map(delta),
    ['response.output_text.done', { ...TEXT_PLACE, text, logprobs: [] }],
    [
      'response.content_part.done',
      { ...TEXT_PLACE, part: { type: 'output_text', text, annotations: [], logprobs: [] } },
    ],
    ['response.output_item.done', { output_index: 0, item: messageItem(text) }],
  ]
}

function call(one: Scene['calls'][number], index: number): Event[] {
  const said = JSON.stringify(one.args)
  const cut = Math.floor(said.length / 2)
  const place = { item_id: `fc_${one.id}`, output_index: index }
  return [
    ['response.output_item.added', { output_index: index, item: callItem(one, '') }],
    ['response.function_call_arguments.delta', { ...place, delta: said.slice(0, cut) }],
    ['response.function_call_arguments.delta', { ...place, delta: said.slice(cut) }],
    ['response.function_call_arguments.done', { ...place, name: one.name, arguments: said }],
    ['response.output_item.done', { output_index: index, item: callItem(one) }],
  ]
}

function whole({ texts: pieces, calls }: Scene): object {
  const said = pieces.length > 0 ? [messageItem(pieces.join(''))] : []
  return { ...HEAD, status: 'completed', output: [...said, ...calls.map((one) => callItem(one))], usage: USAGE }
}

/** Responses. */
export const RESPONSES: Dialect = {
  kind: 'openai',
  base: '/v1',
  asked: (_path, { model, stream }) => ({ model: String(model), stream: stream === true }),
  whole,
  start: () => numbered([...created(), ...opened()]),
  text: (said) => numbered([delta(said)]),
  stream: (scene) =>
    numbered([
      ...created(),
      ...texts(scene.texts),
      ...scene.calls.flatMap((one, at) => call(one, at + Math.min(scene.texts.length, 1))),
      ['response.completed', { response: whole(scene) }],
    ]),
  refusal: (said) => ({ error: { message: said, type: 'invalid_request_error', param: null, code: null } }),
}
