import { bodyObject } from '../body-object.ts'
import type { CanonicalRequest } from '../canonical.ts'
import { GatewayError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { field, items, list, text, wrongType, type Field } from '../openai-chat/fields.ts'
import { parseChatRequest } from '../openai-chat/parse-request.ts'

/** What an answer of a chat model can not be made to hold, with the values that ask for nothing. */
const IMPOSSIBLE: readonly (readonly [name: string, harmless: readonly JsonValue[]])[] = [
  ['n', [1]],
  ['best_of', [0, 1]],
  ['echo', [false]],
  ['suffix', ['']],
  ['logprobs', []],
]

/** Output tokens when none are named; it is this small in the format itself. */
const DEFAULT_MAX_TOKENS = 16

/**
 * Reads the body of `POST /v1/completions` as a conversation of one turn. Throws `unsupported_parameter` for what only a
 * text model could do.
 */
export function parseCompletionsRequest(body: unknown): CanonicalRequest {
  const root = bodyObject(body)
  for (const [name, harmless] of IMPOSSIBLE) refuse(root, name, harmless)
  const { prompt: _prompt, n: _n, best_of: _best, echo: _echo, suffix: _suffix, logprobs: _logprobs, ...rest } = root
  const content = promptOf(field(root, 'prompt'))
  const request = parseChatRequest({ ...rest, messages: [{ role: 'user', content }] })
  return { ...request, maxOutputTokens: request.maxOutputTokens ?? DEFAULT_MAX_TOKENS }
}

function refuse(root: JsonObject, name: string, harmless: readonly JsonValue[]): void {
  const value = root[name]
  if (value === undefined || value === null || harmless.includes(value)) return
  throw new GatewayError('unsupported_parameter', `"${name}" is not supported: a chat model answers this request`, {
    param: name,
    hint: 'leave it out, or use `/v1/chat/completions`',
  })
}

/** One text, or a list that holds one. */
function promptOf(at: Field): string {
  if (typeof at.value === 'string') return at.value
  if (!Array.isArray(at.value)) return wrongType(at, 'a string')
  const [only, ...more] = items(list(at), at.path)
  return only === undefined || more.length > 0 ? wrongType(at, 'a string, or an array of one string') : text(only)
}
