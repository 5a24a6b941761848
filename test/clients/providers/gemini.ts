import { INPUT_TOKENS, OUTPUT_TOKENS, type Dialect, type Scene } from './scenes.ts'

const USAGE = {
  promptTokenCount: INPUT_TOKENS,
  candidatesTokenCount: OUTPUT_TOKENS,
  totalTokenCount: INPUT_TOKENS + OUTPUT_TOKENS,
}

function answer(parts: readonly object[], finish: object = {}): object {
  const candidates = [{ content: { role: 'model', parts }, index: 0, ...finish }]
  return { candidates, usageMetadata: USAGE, modelVersion: 'up', responseId: 'up-1' }
}

function event(value: object): string {
  return `data: ${JSON.stringify(value)}\r\n\r\n`
}

function callPart({ name, args }: Scene['calls'][number]): object {
  return { functionCall: { name, args } }
}

const text = (said: string): string[] => [event(answer([{ text: said }]))]
const STOP = { finishReason: 'STOP' }

/** generateContent. */
export const GEMINI: Dialect = {
  kind: 'gemini',
  base: '/v1beta',
  asked: (path) => {
    const [, model = '', action = ''] = /\/models\/([^:?]+):(\w+)/.exec(path) ?? []
    return { model, stream: action === 'streamGenerateContent' }
  },
  whole: ({ thoughts = [], texts, calls }) => {
    const said = texts.length > 0 ? [{ text: texts.join('') }] : []
    const thought = thoughts.length > 0 ? [{ text: thoughts.join(''), thought: true }] : []
    return answer([...thought, ...said, ...calls.map(callPart)], STOP)
  },
  start: () => [],
  text,
  stream: ({ thoughts = [], texts, calls }) => [
    ...thoughts.map((said) => event(answer([{ text: said, thought: true }]))),
    ...texts.flatMap(text),
    ...(calls.length > 0 ? [event(answer(calls.map(callPart)))] : []),
    event(answer([{ text: '' }], STOP)),
  ],
  limited: (said) => ({ error: { code: 429, message: said, status: 'RESOURCE_EXHAUSTED' } }),
  refusal: (said) => ({ error: { code: 400, message: said, status: 'INVALID_ARGUMENT' } }),
}
