import { isJsonObject, type JsonObject } from '../json.ts'
import { totalInput, totalOutput, type TokenUsage } from '../usage.ts'

/** Reported usage as disjoint buckets: Google counts cached tokens inside the prompt, and thoughts beside the answer. */
export function readGenerateUsage(usage: unknown): TokenUsage | null {
  if (!isJsonObject(usage)) return null
  const prompt = count(usage['promptTokenCount'])
  const output = count(usage['candidatesTokenCount'])
  const thoughts = count(usage['thoughtsTokenCount'])
  if (prompt === null && output === null && thoughts === null) return null
  const input = (prompt ?? 0) + (count(usage['toolUsePromptTokenCount']) ?? 0)
  const cacheRead = Math.min(count(usage['cachedContentTokenCount']) ?? 0, input)
  return {
    input: input - cacheRead,
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: output ?? 0,
    reasoning: thoughts ?? 0,
    basis: 'reported',
  }
}

/** Usage as a client of the format expects it. */
export function writeGenerateUsage(usage: TokenUsage): JsonObject {
  const prompt = totalInput(usage)
  return {
    promptTokenCount: prompt,
    ...(usage.cacheRead > 0 ? { cachedContentTokenCount: usage.cacheRead } : {}),
    candidatesTokenCount: usage.output,
    ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {}),
    totalTokenCount: prompt + totalOutput(usage),
  }
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : null
}
