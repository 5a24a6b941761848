import { isRejected, type DecideInput, type Decision } from '../decision.ts'
import type { ModelId } from '../matrix.ts'
import type { FlipChange } from './flip.ts'
import * as vary from './vary.ts'

/** Rivals whose price is varied, best first: a model far behind never has the smallest change. */
const MAX_RIVALS = 12
const MILLI = 1_000
const MAX_TOKENS = 8_000_000

/** A whole number that can be varied on its own. */
export interface Knob {
  readonly from: number
  readonly lowest: number
  readonly highest: number
  apply(value: number): DecideInput
  change(value: number): FlipChange
  size(value: number): number
}

/** Everything that can be varied for this decision. */
export function knobsOf(input: DecideInput, decision: Decision): readonly Knob[] {
  return [
    tokensKnob(input),
    complexityKnob(input),
    ...weightKnobs(input, decision.outcome.policy),
    ...limitKnobs(input, decision.outcome.policy),
    ...priceKnobs(input, decision),
  ]
}

function tokensKnob(input: DecideInput): Knob {
  const from = input.features.inputTokens
  return {
    from,
    lowest: 0,
    highest: Math.max(from, MAX_TOKENS),
    apply: (value) => vary.withInputTokens(input, value),
    change: (to) => ({ kind: 'input_tokens', from, to }),
    size: (to) => Math.abs(to - from) / Math.max(1, from),
  }
}

function complexityKnob(input: DecideInput): Knob {
  const { complexity } = input.intent
  return {
    from: Math.round(complexity * MILLI),
    lowest: 0,
    highest: MILLI,
    apply: (value) => vary.withComplexity(input, value / MILLI),
    change: (value) => ({ kind: 'complexity', from: complexity, to: value / MILLI }),
    size: (value) => Math.abs(value / MILLI - complexity),
  }
}

function weightKnobs(input: DecideInput, policyName: string | null): readonly Knob[] {
  const policy = vary.policyNamed(input, policyName)
  if (policyName === null || policy?.kind !== 'weighted') return []
  return (['quality', 'cost', 'latency'] as const).map((axis): Knob => {
    const weight = policy.weights[axis]
    return {
      from: Math.round(weight * MILLI),
      lowest: 0,
      highest: Math.max(MILLI, Math.round(weight * MILLI)),
      apply: (value) =>
        vary.withPolicy(input, policyName, { ...policy, weights: { ...policy.weights, [axis]: value / MILLI } }),
      change: (value) => ({ kind: 'weight', axis, from: weight, to: value / MILLI }),
      size: (value) => Math.abs(value / MILLI - weight),
    }
  })
}

const LIMITS = [
  { axis: 'quality', member: 'qualityMin', unit: MILLI },
  { axis: 'latency', member: 'firstTokenP95MaxMs', unit: 1 },
  { axis: 'cost', member: 'costPerRequestMaxNanoUsd', unit: 1 },
] as const

function limitKnobs(input: DecideInput, policyName: string | null): readonly Knob[] {
  const policy = vary.policyNamed(input, policyName)
  if (policyName === null || policy === undefined) return []
  return LIMITS.flatMap(({ axis, member, unit }): readonly Knob[] => {
    const limit = policy.require[member]
    if (limit === undefined) return []
    const from = Math.round(limit * unit)
    return [
      {
        from,
        lowest: 0,
        highest: axis === 'quality' ? Math.max(from, unit) : Math.max(1, from) * MILLI,
        apply: (value) =>
          vary.withPolicy(input, policyName, { ...policy, require: { ...policy.require, [member]: value / unit } }),
        change: (value) => ({ kind: 'limit', axis, from: limit, to: value / unit }),
        size: (value) => Math.abs(value / unit - limit) / Math.max(limit, 1 / unit),
      },
    ]
  })
}

/** The choice may get dearer; its best rivals may get cheaper. */
function priceKnobs(input: DecideInput, { outcome, candidates }: Decision): readonly Knob[] {
  if (outcome.kind === 'refused') return []
  const scored = candidates.flatMap((entry) => (isRejected(entry) ? [] : [entry]))
  const rivals = scored
    .filter((entry) => entry.model !== outcome.model)
    .sort((a, b) => b.score.total - a.score.total || (a.model < b.model ? -1 : 1))
    .slice(0, MAX_RIVALS)
    .map((entry) => priceKnob(input, entry.model, { lowest: 0, highest: MILLI }))
  return [priceKnob(input, outcome.model, { lowest: MILLI, highest: MILLI * MILLI }), ...rivals]
}

function priceKnob(input: DecideInput, model: ModelId, bounds: Pick<Knob, 'lowest' | 'highest'>): Knob {
  return {
    ...bounds,
    from: MILLI,
    apply: (value) => vary.withPriceFactor(input, model, value / MILLI),
    change: (value) => ({ kind: 'price', model, factor: value / MILLI }),
    size: (value) => Math.abs(value - MILLI) / MILLI,
  }
}
