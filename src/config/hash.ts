import { createHash } from 'node:crypto'
import { canonicalJson } from '../wire/json.ts'

/** First 12 hex digits of SHA-256 over canonical JSON: key order and formatting do not matter. */
export function hash12(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 12)
}
