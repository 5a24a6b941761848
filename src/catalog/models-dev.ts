import type { Modality, PriceStep } from '../engine/matrix.ts'
import { isJsonObject, type JsonObject } from '../wire/json.ts'
import { UNKNOWN_CAPABILITIES, type ModelFacts } from './facts.ts'
import { picoPerToken } from './pico.ts'

const MODALITIES: readonly Modality[] = ['text', 'image', 'audio', 'video', 'pdf']

/** One model as models.dev describes it, in our terms. Null when it is neither a chat nor an embedding model. */
export function factsFromModelsDev(vendor: string, row: JsonObject, asOf: string): ModelFacts | null {
  const id = text(row['id'])
  const output = modalities(row, 'output')
  if (id === '' || !output.includes('text')) return null
  const label = `${id} ${text(row['family'])} ${text(row['name'])}`
  const kind = /embed/i.test(label) ? 'embedding' : 'chat'
  if (kind === 'chat' && !modalities(row, 'input').includes('text')) return null
  const limit = isJsonObject(row['limit']) ? row['limit'] : {}
  const status = row['status']
  const released = text(row['release_date'])
  return {
    id,
    vendor,
    name: text(row['name']) || id,
    family: text(row['family']) || id,
    kind,
    contextWindow: positive(limit['context']),
    maxInput: positive(limit['input']),
    // For embeddings models.dev puts the number of dimensions there.
    maxOutput: kind === 'embedding' ? null : positive(limit['output']),
    inputModalities: modalities(row, 'input'),
    capabilities: kind === 'embedding' ? UNKNOWN_CAPABILITIES : capabilitiesOf(row),
    prices: pricesOf(row, asOf),
    dates: /^\d{4}-\d\d-\d\d$/.test(released) ? { released } : {},
    ...(status === 'alpha' || status === 'beta' || status === 'deprecated' ? { status } : {}),
  }
}

function capabilitiesOf(row: JsonObject): ModelFacts['capabilities'] {
  const cost = isJsonObject(row['cost']) ? row['cost'] : {}
  const jsonSchema = flag(row['structured_output'])
  return {
    ...UNKNOWN_CAPABILITIES,
    tools: flag(row['tool_call']),
    // Whoever takes a schema also has the plain JSON mode; the reverse is not known.
    jsonMode: jsonSchema === true ? true : null,
    jsonSchema,
    reasoning: flag(row['reasoning']),
    promptCaching: typeof cost['cache_read'] === 'number' ? true : null,
    temperature: flag(row['temperature']),
  }
}

function pricesOf(row: JsonObject, asOf: string): ModelFacts['prices'] {
  const cost = row['cost']
  if (!isJsonObject(cost)) return null
  const steps = [stepOf(cost, 0)]
  if (Array.isArray(cost['tiers'])) {
    for (const tier of cost['tiers'] as readonly unknown[]) {
      const size = isJsonObject(tier) && isJsonObject(tier['tier']) ? positive(tier['tier']['size']) : null
      if (isJsonObject(tier) && size !== null) steps.push(stepOf(tier, size))
    }
  }
  const over200k = cost['context_over_200k']
  if (isJsonObject(over200k) && steps.length === 1) steps.push(stepOf(over200k, 200_000))
  steps.sort((a, b) => a.aboveInputTokens - b.aboveInputTokens)
  return { steps, source: 'models.dev', asOf }
}

function stepOf(cost: JsonObject, aboveInputTokens: number): PriceStep {
  return {
    aboveInputTokens,
    input: picoPerToken(cost['input'], 'per_million'),
    output: picoPerToken(cost['output'], 'per_million'),
    cacheRead: picoPerToken(cost['cache_read'], 'per_million'),
    cacheWrite5m: picoPerToken(cost['cache_write'], 'per_million'),
    cacheWrite1h: null,
    reasoning: picoPerToken(cost['reasoning'], 'per_million'),
  }
}

function modalities(row: JsonObject, side: 'input' | 'output'): readonly Modality[] {
  const both = row['modalities']
  const listed: unknown = isJsonObject(both) ? both[side] : undefined
  return Array.isArray(listed) ? MODALITIES.filter((known) => listed.includes(known)) : []
}

function flag(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}
