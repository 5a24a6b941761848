import { isJsonObject, type JsonObject } from '../json.ts'
import { totalOutput, type TokenUsage } from '../usage.ts'

/** Reported usage as disjoint buckets: Anthropic counts cached tokens beside `input_tokens`, and thinking inside the output. */
export function readMessagesUsage(usage: unknown): TokenUsage | null {
  if (!isJsonObject(usage)) return null
  const input = count(usage['input_tokens'])
  const output = count(usage['output_tokens'])
  if (input === null && output === null) return null
  const split = objectOr(usage['cache_creation'])
  const hour = count(split['ephemeral_1h_input_tokens']) ?? 0
  const written = count(usage['cache_creation_input_tokens']) ?? (count(split['ephemeral_5m_input_tokens']) ?? 0) + hour
  const cacheWrite1h = Math.min(hour, written)
  const total = output ?? 0
  const thinking = count(objectOr(usage['output_tokens_details'])['thinking_tokens']) ?? 0
  const reasoning = Math.min(thinking, total)
  return {
    input: input ?? 0,
    cacheRead: count(usage['cache_read_input_tokens']) ?? 0,
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    output: total - reasoning,
    reasoning,
    basis: 'reported',
  }
}

/** Usage as a client of the format expects it. */
export function writeMessagesUsage(usage: TokenUsage): JsonObject {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5m,
      ephemeral_1h_input_tokens: usage.cacheWrite1h,
    },
    output_tokens: totalOutput(usage),
    output_tokens_details: { thinking_tokens: usage.reasoning },
  }
}

function objectOr(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : null
}
