import { strengthOf, type Strengths } from '../features/cue-names.ts'
import { KNOWN_INTENTS } from './known.ts'
import type { TrainedWeights } from './trained.ts'

/** Will a cheap model fail? A probability from the prompt's length and the distribution over intents. */
export function complexityOf(
  probabilities: Float64Array,
  { strengths, inputTokens }: { readonly strengths: Strengths; readonly inputTokens: number },
  weights: TrainedWeights['complexity'],
): number {
  let logit = weights.bias + weights.logTokens * Math.log1p(inputTokens)
  for (const [at, intent] of KNOWN_INTENTS.entries())
    logit += (probabilities[at] ?? 0) * (weights.byIntent[intent] ?? 0)
  // An agent in the middle of its work carries state that one turn does not show.
  logit += strengthOf(strengths, 'agent.loop') * 0.5
  return round(1 / (1 + Math.exp(-logit)))
}

/** Three decimals: more would be noise, and equal input must give equal records on every machine. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
