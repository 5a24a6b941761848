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
  whole: ({ texts, calls }) => {
    const said = texts.length > 0 ? [{ text: texts.join('') }] : []
    return answer([...said, ...calls.map(callPart)], STOP)
  },
  start: () => [],
  text,
  stream: ({ texts, calls }) => [
    ...texts.flatMap(text),
    ...(calls.length > 0 ? [event(answer(calls.map(callPart)))] : []),
    event(answer([{ text: '' }], STOP)),
  ],
  refusal: (said) => ({ error: { code: 400, message: said, status: 'INVALID_ARGUMENT' } }),
}
