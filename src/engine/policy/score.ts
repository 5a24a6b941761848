import type { Axis, Policy } from '../routing-config.ts'
import type { Standing } from '../standing.ts'
import type { Estimate } from './estimate.ts'

/** Smallest and largest known value of an axis among the compared models. */
interface Range {
  low: number
  high: number
}

/** What an unknown latency counts as: the middle of the range, so that a new model is neither favoured nor shut out. */
const UNKNOWN_LATENCY = 0.5

/**
 * Compares the models of a pool: each axis is scaled to 0 (worst of the pool) … 1 (best of the pool), a single-axis
 * policy takes that axis alone, a weighted one the weighted sum. An unknown price counts as the worst.
 */
export function scorePool(pool: readonly Standing[], policy: Policy): void {
  const quality = rangeOf(pool, (estimate) => estimate.quality.value)
  const cost = rangeOf(pool, (estimate) => estimate.cost?.nanoUsd ?? null)
  const latency = rangeOf(pool, (estimate) => estimate.totalMs)
  for (const standing of pool) {
    const { estimate } = standing
    if (estimate === null) continue
    const totalMs = estimate.totalMs
    const better = {
      quality: higherIsBetter(estimate.quality.value, quality),
      cost: estimate.cost === null ? 0 : lowerIsBetter(estimate.cost.nanoUsd, cost),
      latency: totalMs === null ? UNKNOWN_LATENCY : lowerIsBetter(totalMs, latency),
    }
    standing.parts = partsOf(policy, better)
    standing.total = (standing.parts.quality ?? 0) + (standing.parts.cost ?? 0) + (standing.parts.latency ?? 0)
  }
}

function partsOf(policy: Policy, better: Readonly<Record<Axis, number>>): Standing['parts'] {
  switch (policy.kind) {
    case 'minimize_cost':
      return { cost: better.cost }
    case 'minimize_latency':
      return { latency: better.latency }
    case 'maximize_quality':
      return { quality: better.quality }
    case 'weighted':
      return {
        quality: policy.weights.quality * better.quality,
        cost: policy.weights.cost * better.cost,
        latency: policy.weights.latency * better.latency,
      }
  }
}

function rangeOf(pool: readonly Standing[], read: (estimate: Estimate) => number | null): Range {
  const range: Range = { low: Infinity, high: -Infinity }
  for (const { estimate } of pool) {
    const value = estimate === null ? null : read(estimate)
    if (value === null) continue
    if (value < range.low) range.low = value
    if (value > range.high) range.high = value
  }
  return range
}

/** 0..1 with 1 for the highest; 1 for all when none differs. */
function higherIsBetter(value: number, { low, high }: Range): number {
  return high > low ? (value - low) / (high - low) : 1
}

/** 0..1 with 1 for the lowest; 1 for all when none differs. */
function lowerIsBetter(value: number, { low, high }: Range): number {
  return high > low ? (high - value) / (high - low) : 1
}
