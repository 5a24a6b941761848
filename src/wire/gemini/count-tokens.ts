import type { JsonObject } from '../json.ts'

/** The answer of `countTokens`, for an estimate of ours. */
export function countTokensBody(inputTokens: number): JsonObject {
  return { totalTokens: Math.max(0, Math.ceil(inputTokens)) }
}
