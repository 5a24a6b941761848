import type { CanonicalRequest } from '../canonical.ts'
import type { Dropped } from '../dropped.ts'
import { effortBudget } from '../effort.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { geminiSchema } from './encode-tools.ts'
import type { GeminiTraits } from './model-traits.ts'

/** Stop texts that the API takes. */
const MAX_STOPS = 5
/** Thinking budgets are shares of this when the request has no limit of its own. */
const USUAL_LIMIT = 32_768

/** `generationConfig`. */
export function encodeConfig(request: CanonicalRequest, traits: GeminiTraits, dropped: Dropped): JsonObject {
  const { sampling, maxOutputTokens, choices, format, extra } = request
  const own = format === 'gemini' && isJsonObject(extra['generationConfig']) ? extra['generationConfig'] : {}
  const members: Record<string, JsonValue> = { ...ownMembers(own) }
  const put = (name: string, value: JsonValue | undefined): void => {
    if (value !== undefined) members[name] = value
  }
  const stops = sampling.stop?.slice(0, MAX_STOPS)
  if ((sampling.stop?.length ?? 0) > MAX_STOPS) dropped.add('stop')
  put('temperature', sampling.temperature)
  put('topP', sampling.topP)
  put('topK', sampling.topK ?? topKOf(request))
  put('seed', sampling.seed)
  put('stopSequences', stops)
  put('presencePenalty', sampling.presencePenalty)
  put('frequencyPenalty', sampling.frequencyPenalty)
  put('maxOutputTokens', maxOutputTokens)
  if (choices !== 1) put('candidateCount', choices)
  if (members['thinkingConfig'] === undefined) put('thinkingConfig', thinkingConfig(request, traits, dropped))
  return { ...members, ...encodeFormat(request, traits, dropped) }
}

function ownMembers(own: JsonObject): Record<string, JsonValue> {
  const entries = Object.entries(own).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
  return Object.fromEntries(entries)
}

/** OpenAI-shaped hosts take `top_k` as a member of their own. */
function topKOf({ extra }: CanonicalRequest): JsonValue | undefined {
  return typeof extra['top_k'] === 'number' ? extra['top_k'] : undefined
}

/** How hard to think. What can not be said is named: newer models, for one, can not stop thinking. */
function thinkingConfig(
  { sampling, maxOutputTokens }: CanonicalRequest,
  traits: GeminiTraits,
  dropped: Dropped,
): JsonObject | undefined {
  const { reasoningEffort: effort } = sampling
  if (effort === undefined) return undefined
  const none = effort === 'none'
  if (traits.thinking === 'level') {
    const level = none ? traits.levels[0] : levelOf(effort, traits.levels)
    if (none || level === undefined) dropped.add('reasoningEffort')
    return level === undefined ? undefined : { thinkingLevel: level, ...(none ? {} : { includeThoughts: true }) }
  }
  const [least, most] = traits.budget
  const budget = none ? least : effortBudget(effort, maxOutputTokens ?? USUAL_LIMIT)
  if (traits.thinking === null || budget === null) {
    if (!none) dropped.add('reasoningEffort')
    return undefined
  }
  if (none && least > 0) dropped.add('reasoningEffort')
  return { thinkingBudget: Math.min(Math.max(budget, least), most), ...(none ? {} : { includeThoughts: true }) }
}

const LEVELS = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The level itself, or the next stronger one that the model knows, or its strongest. */
function levelOf(effort: string, known: readonly string[]): string | undefined {
  const wanted = LEVELS.indexOf(effort)
  if (wanted === -1) return undefined
  return known.find((level) => LEVELS.indexOf(level) >= wanted) ?? known.at(-1)
}

function encodeFormat(
  { responseFormat, format, tools }: CanonicalRequest,
  traits: GeminiTraits,
  dropped: Dropped,
): JsonObject {
  if (responseFormat.kind === 'text') return {}
  if (tools.length > 0 && !traits.schemaWithTools) {
    dropped.add('responseFormat')
    return {}
  }
  if (responseFormat.kind === 'json_object') return { responseMimeType: 'application/json' }
  const { schema } = responseFormat
  const fitting = format === 'gemini' ? schema : geminiSchema(schema, 'response_format.json_schema', dropped)
  return { responseMimeType: 'application/json', responseJsonSchema: fitting }
}
