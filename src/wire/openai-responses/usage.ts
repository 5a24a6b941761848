import { isJsonObject, type JsonObject } from '../json.ts'
import { totalInput, totalOutput, type TokenUsage } from '../usage.ts'

/** Reported usage as disjoint buckets: cached tokens are counted inside the input, and reasoning inside the output. */
export function readResponsesUsage(usage: unknown): TokenUsage | null {
  if (!isJsonObject(usage)) return null
  const input = count(usage['input_tokens'])
  const output = count(usage['output_tokens'])
  if (input === null && output === null) return null
  const total = input ?? 0
  const details = objectOr(usage['input_tokens_details'])
  const cacheRead = Math.min(count(details['cached_tokens']) ?? 0, total)
  const cacheWrite5m = Math.min(count(details['cache_write_tokens']) ?? 0, total - cacheRead)
  const said = output ?? 0
  const reasoning = Math.min(count(objectOr(usage['output_tokens_details'])['reasoning_tokens']) ?? 0, said)
  return {
    input: total - cacheRead - cacheWrite5m,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    output: said - reasoning,
    reasoning,
    basis: 'reported',
  }
}

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

function objectOr(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : null
}
