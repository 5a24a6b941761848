import { RESPONSES } from './openai-responses.ts'
import { INPUT_TOKENS, OUTPUT_TOKENS, type Dialect, type Scene } from './scenes.ts'

const USAGE = {
  prompt_tokens: INPUT_TOKENS,
  completion_tokens: OUTPUT_TOKENS,
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
}

function chunk(delta: object, finish: string | null = null): string {
  return event({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null })
}

function event(members: object): string {
  return `data: ${JSON.stringify({ id: 'up-1', object: 'chat.completion.chunk', created: 1, model: 'up', ...members })}\n\n`
}

const finishOf = ({ calls }: Scene): string => (calls.length > 0 ? 'tool_calls' : 'stop')
const start = (): string[] => [chunk({ role: 'assistant', content: '', refusal: null })]
const text = (content: string): string[] => [chunk({ content })]

function call({ id, name, args }: Scene['calls'][number], index: number): string[] {
  const said = JSON.stringify(args)
  const cut = Math.floor(said.length / 2)
  return [
    chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
    chunk({ tool_calls: [{ index, function: { arguments: said.slice(0, cut) } }] }),
    chunk({ tool_calls: [{ index, function: { arguments: said.slice(cut) } }] }),
  ]
}

/** Chat completions. */
export const OPENAI: Dialect = {
  kind: 'openai',
  base: '/v1',
  asked: (_path, { model, stream }) => ({ model: String(model), stream: stream === true }),
  whole: (scene) => ({
    id: 'up-1',
    object: 'chat.completion',
    created: 1,
    model: 'up',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: scene.texts.length > 0 ? scene.texts.join('') : null,
          refusal: null,
          ...(scene.thoughts === undefined ? {} : { reasoning_content: scene.thoughts.join('') }),
          ...(scene.calls.length > 0 ? { tool_calls: scene.calls.map(wholeCall) } : {}),
        },
        logprobs: null,
        finish_reason: finishOf(scene),
      },
    ],
    usage: USAGE,
  }),
  start,
  text,
  stream: (scene) => [
    ...start(),
    ...(scene.thoughts ?? []).map((reasoning_content) => chunk({ reasoning_content })),
    ...scene.texts.flatMap(text),
    ...scene.calls.flatMap(call),
    chunk({}, finishOf(scene)),
    event({ choices: [], usage: USAGE }),
    'data: [DONE]\n\n',
  ],
  limited: (said) => ({
    error: { message: said, type: 'requests', param: null, code: 'rate_limit_exceeded' },
  }),
  refusal: (said) => ({ error: { message: said, type: 'invalid_request_error', param: null, code: null } }),
  at: (path) => (path.endsWith('/responses') ? RESPONSES : OPENAI),
}

function wholeCall({ id, name, args }: Scene['calls'][number]): object {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(args) } }
}
