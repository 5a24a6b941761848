import type { GatewayError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

const TYPES: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [409, 'conflict_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
])

/** The status a client of the format expects: it knows 529 for "too much traffic", not 503. */
export function messagesErrorStatus(error: GatewayError): number {
  return error.status === 503 ? 529 : error.status
}

/** The Anthropic-shaped body of an error, with our own code among the details. */
export function messagesErrorBody(error: GatewayError, requestId: string): JsonObject {
  const type = TYPES.get(error.status) ?? (error.status >= 500 ? 'api_error' : 'invalid_request_error')
  return {
    type: 'error',
    error: {
      type,
      // Clients show the message alone, so the hint goes along.
      message: error.hint === undefined ? error.message : `${error.message} (${error.hint})`,
      details: { error_code: error.code, ...(error.param === undefined ? {} : { param: error.param }) },
    },
    request_id: requestId,
  }
}
