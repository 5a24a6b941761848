import type { Capability, Modality, ModelRow, PriceList } from '../engine/matrix.ts'

export const CATALOG_SCHEMA = 'gateway.catalog/1'

/** What public sources state about a model at one vendor. Null means that no source states it. */
export interface ModelFacts {
  readonly id: string
  /** Provider name as in models.dev. */
  readonly vendor: string
  readonly name: string
  readonly family: string
  readonly kind: 'chat' | 'embedding'
  readonly contextWindow: number | null
  readonly maxInput: number | null
  readonly maxOutput: number | null
  readonly inputModalities: readonly Modality[]
  readonly capabilities: ModelRow['capabilities']
  readonly prices: PriceList | null
  readonly dates: ModelRow['dates']
  readonly status?: 'alpha' | 'beta' | 'deprecated'
  /** True for models kept only so that old recordings can be replayed: they join a matrix when a config names them. */
  readonly historic?: true
  readonly note?: string
}

export interface CatalogSource {
  readonly name: string
  readonly asOf: string
  readonly licence: string
  readonly commit?: string
}

/** The bundled or synced file. */
export interface CatalogFile {
  readonly schema: typeof CATALOG_SCHEMA
  readonly sources: readonly CatalogSource[]
  /** SHA-256 over the canonical JSON of `models`, so that a damaged or edited file is noticed. */
  readonly sha256: string
  /** Sorted by vendor and id. */
  readonly models: readonly ModelFacts[]
}

/** Vendors whose models the gateway can reach through a kind or preset; others are left out of a sync. */
export const VENDORS = [
  'openai',
  'anthropic',
  'google',
  'mistral',
  'deepseek',
  'alibaba',
  'groq',
  'xai',
  'cohere',
  'togetherai',
  'openrouter',
] as const

export const UNKNOWN_CAPABILITIES: Record<keyof ModelRow['capabilities'], Capability> = {
  tools: null,
  parallelTools: null,
  jsonMode: null,
  jsonSchema: null,
  streaming: null,
  reasoning: null,
  systemPrompt: null,
  promptCaching: null,
  temperature: null,
}

/** By vendor, then id, by code unit: the order of the file. */
export function byVendorAndId(a: ModelFacts, b: ModelFacts): number {
  if (a.vendor !== b.vendor) return a.vendor < b.vendor ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
