import { decide } from '../decide.ts'
import { isRejected, type DecideInput, type Decision } from '../decision.ts'
import type { ModelId } from '../matrix.ts'
import type { Axis } from '../routing-config.ts'
import * as vary from './vary.ts'

/** One change of one thing that would alter the choice. */
export type FlipChange =
  | { readonly kind: 'input_tokens'; readonly from: number; readonly to: number }
  | { readonly kind: 'complexity'; readonly from: number; readonly to: number }
  | { readonly kind: 'weight'; readonly axis: Axis; readonly from: number; readonly to: number }
  | { readonly kind: 'limit'; readonly axis: Axis; readonly from: number; readonly to: number }
  /** All prices of the model times `factor`. */
  | { readonly kind: 'price'; readonly model: ModelId; readonly factor: number }
  | { readonly kind: 'health'; readonly model: ModelId; readonly state: 'down' }

export interface Flip {
  readonly change: FlipChange
  /** The model chosen then; null when the request would be refused. */
  readonly becomes: ModelId | null
  /** How big the change is, 1 for all of it: relative for tokens, limits and prices, absolute for weights and complexity. */
  readonly size: number
}

export interface FlipReport {
  readonly current: ModelId | null
  /** The smallest change of each kind of thing, the smallest of all first. */
  readonly flips: readonly Flip[]
}

/** Rivals whose price is varied, best first: a model far behind never has the smallest change. */
const MAX_RIVALS = 12
const MILLI = 1_000
const MAX_TOKENS = 8_000_000

/** A whole number that can be varied on its own. */
interface Knob {
  readonly from: number
  readonly lowest: number
  readonly highest: number
  apply(value: number): DecideInput
  change(value: number): FlipChange
  size(value: number): number
}

/**
 * Finds the smallest single change that alters the choice by deciding again and again: each knob is turned further and
 * further both ways until the choice changes, then halved back to the edge. Intent and cues stay as they are.
 */
export function flip(input: DecideInput): FlipReport {
  const decision = decide(input)
  const current = choiceOf(decision)
  const flips: Flip[] = []
  for (const knob of knobsOf(input, decision)) {
    for (const direction of [1, -1] as const) {
      const found = turn(knob, direction, current)
      if (found !== null) flips.push(found)
    }
  }
  if (current !== null) {
    const becomes = choiceOf(decide(vary.withModelDown(input, current)))
    if (becomes !== current) flips.push({ change: { kind: 'health', model: current, state: 'down' }, becomes, size: 1 })
  }
  flips.sort((a, b) => a.size - b.size)
  return { current, flips: smallestOfEach(flips) }
}

function choiceOf({ outcome }: Decision): ModelId | null {
  return outcome.kind === 'chosen' ? outcome.model : null
}

function turn(knob: Knob, direction: 1 | -1, current: ModelId | null): Flip | null {
  const end = direction === 1 ? knob.highest : knob.lowest
  const probe = (value: number): ModelId | null => choiceOf(decide(knob.apply(value)))
  let unchanged = knob.from
  let reach = Math.max(1, Math.round(Math.abs(knob.from) / 100))
  while (unchanged !== end) {
    const next = direction === 1 ? Math.min(end, knob.from + reach) : Math.max(end, knob.from - reach)
    if (probe(next) !== current) {
      const edge = closeIn(unchanged, next, (value) => probe(value) !== current)
      return { change: knob.change(edge), becomes: probe(edge), size: knob.size(edge) }
    }
    unchanged = next
    reach *= 2
  }
  return null
}

/** The changed value next to an unchanged one, between two such values. */
function closeIn(unchanged: number, changed: number, isChanged: (value: number) => boolean): number {
  let [near, far] = [unchanged, changed]
  while (Math.abs(far - near) > 1) {
    const middle = Math.round((near + far) / 2)
    if (isChanged(middle)) far = middle
    else near = middle
  }
  return far
}

function knobsOf(input: DecideInput, decision: Decision): readonly Knob[] {
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

/** One flip per kind of thing (and axis), so that a list of them says something new on every line. */
function smallestOfEach(sorted: readonly Flip[]): readonly Flip[] {
  const seen = new Set<string>()
  return sorted.filter(({ change }) => {
    const thing = 'axis' in change ? `${change.kind} ${change.axis}` : change.kind
    const first = !seen.has(thing)
    seen.add(thing)
    return first
  })
}
