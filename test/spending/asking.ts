import type { JsonObject } from '../../src/wire/json.ts'

/** One request in one of the formats that the gateway speaks. */
export interface Wanted {
  readonly format: FormatName
  readonly model: string
  readonly text: string
  readonly stream: boolean
  /** Output limit that the client sets; null for none. */
  readonly max: number | null
}

export type FormatName = 'chat' | 'responses' | 'messages' | 'gemini' | 'completions' | 'embeddings'

interface Format {
  path(wanted: Wanted): string
  body(wanted: Wanted): JsonObject
  /** In the last event of a whole stream, and in nothing before. */
  readonly ends: string
}

const limit = (name: string, max: number | null): JsonObject => (max === null ? {} : { [name]: max })

const FORMATS: Readonly<Record<FormatName, Format>> = {
  chat: {
    path: () => '/v1/chat/completions',
    body: ({ model, text, stream, max }) => ({
      model,
      stream,
      messages: [{ role: 'user', content: text }],
      ...limit(text.length % 2 === 0 ? 'max_tokens' : 'max_completion_tokens', max),
    }),
    ends: '[DONE]',
  },
  responses: {
    path: () => '/v1/responses',
    body: ({ model, text, stream, max }) => ({
      model,
      stream,
      store: false,
      input: text,
      ...limit('max_output_tokens', max),
    }),
    // An answer that was cut to its limit ends so.
    ends: '"response.incomplete"',
  },
  messages: {
    path: () => '/v1/messages',
    // Without a limit the format is not valid.
    body: ({ model, text, stream, max }) => ({
      model,
      stream,
      messages: [{ role: 'user', content: text }],
      max_tokens: max ?? 300,
    }),
    ends: '"message_stop"',
  },
  gemini: {
    path: ({ model, stream }) =>
      `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: ({ text, max }) => ({
      contents: [{ role: 'user', parts: [{ text }] }],
      generationConfig: limit('maxOutputTokens', max),
    }),
    ends: '"finishReason"',
  },
  completions: {
    path: () => '/v1/completions',
    body: ({ model, text, stream, max }) => ({ model, stream, prompt: text, ...limit('max_tokens', max) }),
    ends: '[DONE]',
  },
  embeddings: {
    path: () => '/v1/embeddings',
    body: ({ text }) => ({ model: 'm-vectors', input: [text, text] }),
    ends: '',
  },
}

export const FORMAT_NAMES: readonly FormatName[] = [
  'chat',
  'responses',
  'messages',
  'gemini',
  'completions',
  'embeddings',
]

/** What a client made of one request. */
export interface Heard {
  readonly wanted: Wanted
  /** As the gateway names it; empty when no header came. */
  readonly requestId: string
  readonly status: number
  /** The answer came to its very end, and says that it is whole. */
  readonly whole: boolean
  readonly text: string
  readonly headers: Headers | null
}

export interface Asked {
  readonly url: string
  readonly key: string
  readonly wanted: Wanted
  readonly headers?: Readonly<Record<string, string>>
  /** When the client leaves; absent: it stays to the end. */
  readonly leaves?: Leaving | undefined
}

/** So many milliseconds after the request was sent, or after the first bytes of its answer. */
export interface Leaving {
  readonly from: 'request' | 'answer'
  readonly afterMs: number
}

/** Asks as a client of the format would. Whatever happens to the connection is part of what was heard. */
export async function ask({ url, key, wanted, headers = {}, leaves }: Asked): Promise<Heard> {
  const format = FORMATS[wanted.format]
  const leaving = new AbortController()
  const leaveFrom = (moment: Leaving['from']): void => {
    if (leaves?.from === moment) setTimeout(() => leaving.abort(), leaves.afterMs)
  }
  let heard: Heard = { wanted, requestId: '', status: 0, whole: false, text: '', headers: null }
  try {
    leaveFrom('request')
    const response = await fetch(`${url}${format.path(wanted)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify(format.body(wanted)),
      signal: leaving.signal,
    })
    heard = {
      ...heard,
      status: response.status,
      headers: response.headers,
      requestId: response.headers.get('x-gateway-request-id') ?? '',
    }
    leaveFrom('answer')
    const text = await response.text()
    const streamed = wanted.stream && wanted.format !== 'embeddings'
    return { ...heard, text, whole: response.status === 200 && (!streamed || text.includes(format.ends)) }
  } catch {
    return heard
  }
}
