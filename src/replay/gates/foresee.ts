import { metricFacts } from '../summary/metric-facts.ts'
import { neededPairsForShares } from '../stats/power.ts'
import { bonettPrice, wilson } from '../stats/proportions.ts'
import type { PairRow } from '../types.ts'
import { gateLabel } from './gate-label.ts'
import type { Gate, GateBound } from './types.ts'
import { matchesWhere, type Sliced } from './where.ts'

/** Share of changed routes whose answers come out differently, assumed before anything is measured. */
const ASSUMED_DISCORDANCE = 0.2

/** A gate on shares tighter than any of use would need this many. */
const MOST_SESSIONS = 20_000

/** Why a gate is not worth paying for with the fixtures at hand. */
export type GateForecast = { readonly gate: string } & (
  | { readonly code: 'no_fixtures' }
  /** Even without a single bad outcome the interval is too wide. */
  | { readonly code: 'can_not_be_decided'; readonly fixtures: number; readonly needed: number }
  /** Under 80 % chance if the arms are alike and `discordance` of the changed routes come out differently. */
  | {
      readonly code: 'unlikely_to_be_decided'
      readonly fixtures: number
      readonly changed: number
      readonly needed: number
      readonly discordance: number
    }
)

/** The facts of a pair that forecasts need; known as soon as both arms have decided. */
export type ForeseenPair = Sliced & Pick<PairRow, 'session' | 'routeChanged'>

/**
 * Gates that these fixtures can not or will hardly decide, known after `decide` and before any money is spent. Only
 * quality margins and limits on shares can be foreseen; cost gates depend on answers that do not exist yet.
 */
export class GateForecaster {
  readonly #counts: readonly GateCount[]

  constructor(gates: readonly Gate[]) {
    this.#counts = gates.filter(({ scope }) => scope !== 'fixtures').map((gate) => new GateCount(gate))
  }

  add(pair: ForeseenPair): void {
    for (const count of this.#counts) count.add(pair)
  }

  forecasts(): GateForecast[] {
    return this.#counts.flatMap((count) => count.forecast())
  }
}

type Foreseen =
  | Omit<Extract<GateForecast, { code: 'can_not_be_decided' }>, 'gate'>
  | Omit<Extract<GateForecast, { code: 'unlikely_to_be_decided' }>, 'gate'>

class GateCount {
  readonly #gate: Gate
  #fixtures = 0
  #changed = 0
  readonly #sessions = new Set<string>()

  constructor(gate: Gate) {
    this.#gate = gate
  }

  add(pair: ForeseenPair): void {
    if (!matchesWhere(pair, this.#gate.where)) return
    this.#fixtures += 1
    if (pair.routeChanged) this.#changed += 1
    // Beyond this many the exact number no longer matters, and memory stays bounded.
    if (this.#sessions.size < MOST_SESSIONS) this.#sessions.add(pair.session)
  }

  forecast(): GateForecast[] {
    const gate = gateLabel(this.#gate)
    if (this.#fixtures === 0) return [{ gate, code: 'no_fixtures' }]
    const forecasts = this.#gate.bounds.flatMap((bound) => this.#ofBound(bound) ?? [])
    const [worst] = forecasts.toSorted(
      (a, b) => Number(a.code !== 'can_not_be_decided') - Number(b.code !== 'can_not_be_decided'),
    )
    return worst === undefined ? [] : [{ gate, ...worst }]
  }

  #ofBound(bound: GateBound): Foreseen | null {
    switch (bound.kind) {
      case 'non_inferior':
        return forecastMargin(bound.margin, this.#fixtures, this.#changed)
      case 'max': {
        const share = metricFacts(this.#gate.metric).unit === 'share' && this.#gate.metric !== 'routes.changed'
        return share ? forecastShare(bound.limit, this.#sessions.size) : null
      }
      case 'min':
      case 'max_increase':
        return null
    }
  }
}

function forecastMargin(margin: number, fixtures: number, changed: number): Foreseen | null {
  if (changed === 0) return null
  const lowest = (n: number): number => bonettPrice({ n, onlyBaseline: 0, onlyCandidate: 0 }).interval(0.9).low
  if (lowest(fixtures) <= -margin) {
    return { code: 'can_not_be_decided', fixtures, needed: smallest((n) => lowest(n) > -margin) }
  }
  const needed = neededPairsForShares((ASSUMED_DISCORDANCE * changed) / fixtures, margin)
  if (needed <= fixtures) return null
  return { code: 'unlikely_to_be_decided', fixtures, changed, needed, discordance: ASSUMED_DISCORDANCE }
}

/** Without one event, Wilson's upper end must be under the limit; sessions count where they have several turns. */
function forecastShare(limit: number, sessions: number): Foreseen | null {
  const highest = (n: number): number => wilson(0, n, 0.9).high
  if (limit >= 1 || highest(sessions) <= limit) return null
  return { code: 'can_not_be_decided', fixtures: sessions, needed: smallest((n) => highest(n) <= limit) }
}

/** Least n that is enough, for a condition that stays true once it is. */
function smallest(enough: (n: number) => boolean): number {
  let high = 1
  while (!enough(high) && high < 1e9) high *= 2
  let low = Math.floor(high / 2)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (enough(middle)) high = middle
    else low = middle
  }
  return high
}
