import type { JsonObject } from '../json.ts'
import { totalInput, totalOutput, type TokenUsage } from '../usage.ts'

/** Usage under the names of this format. */
export function writeResponsesUsage(usage: TokenUsage): JsonObject {
  const input = totalInput(usage)
  const output = totalOutput(usage)
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + output,
  }
}
