import type { DecideInput, Rejection } from '../decision.ts'
import { DAY_MS } from '../iso-day.ts'
import type { ModelRow } from '../matrix.ts'
import type { Entry } from './compiled.ts'
import { healthRejection } from './health.ts'

/**
 * Filters on what a model can do and whether it can be reached, in this order: retired, context window, output limit,
 * modality, tools, schema, parameters (strict only), credentials, health, rate limits. A capability or limit that no
 * source states (null, or an empty list of modalities) rejects nothing.
 */
export function abilityRejection(entry: Entry, input: DecideInput): Rejection | null {
  const { row } = entry
  if (input.now >= entry.retiresDay * DAY_MS) return { code: 'retired', on: row.dates.retires ?? '' }
  return sizeRejection(row, input) ?? shapeRejection(row, input) ?? healthRejection(row, input)
}

/** The window holds the prompt and the output that the client reserved; `maxInput` bounds the prompt alone. */
function sizeRejection(row: ModelRow, { features }: DecideInput): Rejection | null {
  const prompt = features.inputTokens
  if (row.maxInput !== null && prompt > row.maxInput)
    return { code: 'context_window_exceeded', needTokens: prompt, windowTokens: row.maxInput }
  const needTokens = prompt + (features.maxOutputTokens ?? 0)
  if (row.contextWindow !== null && needTokens > row.contextWindow)
    return { code: 'context_window_exceeded', needTokens, windowTokens: row.contextWindow }
  if (row.maxOutput !== null && features.maxOutputTokens !== null && features.maxOutputTokens > row.maxOutput)
    return { code: 'output_limit_exceeded', needTokens: features.maxOutputTokens, limitTokens: row.maxOutput }
  return null
}

function shapeRejection(row: ModelRow, { features, config }: DecideInput): Rejection | null {
  const { needs } = features
  const can = row.capabilities
  if (row.inputModalities.length > 0) {
    for (const modality of features.modalities)
      if (!row.inputModalities.includes(modality)) return { code: 'modality_unsupported', modality }
  }
  if (needs.tools && can.tools === false) return { code: 'tools_unsupported', need: 'tools' }
  if (needs.parallelTools && can.parallelTools === false) return { code: 'tools_unsupported', need: 'parallel_tools' }
  // A schema asks for more than JSON mode and may be there without it.
  if (needs.jsonSchema) {
    if (can.jsonSchema === false) return { code: 'schema_unsupported', need: 'json_schema' }
  } else if (needs.jsonMode && can.jsonMode === false) return { code: 'schema_unsupported', need: 'json_mode' }
  if (!config.strictParams) return null
  for (const parameter of needs.parameters) {
    const capability = PARAMETER_CAPABILITY.get(parameter)
    if (capability !== undefined && can[capability] === false) return { code: 'parameter_unsupported', parameter }
  }
  return null
}

/** The sampling parameters for which the matrix states support. */
const PARAMETER_CAPABILITY: ReadonlyMap<string, 'temperature' | 'reasoning'> = new Map([
  ['temperature', 'temperature'],
  ['reasoningEffort', 'reasoning'],
] as const)
