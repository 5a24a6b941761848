import { GatewayError } from './errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'

/** Deepest nesting of a body. Deeper ones can exhaust the stack of whatever walks them later, `JSON.stringify` included. */
const MAX_DEPTH = 256

/** A request body as an object of bounded depth; throws `invalid_request_error`. */
export function bodyObject(body: unknown): JsonObject {
  if (!isJsonObject(body)) throw badBody('the body must be a JSON object')
  if (isDeeper(body, MAX_DEPTH)) throw badBody(`the body is nested deeper than ${MAX_DEPTH} levels`)
  return body
}

function badBody(message: string): GatewayError {
  return new GatewayError('invalid_request_error', message, { param: 'body' })
}

/** The recursion itself ends at the limit. */
function isDeeper(value: JsonValue | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((member) => isDeeper(member, levels - 1))
}
