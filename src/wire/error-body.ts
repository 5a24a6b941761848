import { ERROR_FACES, type GatewayError } from './errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'

/** The OpenAI-shaped body of an error: always all four keys, our own facts under `error.gateway`. */
export function errorBody(error: GatewayError): JsonObject {
  const facts = jsonMembers(error.data)
  return {
    error: {
      // Clients show the message alone, so the hint goes along.
      message: error.hint === undefined ? error.message : `${error.message} (${error.hint})`,
      type: ERROR_FACES[error.code].type,
      param: error.param ?? null,
      code: error.code,
      ...(Object.keys(facts).length > 0 ? { gateway: facts } : {}),
    },
  }
}

function jsonMembers(data: GatewayError['data']): Record<string, JsonValue> {
  const members: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(data ?? {})) if (isJsonValue(value)) members[key] = value
  return members
}

function isJsonValue(value: unknown): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJsonValue)
  return isJsonObject(value) && Object.values(value).every((member) => member === undefined || isJsonValue(member))
}

/** What a provider said when it refused, whatever shape it chose. */
export interface ProviderError {
  /** As sent; cut it before it is shown. Empty when the body says nothing readable. */
  readonly message: string
  readonly type: string | null
  readonly code: string | null
  readonly param: string | null
  /** From a number in `code` or `status`, when it is an HTTP status. */
  readonly status: number | null
  /** Wait time stated in the body, as Google's endpoints do. */
  readonly retryAfterMs: number | null
}

/**
 * Reads `{error:{…}}`, `{error:"text"}`, `{message}`, `{detail:"text"}`, `{detail:[{msg}]}` and lists of one of these;
 * codes may be numbers. Anything else gives an empty message.
 */
export function readProviderError(body: unknown): ProviderError {
  const outer = Array.isArray(body) ? body[0] : body
  if (typeof outer === 'string') return { ...NOTHING, message: outer }
  if (!isJsonObject(outer)) return NOTHING
  const inner = isJsonObject(outer['error']) ? outer['error'] : outer
  const code = inner['code'] ?? outer['code']
  const details = isJsonObject(inner['details']) ? inner['details'] : {}
  return {
    message: messageOf(outer, inner),
    type: text(inner['type']) ?? text(inner['status']),
    code: text(details['error_code']) ?? text(code) ?? (typeof code === 'number' ? String(code) : null),
    param: text(inner['param']),
    status: httpStatus(code) ?? httpStatus(inner['status']) ?? httpStatus(outer['status']),
    retryAfterMs: retryDelay(inner['details']),
  }
}

/** True for a body or chunk that carries an error, also beside `choices`. */
export function hasError(body: JsonObject): boolean {
  const { error } = body
  return (isJsonObject(error) && Object.keys(error).length > 0) || (typeof error === 'string' && error !== '')
}

const NOTHING: ProviderError = { message: '', type: null, code: null, param: null, status: null, retryAfterMs: null }

function messageOf(outer: JsonObject, inner: JsonObject): string {
  const direct = text(inner['message']) ?? text(outer['error']) ?? text(outer['message']) ?? text(outer['detail'])
  if (direct !== null) return direct
  const [first] = Array.isArray(outer['detail']) ? outer['detail'] : []
  return isJsonObject(first) ? (text(first['msg']) ?? '') : ''
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function httpStatus(value: unknown): number | null {
  const number = typeof value === 'string' && /^[1-5]\d\d$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 100 && number <= 599 ? number : null
}

/** `retryDelay: "34.4s"` in one of Google's detail objects. */
function retryDelay(details: unknown): number | null {
  if (!Array.isArray(details)) return null
  for (const detail of details) {
    const delay = isJsonObject(detail) ? detail['retryDelay'] : undefined
    const match = typeof delay === 'string' ? /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(delay) : null
    if (match !== null) return Math.round(Number(match[1]) * 1000)
  }
  return null
}
