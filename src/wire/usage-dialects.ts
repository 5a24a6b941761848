import { isJsonObject, type JsonObject } from './json.ts'
import { totalInput, totalOutput, type TokenUsage } from './usage.ts'

export type UsageDialectName = 'openai' | 'deepseek' | 'qwen' | 'mistral' | 'xai' | 'ollama' | 'groq' | 'openrouter'

/** How a provider's `usage` object is read. Of several places the first that holds a number counts. */
export interface UsageDialect {
  readonly cacheRead: readonly Place[]
  readonly cacheWrite: readonly Place[]
  readonly reasoning: readonly Place[]
  /** `on_top`: reasoning tokens are billed beside `completion_tokens`, not as part of them. */
  readonly reasoningIn: 'completion' | 'on_top'
  /** Where the provider states what it charged, in USD. */
  readonly cost?: Place
}

/** A member of the usage object, or of one of its detail objects. */
type Place = readonly [member: string] | readonly [group: string, member: string]

const CACHED: Place = ['prompt_tokens_details', 'cached_tokens']
const REASONING: Place = ['completion_tokens_details', 'reasoning_tokens']

export const USAGE_DIALECTS: Readonly<Record<UsageDialectName, UsageDialect>> = {
  openai: {
    cacheRead: [CACHED],
    cacheWrite: [['prompt_tokens_details', 'cache_write_tokens']],
    reasoning: [REASONING],
    reasoningIn: 'completion',
  },
  deepseek: {
    cacheRead: [['prompt_cache_hit_tokens'], CACHED],
    cacheWrite: [],
    reasoning: [REASONING],
    reasoningIn: 'completion',
  },
  qwen: {
    cacheRead: [CACHED],
    cacheWrite: [['prompt_tokens_details', 'cache_creation_input_tokens']],
    reasoning: [REASONING],
    reasoningIn: 'completion',
  },
  // Mistral documents no cache figures, yet recorded streams of some of its models carry them.
  mistral: { cacheRead: [CACHED], cacheWrite: [], reasoning: [], reasoningIn: 'completion' },
  xai: { cacheRead: [CACHED], cacheWrite: [], reasoning: [REASONING], reasoningIn: 'on_top' },
  ollama: { cacheRead: [], cacheWrite: [], reasoning: [], reasoningIn: 'completion' },
  groq: { cacheRead: [CACHED], cacheWrite: [], reasoning: [REASONING], reasoningIn: 'completion' },
  openrouter: {
    cacheRead: [CACHED],
    cacheWrite: [['prompt_tokens_details', 'cache_write_tokens']],
    reasoning: [REASONING],
    reasoningIn: 'completion',
    cost: ['cost'],
  },
}

/** The dialect of a provider's `quirks` name; anything unknown speaks as OpenAI does. */
export function usageDialect(quirks: string | null): UsageDialectName {
  for (const name of DIALECT_NAMES) if (name === quirks) return name
  return 'openai'
}

const DIALECT_NAMES: readonly UsageDialectName[] = [
  'openai',
  'deepseek',
  'qwen',
  'mistral',
  'xai',
  'ollama',
  'groq',
  'openrouter',
]

/** The usage object of a body or chunk: at the top level, or where Groq's older streams put it. */
export function usageMember(body: JsonObject): JsonObject | null {
  if (isJsonObject(body['usage'])) return body['usage']
  const groq = body['x_groq']
  return isJsonObject(groq) && isJsonObject(groq['usage']) ? groq['usage'] : null
}

/**
 * Reported usage as disjoint buckets; null when the object holds neither prompt nor completion tokens. Parts larger than
 * their whole are cut to it, so that no bucket is negative whatever a provider sends.
 */
export function readUsage(usage: unknown, dialectName: UsageDialectName = 'openai'): TokenUsage | null {
  if (!isJsonObject(usage)) return null
  const dialect = USAGE_DIALECTS[dialectName]
  const prompt = count(usage['prompt_tokens'])
  const completion = count(usage['completion_tokens'])
  if (prompt === null && completion === null) return null
  const promptTotal = prompt ?? 0
  const cacheRead = Math.min(first(usage, dialect.cacheRead), promptTotal)
  const cacheWrite5m = Math.min(first(usage, dialect.cacheWrite), promptTotal - cacheRead)
  const reasoning = first(usage, dialect.reasoning)
  const completionTotal = completion ?? 0
  const onTop = dialect.reasoningIn === 'on_top' && !isInclusive(usage, promptTotal + completionTotal)
  const inside = Math.min(reasoning, completionTotal)
  return {
    input: promptTotal - cacheRead - cacheWrite5m,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    output: onTop ? completionTotal : completionTotal - inside,
    reasoning: onTop ? reasoning : inside,
    basis: 'reported',
    ...reportedCost(usage, dialect),
  }
}

/** Rounded up, after taking off what binary fractions of decimal amounts leave beyond the twelfth digit. */
function reportedCost(usage: JsonObject, { cost }: UsageDialect): { reportedNanoUsd?: number } {
  const usd = cost === undefined ? undefined : usage[cost[0]]
  if (typeof usd !== 'number' || !Number.isFinite(usd) || usd < 0) return {}
  return { reportedNanoUsd: Math.ceil(Number((usd * 1e9).toPrecision(12))) }
}

/** A total that leaves no room for more tokens shows that reasoning was counted inside after all. */
function isInclusive(usage: JsonObject, withoutExtra: number): boolean {
  return count(usage['total_tokens']) === withoutExtra
}

/** Usage as an OpenAI client expects it: totals with the parts as details. */
export function writeUsage(usage: TokenUsage): JsonObject {
  const prompt = totalInput(usage)
  const completion = totalOutput(usage)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function first(usage: JsonObject, places: readonly Place[]): number {
  for (const [member, inner] of places) {
    const outer = usage[member]
    const value = count(inner === undefined ? outer : isJsonObject(outer) ? outer[inner] : undefined)
    if (value !== null) return value
  }
  return 0
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : null
}
