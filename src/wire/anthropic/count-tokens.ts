import type { JsonObject } from '../json.ts'

/** The answer of `count_tokens`; an estimate by the format's own definition. */
export function countTokensBody(inputTokens: number): JsonObject {
  return { input_tokens: Math.max(0, Math.ceil(inputTokens)) }
}
