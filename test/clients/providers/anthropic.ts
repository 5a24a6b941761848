import { INPUT_TOKENS, OUTPUT_TOKENS, type Dialect, type Scene } from './scenes.ts'

const USAGE = { input_tokens: INPUT_TOKENS, output_tokens: OUTPUT_TOKENS }

function event(type: string, members: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`
}

const message = { id: 'msg_up', type: 'message', role: 'assistant', model: 'up', stop_sequence: null }
const stopOf = ({ calls }: Scene): string => (calls.length > 0 ? 'tool_use' : 'end_turn')

function start(): string[] {
  const usage = { input_tokens: INPUT_TOKENS, output_tokens: 1 }
  return [
    event('message_start', { message: { ...message, content: [], stop_reason: null, usage } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping'),
  ]
}

function text(said: string): string[] {
  return [event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: said } })]
}

function thoughts(pieces: readonly string[]): string[] {
  if (pieces.length === 0) return []
  const delta = (members: object): string => event('content_block_delta', { index: 0, delta: members })
  return [
    event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
    ...pieces.map((thinking) => delta({ type: 'thinking_delta', thinking })),
    delta({ type: 'signature_delta', signature: 'c2VhbA==' }),
    event('content_block_stop', { index: 0 }),
  ]
}

function texts(pieces: readonly string[], index: number): string[] {
  if (pieces.length === 0) return []
  return [
    event('content_block_start', { index, content_block: { type: 'text', text: '' } }),
    event('ping'),
    ...pieces.map((said) => event('content_block_delta', { index, delta: { type: 'text_delta', text: said } })),
    event('content_block_stop', { index }),
  ]
}

function call({ id, name, args }: Scene['calls'][number], index: number): string[] {
  const said = JSON.stringify(args)
  const cut = Math.floor(said.length / 2)
  const delta = (part: string): string =>
    event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: part } })
  return [
    event('content_block_start', { index, content_block: { type: 'tool_use', id, name, input: {} } }),
    ...['', said.slice(0, cut), said.slice(cut)].map(delta),
    event('content_block_stop', { index }),
  ]
}

/** Messages. */
export const ANTHROPIC: Dialect = {
  kind: 'anthropic',
  base: '/v1',
  asked: (_path, { model, stream }) => ({ model: String(model), stream: stream === true }),
  whole: (scene) => ({
    ...message,
    content: [
      ...(scene.thoughts === undefined
        ? []
        : [{ type: 'thinking', thinking: scene.thoughts.join(''), signature: 'c2VhbA==' }]),
      ...(scene.texts.length > 0 ? [{ type: 'text', text: scene.texts.join('') }] : []),
      ...scene.calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args })),
    ],
    stop_reason: stopOf(scene),
    usage: USAGE,
  }),
  start,
  text,
  stream: (scene) => [
    ...start().slice(0, 1),
    ...thoughts(scene.thoughts ?? []),
    ...texts(scene.texts, scene.thoughts === undefined ? 0 : 1),
    ...scene.calls.flatMap(call),
    event('message_delta', { delta: { stop_reason: stopOf(scene), stop_sequence: null }, usage: USAGE }),
    event('message_stop'),
  ],
  limited: (said) => ({ type: 'error', error: { type: 'rate_limit_error', message: said } }),
  refusal: (said) => ({ type: 'error', error: { type: 'invalid_request_error', message: said } }),
}
