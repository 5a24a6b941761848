import type { Modality, PriceStep } from '../engine/matrix.ts'
import { isJsonObject, type JsonObject } from '../wire/json.ts'
import { UNKNOWN_CAPABILITIES, type ModelFacts } from './facts.ts'
import { picoPerToken } from './pico.ts'

/** Provider names of the LiteLLM table, in models.dev terms. */
const VENDOR_OF: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'google',
  mistral: 'mistral',
  deepseek: 'deepseek',
  dashscope: 'alibaba',
  groq: 'groq',
  xai: 'xai',
  cohere: 'cohere',
  cohere_chat: 'cohere',
  together_ai: 'togetherai',
  openrouter: 'openrouter',
}

/** One row of the LiteLLM price table, in our terms; null for vendors and modes that the gateway does not serve. */
export function factsFromLiteLlm(key: string, row: JsonObject, asOf: string): ModelFacts | null {
  const provider = typeof row['litellm_provider'] === 'string' ? row['litellm_provider'] : ''
  const vendor = VENDOR_OF[provider]
  const mode = row['mode']
  if (vendor === undefined || (mode !== 'chat' && mode !== 'embedding')) return null
  const id = key.startsWith(`${provider}/`) ? key.slice(provider.length + 1) : key
  return {
    id,
    vendor,
    name: id,
    family: id,
    kind: mode,
    contextWindow: positive(row['max_input_tokens']) ?? positive(row['max_tokens']),
    maxInput: null,
    maxOutput: mode === 'embedding' ? null : positive(row['max_output_tokens']),
    inputModalities: litellmModalities(row),
    capabilities: mode === 'embedding' ? UNKNOWN_CAPABILITIES : litellmCapabilities(row),
    prices: { steps: litellmSteps(row), source: 'litellm', asOf },
    dates: retires(row),
  }
}

/**
 * The table states what is supported and is silent on the rest; silence is unknown, not "no".
 * @public also used by the build of the snapshot
 */
export function litellmCapabilities(row: JsonObject): ModelFacts['capabilities'] {
  const stated = (name: string): boolean | null => (typeof row[name] === 'boolean' ? row[name] : null)
  const jsonSchema = stated('supports_response_schema')
  return {
    ...UNKNOWN_CAPABILITIES,
    tools: stated('supports_function_calling'),
    parallelTools: stated('supports_parallel_function_calling'),
    jsonMode: jsonSchema === true ? true : null,
    jsonSchema,
    reasoning: stated('supports_reasoning'),
    systemPrompt: stated('supports_system_messages'),
    promptCaching: stated('supports_prompt_caching'),
  }
}

/** @public also used by the build of the snapshot */
export function litellmModalities(row: JsonObject): readonly Modality[] {
  const modalities: Modality[] = ['text']
  if (row['supports_vision'] === true) modalities.push('image')
  if (row['supports_audio_input'] === true) modalities.push('audio')
  if (row['supports_pdf_input'] === true) modalities.push('pdf')
  return modalities
}

/**
 * Base prices, then one step for each `…_above_<n>k_tokens` suffix.
 * @public also used by the build of the snapshot
 */
export function litellmSteps(row: JsonObject): readonly PriceStep[] {
  const sizes = new Set<number>()
  for (const key of Object.keys(row)) {
    const match = /^input_cost_per_token_above_(\d+)k_tokens$/.exec(key)
    if (match !== null) sizes.add(Number(match[1]))
  }
  return [0, ...[...sizes].sort((a, b) => a - b)].map((size) => {
    const suffix = size === 0 ? '' : `_above_${size}k_tokens`
    const price = (name: string): number | null => picoPerToken(row[`${name}${suffix}`], 'per_token')
    return {
      aboveInputTokens: size * 1_000,
      input: price('input_cost_per_token'),
      output: price('output_cost_per_token'),
      cacheRead: price('cache_read_input_token_cost'),
      cacheWrite5m: price('cache_creation_input_token_cost'),
      cacheWrite1h: size === 0 ? picoPerToken(row['cache_creation_input_token_cost_above_1hr'], 'per_token') : null,
      reasoning: price('output_cost_per_reasoning_token'),
    }
  })
}

function retires(row: JsonObject): ModelFacts['dates'] {
  const date = row['deprecation_date']
  return typeof date === 'string' && /^\d{4}-\d\d-\d\d$/.test(date) ? { retires: date } : {}
}

/** Rows of the whole table by key. Its first key, `sample_spec`, is documentation. */
export function litellmRows(table: unknown): readonly (readonly [string, JsonObject])[] {
  if (!isJsonObject(table)) return []
  return Object.entries(table).flatMap(([key, row]) =>
    key !== 'sample_spec' && isJsonObject(row) ? [[key, row] as const] : [],
  )
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}
