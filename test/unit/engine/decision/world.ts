import type { Asked, DecideInput, Decision, Rights } from '../../../../src/engine/decision.ts'
import type { Features } from '../../../../src/engine/features.ts'
import type { Intent, IntentResult } from '../../../../src/engine/intents.ts'
import {
  modelId,
  type LatencyProfile,
  type Matrix,
  type ModelRow,
  type PriceStep,
} from '../../../../src/engine/matrix.ts'
import type { Policy, RoutingConfig } from '../../../../src/engine/routing-config.ts'
import { EMPTY_STATE, type BudgetLeft, type SessionState } from '../../../../src/engine/state.ts'

/** A small world for decision tests: every builder takes only what a test is about. */
export const NOW = 1_750_000_000_000

export interface RowSpec extends Partial<Omit<ModelRow, 'id' | 'quality' | 'latency' | 'capabilities' | 'prices'>> {
  readonly quality?: number
  readonly qualitySource?: 'prior' | 'measured' | 'user'
  /** USD per million tokens. */
  readonly price?: { readonly input: number; readonly output: number; readonly cacheRead?: number } | null
  readonly firstTokenP95Ms?: number
  readonly can?: Partial<ModelRow['capabilities']>
  readonly intents?: ModelRow['quality']['byIntent']
}

const PICO_PER_USD_PER_MILLION = 1_000_000

export function row(id: string, spec: RowSpec = {}): ModelRow {
  const { quality, qualitySource, price, firstTokenP95Ms, can, intents, ...rest } = spec
  const all = { tools: true, parallelTools: true, jsonMode: true, jsonSchema: true, streaming: true } as const
  const more = { reasoning: true, systemPrompt: true, promptCaching: true, temperature: true } as const
  return {
    id: modelId(id),
    family: 'test',
    kind: 'chat',
    tier: 'standard',
    targets: [{ provider: 'alpha', upstreamModel: id, hasCredentials: true }],
    contextWindow: 128_000,
    maxInput: null,
    maxOutput: 16_000,
    inputModalities: ['text'],
    capabilities: { ...all, ...more, ...can },
    prices:
      price === null ? null : { steps: [step(price ?? { input: 1, output: 2 })], source: 'test', asOf: '2026-01-01' },
    dates: {},
    latency: firstTokenP95Ms === undefined ? null : latency(firstTokenP95Ms),
    quality: {
      overall: quality === undefined ? null : { value: quality, source: qualitySource ?? 'measured' },
      byIntent: intents ?? {},
    },
    ...rest,
  }
}

export function step(price: { input: number; output: number; cacheRead?: number }, aboveInputTokens = 0): PriceStep {
  return {
    aboveInputTokens,
    input: Math.round(price.input * PICO_PER_USD_PER_MILLION),
    output: Math.round(price.output * PICO_PER_USD_PER_MILLION),
    cacheRead: price.cacheRead === undefined ? null : Math.round(price.cacheRead * PICO_PER_USD_PER_MILLION),
    cacheWrite5m: null,
    cacheWrite1h: null,
    reasoning: null,
  }
}

export function latency(firstTokenP95Ms: number): LatencyProfile {
  const firstTokenP50Ms = firstTokenP95Ms / 2
  return { firstTokenP50Ms, firstTokenP95Ms, perTokenP50Ms: 10, perTokenP95Ms: 20, source: 'measured', n: 100 }
}

export function matrix(...rows: readonly ModelRow[]): Matrix {
  return { hash: 'catalog', rows: rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)) }
}

/** One cheap, one middling and one dear model, one in each tier. */
export const THREE = matrix(
  row('cheap', { tier: 'free', quality: 0.6, price: { input: 0.1, output: 0.2 }, firstTokenP95Ms: 500 }),
  row('middle', { tier: 'standard', quality: 0.75, price: { input: 1, output: 2 }, firstTokenP95Ms: 1000 }),
  row('dear', { tier: 'premium', quality: 0.9, price: { input: 10, output: 20 }, firstTokenP95Ms: 3000 }),
)

