import type { ModelFacts } from './facts.ts'

/**
 * Facts of a newer source over those of an older one. What the newer source is silent about stays as it was; only a
 * price list is taken as a whole, because two lists mixed would give prices that nobody charges.
 */
export function mergeFacts(older: ModelFacts | undefined, newer: ModelFacts): ModelFacts {
  if (older === undefined) return newer
  // A source without names and families repeats the id.
  const named = newer.name !== newer.id
  return {
    ...older,
    ...newer,
    name: named ? newer.name : older.name,
    family: newer.family === newer.id ? older.family : newer.family,
    contextWindow: newer.contextWindow ?? older.contextWindow,
    maxInput: newer.maxInput ?? older.maxInput,
    maxOutput: newer.maxOutput ?? older.maxOutput,
    capabilities: mergeCapabilities(older.capabilities, newer.capabilities),
    prices: newer.prices ?? older.prices,
    dates: { ...older.dates, ...newer.dates },
  }
}

function mergeCapabilities(
  older: ModelFacts['capabilities'],
  newer: ModelFacts['capabilities'],
): ModelFacts['capabilities'] {
  return {
    tools: newer.tools ?? older.tools,
    parallelTools: newer.parallelTools ?? older.parallelTools,
    jsonMode: newer.jsonMode ?? older.jsonMode,
    jsonSchema: newer.jsonSchema ?? older.jsonSchema,
    streaming: newer.streaming ?? older.streaming,
    reasoning: newer.reasoning ?? older.reasoning,
    systemPrompt: newer.systemPrompt ?? older.systemPrompt,
    promptCaching: newer.promptCaching ?? older.promptCaching,
    temperature: newer.temperature ?? older.temperature,
  }
}

/** The models of a newer source over all older ones, by vendor and id. */
export function mergeModels(older: readonly ModelFacts[], newer: readonly ModelFacts[]): readonly ModelFacts[] {
  const merged = new Map(older.map((model) => [`${model.vendor}/${model.id}`, model]))
  for (const model of newer) {
    const key = `${model.vendor}/${model.id}`
    merged.set(key, mergeFacts(merged.get(key), model))
  }
  return [...merged.values()]
}
