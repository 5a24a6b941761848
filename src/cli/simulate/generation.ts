import { modelId, type ModelRow } from '../../engine/matrix.ts'
import type { RoutingConfig } from '../../engine/routing-config.ts'
import type { Generation, Incoming } from '../../pipeline/ports.ts'

export const SIMULATED = 'simulated'

/** A provider decides nothing: one attempt at the one model that was asked for, without a limit of ours. */
const ROUTING: RoutingConfig = {
  hash: SIMULATED,
  tiers: [SIMULATED],
  aliases: {},
  defaultPolicy: SIMULATED,
  policies: { [SIMULATED]: { kind: 'minimize_cost', require: {}, relax: [], strict: false } },
  rules: [],
  sticky: 'off',
  strictParams: false,
  failover: {
    maxAttempts: 1,
    deadlineMs: 600_000,
    lowerTiers: false,
    higherTiers: false,
    cooldownBaseMs: 1_000,
    cooldownMaxMs: 1_000,
  },
  budgets: [],
  defaultMaxOutput: 4_096,
}

/** The settings for one request: whatever model it names is there and can do everything. */
export function generationFor({ asked }: Incoming, seed: number): Generation {
  return { routing: ROUTING, matrix: { hash: SIMULATED, rows: [rowOf(asked.model, asked.endpoint)] }, seed }
}

function rowOf(model: string, endpoint: Incoming['asked']['endpoint']): ModelRow {
  return {
    id: modelId(model),
    family: SIMULATED,
    kind: endpoint === 'embeddings' ? 'embedding' : 'chat',
    tier: SIMULATED,
    targets: [{ provider: SIMULATED, upstreamModel: model, hasCredentials: true }],
    contextWindow: null,
    maxInput: null,
    maxOutput: null,
    inputModalities: [],
    capabilities: {
      tools: true,
      parallelTools: true,
      jsonMode: true,
      jsonSchema: true,
      streaming: true,
      reasoning: true,
      systemPrompt: true,
      promptCaching: true,
      temperature: true,
    },
    prices: null,
    dates: {},
    latency: null,
    quality: { overall: null, byIntent: {} },
  }
}
