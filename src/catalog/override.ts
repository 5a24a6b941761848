import type { ModelRow, PriceList, PriceStep } from '../engine/matrix.ts'
import { UNKNOWN_CAPABILITIES, type ModelFacts } from './facts.ts'
import type { ModelOverride } from './ports.ts'

/** Stands in for a model that the catalogue does not know. */
export const UNKNOWN_FACTS: ModelFacts = {
  id: '',
  vendor: '',
  name: '',
  family: '',
  kind: 'chat',
  contextWindow: null,
  maxInput: null,
  maxOutput: null,
  inputModalities: ['text'],
  capabilities: UNKNOWN_CAPABILITIES,
  prices: null,
  dates: {},
}

/** A user's price list replaces the catalogue's as a whole: mixing two lists would give prices that nobody charges. */
export function overriddenPrices(prices: PriceList | null, override: ModelOverride): PriceList | null {
  const stated = override.price
  if (stated === undefined) return prices
  const above = [...(stated.above ?? [])].sort((a, b) => a.input_tokens - b.input_tokens)
  const steps = [stepOf(stated, 0), ...above.map((step) => stepOf(step, step.input_tokens))]
  return { steps, source: 'user', asOf: 'config' }
}

function stepOf(stated: NonNullable<ModelOverride['price']>, aboveInputTokens: number): PriceStep {
  return {
    aboveInputTokens,
    input: stated.input ?? null,
    output: stated.output ?? null,
    cacheRead: stated.cache_read ?? null,
    cacheWrite5m: stated.cache_write ?? null,
    cacheWrite1h: stated.cache_write_1h ?? null,
    reasoning: stated.reasoning ?? null,
  }
}

/** Names in a config and in the matrix. */
const MEMBER_OF = {
  tools: 'tools',
  parallel_tools: 'parallelTools',
  json_mode: 'jsonMode',
  json_schema: 'jsonSchema',
  streaming: 'streaming',
  reasoning: 'reasoning',
  system_prompt: 'systemPrompt',
  prompt_caching: 'promptCaching',
  temperature: 'temperature',
} as const satisfies Record<string, keyof ModelRow['capabilities']>

/** A list adds to what is known; a map may also take away. What is not named stays as the catalogue has it. */
export function overriddenCapabilities(
  known: ModelRow['capabilities'],
  override: ModelOverride,
): ModelRow['capabilities'] {
  const stated = override.capabilities
  if (stated === undefined) return known
  const pairs: readonly (readonly [string, boolean | undefined])[] = isList(stated)
    ? stated.map((name) => [name, true] as const)
    : Object.entries(stated)
  const result = { ...known }
  for (const [name, value] of pairs) {
    if (value !== undefined && isMember(name)) result[MEMBER_OF[name]] = value
  }
  // A model that takes a schema also takes the plain JSON mode, unless the user says otherwise.
  if (result.jsonSchema === true && result.jsonMode === null) result.jsonMode = true
  return result
}

function isMember(name: string): name is keyof typeof MEMBER_OF {
  return Object.hasOwn(MEMBER_OF, name)
}

function isList(value: NonNullable<ModelOverride['capabilities']>): value is readonly string[] {
  return Array.isArray(value)
}
