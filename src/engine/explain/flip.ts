import { decide } from '../decide.ts'
import type { DecideInput, Decision } from '../decision.ts'
import type { ModelId } from '../matrix.ts'
import type { Axis } from '../routing-config.ts'
import { knobsOf, type Knob } from './knobs.ts'
import { withModelDown } from './vary.ts'

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
    const becomes = choiceOf(decide(withModelDown(input, current)))
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
