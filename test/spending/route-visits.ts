import type { RoutePlace } from '../../src/proxy/routes.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/wire/json.ts'
import { expect } from 'vitest'
import type { RunningDev } from '../e2e/dev-process.ts'

export type Voice = 'openai' | 'anthropic' | 'gemini'

/** How a route is asked; null: nobody pays for it. */
interface Visit {
  readonly voice: Voice
  readonly body: (model: string) => JsonObject
}

const said = [{ role: 'user', content: 'hello' }]
const parts = [{ role: 'user', parts: [{ text: 'hello' }] }]

/** Every route that the proxy has: one that is new has to be thought about here first. */
export const VISITS: Readonly<Record<string, Visit | null>> = {
  'chat.completions': { voice: 'openai', body: (model) => ({ model, messages: said }) },
  responses: { voice: 'openai', body: (model) => ({ model, input: 'hello', store: false }) },
  completions: { voice: 'openai', body: (model) => ({ model, prompt: 'hello' }) },
  embeddings: { voice: 'openai', body: () => ({ model: 'm-vectors', input: 'hello' }) },
  messages: { voice: 'anthropic', body: (model) => ({ model, max_tokens: 10, messages: said }) },
  generateContent: { voice: 'gemini', body: () => ({ contents: parts }) },
  streamGenerateContent: { voice: 'gemini', body: () => ({ contents: parts }) },
  embedContent: { voice: 'gemini', body: () => ({ content: { parts: [{ text: 'hello' }] } }) },
  batchEmbedContents: {
    voice: 'gemini',
    body: () => ({ requests: [{ model: 'models/m-vectors', content: { parts: [{ text: 'hello' }] } }] }),
  },
  'messages.count_tokens': null,
  countTokens: null,
  'models.list': null,
  'models.show': null,
  'gateway.keys': null,
  'gateway.groups': null,
  'gateway.spend': null,
  'gateway.budgets': null,
  'gateway.audit': null,
  healthz: null,
  readyz: null,
}

export interface Refusal {
  readonly status: number
  readonly retry: string | null
  readonly after: string | null
  readonly body: JsonValue
}

/** Asks a route as its clients would. */
export async function visit(
  { url }: RunningDev,
  { method, path, name }: RoutePlace,
  { model, key, stream, version }: { model: string; key: string; stream: boolean; version: string },
): Promise<Refusal> {
  const named = name === 'embedContent' || name === 'batchEmbedContents' ? 'm-vectors' : model
  const address = path.replace('{model}', named).replace('{key}', 'dev')
  const body = VISITS[name]?.body(model) ?? { model, messages: said, contents: parts }
  const response = await fetch(`${url}${path.startsWith('/gateway') ? '' : version}${address}`, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      // A retry of a client gets no further than its first try.
      'x-stainless-retry-count': stream ? '3' : '0',
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify({ ...body, ...(stream ? { stream } : {}) }) }),
  })
  const text = await response.text()
  const { headers, status } = response
  return {
    status,
    retry: headers.get('x-should-retry'),
    after: headers.get('retry-after'),
    body: text.startsWith('{') ? JSON.parse(text) : null,
  }
}

/** A member of a member. */
export function member(value: JsonValue | undefined, ...path: string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), value)
}

/** In the words of the format that was asked in: what clients neither repeat nor take for a lack of speed. */
export function expectRefused({ status, retry, after, body }: Refusal, voice: Voice): void {
  expect({ status, retry, after, ...WORDS[voice](body) }).toEqual({ retry: 'false', after: null, ...SPENT[voice] })
}

/** Status, kind and code of a spent budget. Gemini's format has no 402. */
const SPENT: Readonly<Record<Voice, Record<string, unknown>>> = {
  openai: { status: 402, type: 'insufficient_quota', code: 'budget_exceeded' },
  anthropic: { status: 402, type: 'billing_error', code: 'budget_exceeded' },
  gemini: { status: 429, type: 'RESOURCE_EXHAUSTED', code: 'budget_exceeded' },
}

/** Where a format says them. */
const WORDS: Readonly<Record<Voice, (body: JsonValue) => Record<string, unknown>>> = {
  openai: (body) => ({ type: member(body, 'error', 'type'), code: member(body, 'error', 'code') }),
  anthropic: (body) => ({
    type: member(body, 'error', 'type'),
    code: member(body, 'error', 'details', 'error_code'),
  }),
  gemini: (body) => {
    const details = member(body, 'error', 'details')
    return {
      type: member(body, 'error', 'status'),
      code: Array.isArray(details) ? member(details[0], 'reason') : undefined,
    }
  },
}
