import type { DecideInput } from '../decision.ts'
import type { ModelId, PriceList } from '../matrix.ts'
import type { Policy } from '../routing-config.ts'
import { targetKey, type TargetHealth } from '../state.ts'

/** The same input with another prompt size. */
export function withInputTokens(input: DecideInput, inputTokens: number): DecideInput {
  return { ...input, features: { ...input.features, inputTokens } }
}

/** The same input with another complexity. */
export function withComplexity(input: DecideInput, complexity: number): DecideInput {
  return { ...input, intent: { ...input.intent, complexity } }
}

/** The policy of a name; undefined when the config has none. */
export function policyNamed(input: DecideInput, name: string | null): Policy | undefined {
  return name !== null && Object.hasOwn(input.config.policies, name) ? input.config.policies[name] : undefined
}

/** The same input with one policy replaced. */
export function withPolicy(input: DecideInput, name: string, policy: Policy): DecideInput {
  return { ...input, config: { ...input.config, policies: { ...input.config.policies, [name]: policy } } }
}

/** The same input with all known prices of one model multiplied, rounded up to whole pico-dollars. */
export function withPriceFactor(input: DecideInput, model: ModelId, factor: number): DecideInput {
  const rows = input.matrix.rows.map((row) =>
    row.id === model && row.prices !== null ? { ...row, prices: scaled(row.prices, factor) } : row,
  )
  return { ...input, matrix: { ...input.matrix, rows } }
}

function scaled(prices: PriceList, factor: number): PriceList {
  const times = (price: number | null): number | null => (price === null ? null : Math.ceil(price * factor))
  const steps = prices.steps.map((step) => ({
    aboveInputTokens: step.aboveInputTokens,
    input: times(step.input),
    output: times(step.output),
    cacheRead: times(step.cacheRead),
    cacheWrite5m: times(step.cacheWrite5m),
    cacheWrite1h: times(step.cacheWrite1h),
    reasoning: times(step.reasoning),
  }))
  return { ...prices, steps }
}

/** The same input with every target of one model down. */
export function withModelDown(input: DecideInput, model: ModelId): DecideInput {
  const down: TargetHealth = { state: 'down', retryAt: null, reason: 'assumed' }
  const targets = input.matrix.rows.find((row) => row.id === model)?.targets ?? []
  const health = Object.fromEntries(targets.map((target) => [targetKey(target.provider, target.upstreamModel), down]))
  return { ...input, state: { ...input.state, health: { ...input.state.health, ...health } } }
}
