import type { Intent } from './intents.ts'

/** Unique name of a row of the capability matrix, as used in configs, requests and records. */
export type ModelId = string & { readonly __brand: 'ModelId' }

export function modelId(name: string): ModelId {
  return name as ModelId
}

/** Where a number comes from. Floors bind `measured` and `user` values alone; `prior` values only order candidates. */
export type Evidence = 'catalogue' | 'prior' | 'measured' | 'user'

export interface Sourced {
  readonly value: number
  readonly source: Evidence
  /** Sample size and 90 % interval of a measured value. */
  readonly n?: number
  readonly low?: number
  readonly high?: number
}

/** A yes/no capability; null means that no source states it. */
export type Capability = boolean | null

export type Modality = 'text' | 'image' | 'audio' | 'video' | 'pdf'

/** Prices in integer pico-dollars per token. Null means that the source states no price, which is never the same as 0. */
export interface PriceStep {
  /** The step applies to the whole request once its input exceeds this many tokens; 0 for the base step. */
  readonly aboveInputTokens: number
  readonly input: number | null
  readonly output: number | null
  readonly cacheRead: number | null
  readonly cacheWrite5m: number | null
  readonly cacheWrite1h: number | null
  /** Null: reasoning tokens cost the output price. */
  readonly reasoning: number | null
}

export interface PriceList {
  /** Sorted by `aboveInputTokens`, the first with 0. */
  readonly steps: readonly PriceStep[]
  readonly source: string
  /** ISO date on which the source stated these prices. */
  readonly asOf: string
}

/** Latency profile in milliseconds. */
export interface LatencyProfile {
  readonly firstTokenP50Ms: number
  readonly firstTokenP95Ms: number
  readonly perTokenP50Ms: number
  readonly perTokenP95Ms: number
  readonly source: Evidence
  readonly n?: number
}

/** One place where the model is served. */
export interface Target {
  readonly provider: string
  readonly upstreamModel: string
  /** False when the provider is configured without a usable credential. */
  readonly hasCredentials: boolean
}

export interface ModelRow {
  readonly id: ModelId
  readonly family: string
  readonly kind: 'chat' | 'embedding'
  readonly tier: string
  /** In order of preference; the first is the usual one. Empty when no configured provider serves the model. */
  readonly targets: readonly Target[]
  readonly contextWindow: number | null
  readonly maxInput: number | null
  readonly maxOutput: number | null
  readonly inputModalities: readonly Modality[]
  readonly capabilities: {
    readonly tools: Capability
    readonly parallelTools: Capability
    readonly jsonMode: Capability
    readonly jsonSchema: Capability
    readonly streaming: Capability
    readonly reasoning: Capability
    readonly systemPrompt: Capability
    readonly promptCaching: Capability
    readonly temperature: Capability
  }
  readonly prices: PriceList | null
  /** ISO dates. */
  readonly dates: { readonly released?: string; readonly deprecated?: string; readonly retires?: string }
  readonly region?: string
  readonly latency: LatencyProfile | null
  readonly quality: {
    readonly overall: Sourced | null
    readonly byIntent: Readonly<Partial<Record<Intent, Sourced>>>
  }
}

export interface Matrix {
  readonly hash: string
  /** Sorted by id. */
  readonly rows: readonly ModelRow[]
}