export const CHEAPEST: Policy = { kind: 'minimize_cost', require: {}, relax: [], strict: false }
const BEST: Policy = { kind: 'maximize_quality', require: {}, relax: [], strict: false }
export const FASTEST: Policy = { kind: 'minimize_latency', require: {}, relax: [], strict: false }

export function config(over: Partial<RoutingConfig> = {}): RoutingConfig {
  return {
    hash: 'config',
    tiers: ['free', 'standard', 'premium'],
    aliases: {},
    defaultPolicy: 'cheapest',
    policies: { cheapest: CHEAPEST, best: BEST, fastest: FASTEST },
    rules: [],
    sticky: 'off',
    strictParams: false,
    failover: {
      maxAttempts: 4,
      deadlineMs: 60_000,
      lowerTiers: true,
      higherTiers: false,
      cooldownBaseMs: 5_000,
      cooldownMaxMs: 300_000,
    },
    budgets: [],
    defaultMaxOutput: 1_000,
    ...over,
  }
}

export function features(over: Partial<Features> = {}): Features {
  return {
    inputTokens: 1_000,
    maxOutputTokens: null,
    turns: 1,
    userTurns: 1,
    chars: { system: 0, user: 4_000, assistant: 0, tool: 0, lastUser: 4_000 },
    language: 'en',
    script: 'latin',
    modalities: ['text'],
    needs: {
      tools: false,
      parallelTools: false,
      jsonMode: false,
      jsonSchema: false,
      stream: false,
      choices: 1,
      parameters: [],
    },
    agentLoop: false,
    cues: {},
    ...over,
  }
}

export function needs(over: Partial<Features['needs']>): Partial<Features> {
  return { needs: { ...features().needs, ...over } }
}

export const RIGHTS: Rights = {
  keyId: 'key_1',
  alias: 'dev',
  groups: [],
  user: null,
  project: null,
  tierCeiling: null,
  models: null,
  policy: null,
}

export interface Situation {
  readonly model?: string
  readonly hints?: Partial<Asked['hints']>
  readonly endpoint?: Asked['endpoint']
  readonly intent?: Intent
  readonly complexity?: number
  readonly features?: Partial<Features>
  readonly rights?: Partial<Rights>
  readonly config?: Partial<RoutingConfig>
  readonly matrix?: Matrix
  readonly state?: Partial<DecideInput['state']>
  readonly now?: number
}

export function given(situation: Situation = {}): DecideInput {
  const intent: IntentResult = {
    label: situation.intent ?? 'chat',
    confidence: 0.8,
    runnerUps: [],
    complexity: situation.complexity ?? 0.5,
    cues: [],
    kept: false,
  }
  return {
    asked: {
      model: situation.model ?? 'auto',
      endpoint: situation.endpoint ?? 'chat',
      stream: false,
      hints: { tags: [], ...situation.hints },
    },
    rights: { ...RIGHTS, ...situation.rights },
    features: features(situation.features),
    intent,
    config: config(situation.config),
    matrix: situation.matrix ?? THREE,
    state: { ...EMPTY_STATE, ...situation.state },
    seed: 1,
    roll: 0.5,
    now: situation.now ?? NOW,
  }
}

export function session(model: string, cachedTokens = 0): SessionState {
  return { id: 's1', turn: 2, model: modelId(model), intent: 'chat', cachedTokens, lastAt: NOW - 1_000 }
}

export function budget(over: Partial<BudgetLeft['rule']> & { readonly leftNanoUsd: number }): BudgetLeft {
  const { leftNanoUsd, ...rule } = over
  return {
    rule: { name: 'b', scope: 'user', limitNanoUsd: 1e9, window: 'day', warnAt: 0.8, onExceed: 'downgrade', ...rule },
    subject: 'anna',
    leftNanoUsd,
    resetsAt: NOW + 3_600_000,
  }
}

/** `chosen <model>` or `refused <code>`: what most tests compare. */
export function resultOf({ outcome }: Decision): string {
  return outcome.kind === 'chosen' ? `chosen ${outcome.model}` : `refused ${outcome.code}`
}

export function rejectionCode(decision: Decision, model: string): string | undefined {
  const candidate = decision.candidates.find((entry) => entry.model === model)
  return candidate !== undefined && 'rejected' in candidate ? candidate.rejected.code : undefined
}
