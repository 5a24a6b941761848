import type { TrainedWeights } from './trained.ts'

/**
 * Will a cheap model fail? A probability from the prompt's length alone: on recorded outcomes of held-back sets the
 * intent added nothing to it (training-report.md).
 */
export function complexityOf(inputTokens: number, weights: TrainedWeights['complexity']): number {
  return round(1 / (1 + Math.exp(-weights.bias - weights.logTokens * Math.log1p(inputTokens))))
}

/** Three decimals: more would be noise, and equal input must give equal records on every machine. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
