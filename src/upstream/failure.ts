import type { UpstreamFailureClass } from '../engine/record.ts'
import type { UpstreamFailure } from '../pipeline/ports.ts'
import type { ProviderError } from '../wire/error-body.ts'

/** Codes and types by which providers say that money is the problem, not speed. */
const QUOTA_CODES: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error',
  'enforced_spend_limit_reached',
  'contract_spend_limit_reached',
])
const RATE_CODES: ReadonlySet<string> = new Set([
  'rate_limit_exceeded',
  'rate_limit_error',
  'RESOURCE_EXHAUSTED',
  // Mistral's number for the same.
  '1300',
])
/** Some hosts refuse a key with 400. */
const AUTH_CODES: ReadonlySet<string> = new Set(['invalid_api_key', 'API_KEY_INVALID', 'authentication_error'])
const AUTH_TEXTS: readonly string[] = ['incorrect api key', 'invalid api key', 'api key not valid']
const OVERFLOW_CODES: ReadonlySet<string> = new Set(['context_length_exceeded', 'string_above_max_length'])
const OVERFLOW_TEXTS: readonly string[] = [
  'prompt is too long',
  'input token count',
  'maximum context length',
  'context length exceeded',
  'exceeds the context window',
  'exceeds the available context size',
  'request too large for model',
]
const MODEL_CODES: ReadonlySet<string> = new Set(['model_not_found', 'model_not_available', 'model_decommissioned'])

/** Class of a failed HTTP answer, by the table of statuses and, where a status is ambiguous, by what the body says. */
export function classifyStatus(status: number, error: ProviderError): UpstreamFailureClass {
  switch (status) {
    case 401:
    case 403:
      return 'auth'
    case 402:
      return 'quota'
    case 404:
      return 'not_found'
    case 408:
    case 409:
      return 'server_error'
    case 429:
      return hasCode(error, QUOTA_CODES) ? 'quota' : 'rate_limited'
    // 498 is Groq's, 529 Anthropic's word for too much traffic.
    case 498:
    case 503:
    case 529:
      return 'overloaded'
    default:
      if (status >= 500) return 'server_error'
      if (status >= 300 && status < 400) return 'malformed'
      return refusedBody(error)
  }
}

/** Class of an error that came inside a 200: the status it names, else its code, else the provider's own trouble. */
export function classifyReported(error: ProviderError): UpstreamFailureClass {
  if (error.status !== null && error.status >= 400) return classifyStatus(error.status, error)
  if (hasCode(error, QUOTA_CODES)) return 'quota'
  if (hasCode(error, RATE_CODES)) return 'rate_limited'
  if (error.type === 'overloaded_error') return 'overloaded'
  const refused = refusedBody(error)
  return refused === 'bad_request' && error.type !== 'invalid_request_error' ? 'server_error' : refused
}

/** 400, 413, 422 and the like: another model helps only against an overflow or an unknown name. */
function refusedBody(error: ProviderError): UpstreamFailureClass {
  if (hasCode(error, OVERFLOW_CODES)) return 'context_overflow'
  if (hasCode(error, MODEL_CODES)) return 'not_found'
  if (hasCode(error, QUOTA_CODES)) return 'quota'
  if (hasCode(error, AUTH_CODES)) return 'auth'
  const message = error.message.slice(0, MESSAGE_SCAN_CHARS).toLowerCase()
  if (AUTH_TEXTS.some((text) => message.includes(text))) return 'auth'
  return OVERFLOW_TEXTS.some((text) => message.includes(text)) ? 'context_overflow' : 'bad_request'
}

/** Longest stretch of a provider's message that is looked at. */
const MESSAGE_SCAN_CHARS = 2_000

function hasCode({ code, type }: ProviderError, codes: ReadonlySet<string>): boolean {
  return (code !== null && codes.has(code)) || (type !== null && codes.has(type))
}

interface FailureFacts {
  readonly failure: UpstreamFailureClass
  readonly message: string
  readonly status?: number | null
  readonly retryAfterMs?: number | null
  readonly injected?: boolean
}

/** A failed attempt; what is not given is unknown. */
export function failed({ failure, message, status, retryAfterMs, injected }: FailureFacts): UpstreamFailure {
  return {
    kind: 'failed',
    failure,
    status: status ?? null,
    retryAfterMs: retryAfterMs ?? null,
    message,
    injected: injected ?? false,
  }
}
