import type { GatewayError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

const STATUSES: ReadonlyMap<number, string> = new Map([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [409, 'ABORTED'],
  [429, 'RESOURCE_EXHAUSTED'],
  [499, 'CANCELLED'],
  [500, 'INTERNAL'],
  [503, 'UNAVAILABLE'],
  [504, 'DEADLINE_EXCEEDED'],
])

/** The status a client of the format expects: a spent budget is RESOURCE_EXHAUSTED, and 502 does not exist. */
export function generateErrorStatus(error: GatewayError): number {
  if (error.status === 402) return 429
  if (error.status === 529) return 503
  return error.status === 502 ? 500 : error.status
}

/** The Google-shaped body of an error, with our own code as the reason and the wait time where there is one. */
export function generateErrorBody(error: GatewayError, retryAfterMs: number | null = null): JsonObject {
  const code = generateErrorStatus(error)
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: error.code, domain: 'gateway' }
  const retry = {
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay: `${((retryAfterMs ?? 0) / 1000).toFixed(3)}s`,
  }
  return {
    error: {
      code,
      // Clients show the message alone, so the hint goes along.
      message: error.hint === undefined ? error.message : `${error.message} (${error.hint})`,
      status: STATUSES.get(code) ?? (code >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT'),
      details: retryAfterMs === null ? [info] : [info, retry],
    },
  }
}
