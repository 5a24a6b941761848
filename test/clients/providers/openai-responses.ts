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

const partPlace = (at: number): object => ({ item_id: 'msg_up', output_index: at, content_index: 0 })
const delta = (text: string, at = 0): Event => [
  'response.output_text.delta',
  { ...partPlace(at), delta: text, logprobs: [] },
]
const opened = (at = 0): Event[] => [
  ['response.output_item.added', { output_index: at, item: messageItem('', 'in_progress') }],
  [
    'response.content_part.added',
    { ...partPlace(at), part: { type: 'output_text', text: '', annotations: [], logprobs: [] } },
  ],
]

function thoughtItem(pieces: readonly string[]): object {
  const summary = pieces.length === 0 ? [] : [{ type: 'summary_text', text: pieces.join('') }]
  return { id: 'rs_up', type: 'reasoning', summary }
}

function thoughts(pieces: readonly string[]): Event[] {
  if (pieces.length === 0) return []
  const at = { item_id: 'rs_up', output_index: 0, summary_index: 0 }
  const text = pieces.join('')
  return [
    ['response.output_item.added', { output_index: 0, item: thoughtItem([]) }],
    ['response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } }],
    ...pieces.map((piece): Event => ['response.reasoning_summary_text.delta', { ...at, delta: piece }]),
    ['response.reasoning_summary_text.done', { ...at, text }],
    ['response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } }],
    ['response.output_item.done', { output_index: 0, item: thoughtItem(pieces) }],
  ]
}

function texts(pieces: readonly string[], at: number): Event[] {
  if (pieces.length === 0) return []
  const text = pieces.join('')
  return [
    ...opened(at),
    ...pieces.map((piece) => delta(piece, at)),
    ['response.output_text.done', { ...partPlace(at), text, logprobs: [] }],
    [
      'response.content_part.done',
      { ...partPlace(at), part: { type: 'output_text', text, annotations: [], logprobs: [] } },
    ],
    ['response.output_item.done', { output_index: at, item: messageItem(text) }],
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

function whole({ thoughts: thought = [], texts: pieces, calls }: Scene): object {
  const said = pieces.length > 0 ? [messageItem(pieces.join(''))] : []
  return {
    ...HEAD,
    status: 'completed',
    output: [...(thought.length > 0 ? [thoughtItem(thought)] : []), ...said, ...calls.map((one) => callItem(one))],
    usage: USAGE,
  }
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
      ...thoughts(scene.thoughts ?? []),
      ...texts(scene.texts, scene.thoughts === undefined ? 0 : 1),
      ...scene.calls.flatMap((one, at) => call(one, at + Math.min(scene.texts.length, 1))),
      ['response.completed', { response: whole(scene) }],
    ]),
  limited: (said) => ({
    error: { message: said, type: 'requests', param: null, code: 'rate_limit_exceeded' },
  }),
  refusal: (said) => ({ error: { message: said, type: 'invalid_request_error', param: null, code: null } }),
}
