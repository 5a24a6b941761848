import type { DecideInput, ExpectedCost, Score } from '../decision.ts'
import type { Compiled, Entry } from '../eligibility/compiled.ts'
import type { LatencyProfile } from '../matrix.ts'
import type { Axis, Requirements } from '../routing-config.ts'
import { expectedCost } from './expected-cost.ts'
import { expectedOutput } from './expected-output.ts'

/** What a model would probably do with the request, before models are compared. */
export interface Estimate {
  readonly quality: NonNullable<Score['quality']>
  readonly cost: ExpectedCost | null
  readonly latency: LatencyProfile | null
  /** First token plus the expected output at the median; null when no latency is known. */
  readonly totalMs: number | null
}

/** Broken limits as one number, so that comparing models needs no list. */
export const AXIS_BIT: Readonly<Record<Axis, number>> = { quality: 1, latency: 2, cost: 4 }

const LOWEST_PRIOR = 0.5
const PRIOR_RANGE = 0.3

/** Expected quality, cost and latency of one model for this request. */
export function estimateFor(entry: Entry, input: DecideInput, compiled: Compiled): Estimate {
  const { row } = entry
  const cost = expectedCost(entry, input)
  const latency = input.state.latency[row.id] ?? row.latency
  const outputTokens = cost?.outputTokens ?? (latency === null ? 0 : expectedOutput(entry, input).tokens)
  return {
    quality: qualityOf(entry, input, compiled),
    cost,
    latency,
    totalMs: latency === null ? null : latency.firstTokenP50Ms + latency.perTokenP50Ms * outputTokens,
  }
}

/**
 * The value of the intent, else the overall one (always for an unknown intent), else a prior by tier: evenly spaced from
 * 0.5 for the lowest to 0.8 for the highest.
 */
function qualityOf({ row, tierRank }: Entry, { intent }: DecideInput, compiled: Compiled): Estimate['quality'] {
  const own = intent.label === 'unknown' ? undefined : row.quality.byIntent[intent.label]
  const known = own ?? row.quality.overall
  if (known !== null && known !== undefined) return { value: known.value, source: known.source }
  const steps = compiled.tierRanks.size - 1
  const height = steps <= 0 ? 0.5 : Math.min(tierRank, steps) / steps
  return { value: LOWEST_PRIOR + PRIOR_RANGE * height, source: 'prior' }
}

/** How an estimate stands to each limit of a policy. */
export function limitsOf(estimate: Estimate, require: Requirements): Score['limits'] {
  const limits: { axis: Axis; state: 'kept' | 'broken' | 'unmeasured' }[] = []
  const { qualityMin, firstTokenP95MaxMs, costPerRequestMaxNanoUsd } = require
  if (qualityMin !== undefined) {
    const { value, source } = estimate.quality
    limits.push({ axis: 'quality', state: binding(source) ? kept(value >= qualityMin) : 'unmeasured' })
  }
  if (firstTokenP95MaxMs !== undefined) {
    const { latency } = estimate
    const measured = latency !== null && binding(latency.source)
    limits.push({
      axis: 'latency',
      state: measured ? kept(latency.firstTokenP95Ms <= firstTokenP95MaxMs) : 'unmeasured',
    })
  }
  if (costPerRequestMaxNanoUsd !== undefined) {
    // Prices are facts, not guesses: the ceiling binds whenever the price is known.
    const { cost } = estimate
    limits.push({ axis: 'cost', state: cost === null ? 'unmeasured' : kept(cost.nanoUsd <= costPerRequestMaxNanoUsd) })
  }
  return limits
}

/** Limits bind what was measured or what the user states; catalogue values and priors only order. */
function binding(source: string): boolean {
  return source === 'measured' || source === 'user'
}

function kept(holds: boolean): 'kept' | 'broken' {
  return holds ? 'kept' : 'broken'
}
