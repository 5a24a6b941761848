import type { Because } from '../decision.ts'
import type { Axis, Policy } from '../routing-config.ts'
import type { Standing } from '../standing.ts'
import { AXIS_BIT } from './estimate.ts'
import { scorePool } from './score.ts'

/** How to choose from a pool. */
export interface Manner {
  readonly policy: Policy
  /** Models in the order of a `listed` rule: the policy is not asked. Null otherwise. */
  readonly listed: readonly string[] | null
  /** The model this conversation is on, when sessions are sticky. */
  readonly sessionModel: string | null
}

export interface Selection {
  readonly winner: Standing
  readonly because: Because
  readonly runnerUp: Standing | null
  readonly relaxed: readonly Axis[]
}

/** Which of two models comes first; negative for the first one. */
export type Order = (a: Standing, b: Standing) => number

/** Axes that the policy does not name in `relax` are given up last, cost after all others. */
const LAST_RESORT: readonly Axis[] = ['latency', 'quality', 'cost']
const NOTHING: readonly Axis[] = []

/**
 * Chooses from a pool of at least one model; null when the policy is strict and every model breaks a limit. A sticky
 * session keeps its model as long as that is in the pool and within the limits that still stand.
 */
export function select(pool: readonly Standing[], manner: Manner): Selection | null {
  scorePool(pool, manner.policy)
  const { listed } = manner
  const relaxed = listed === null ? relaxedAxes(pool, manner.policy) : NOTHING
  if (relaxed === null) return null
  const eligible = listed === null ? withinLimits(pool, relaxed) : pool
  const [best, second] = topTwo(eligible, listed === null ? byScore(relaxed) : byList(listed))
  if (best === null) return null
  const kept = eligible.find((standing) => standing.entry.row.id === manner.sessionModel)
  if (kept !== undefined && kept !== best)
    return { winner: kept, because: { kind: 'sticky_session' }, runnerUp: best, relaxed }
  return { winner: best, because: becauseOf(best, second, manner), runnerUp: second, relaxed }
}

function becauseOf(best: Standing, rival: Standing | null, { policy, listed }: Manner): Because {
  if (rival === null) return { kind: 'only_candidate' }
  if (listed !== null) return { kind: 'listed_first' }
  return rival.total === best.total ? { kind: 'tie_by_name' } : { kind: 'policy', policyKind: policy.kind }
}

function topTwo(pool: readonly Standing[], order: Order): readonly [Standing | null, Standing | null] {
  let best: Standing | null = null
  let second: Standing | null = null
  for (const standing of pool) {
    if (best === null || order(standing, best) < 0) {
      second = best
      best = standing
    } else if (second === null || order(standing, second) < 0) {
      second = standing
    }
  }
  return [best, second]
}

/** Models within the limits first, then the higher score, then the name: a tie is never left to chance. */
export function byScore(relaxed: readonly Axis[]): Order {
  const given = ~maskOf(relaxed)
  return (a, b) => {
    const brokenA = (a.broken & given) !== 0
    if (brokenA !== ((b.broken & given) !== 0)) return brokenA ? 1 : -1
    return b.total - a.total || byName(a, b)
  }
}

/** The order in which a rule lists its models. */
export function byList(listed: readonly string[]): Order {
  const place = new Map(listed.map((model, index) => [model, index]))
  const placeOf = (standing: Standing): number => place.get(standing.entry.row.id) ?? listed.length
  return (a, b) => placeOf(a) - placeOf(b) || byName(a, b)
}

function byName(a: Standing, b: Standing): number {
  return a.entry.row.id < b.entry.row.id ? -1 : 1
}

/** The models that break no limit but relaxed ones; an unmeasured limit is not broken. */
export function withinLimits(pool: readonly Standing[], relaxed: readonly Axis[]): readonly Standing[] {
  const given = ~maskOf(relaxed)
  const fits = (standing: Standing): boolean => (standing.broken & given) === 0
  return pool.every(fits) ? pool : pool.filter(fits)
}

function maskOf(axes: readonly Axis[]): number {
  let mask = 0
  for (const axis of axes) mask |= AXIS_BIT[axis]
  return mask
}

/**
 * The axes whose limits must be given up so that a model remains; null when the policy is strict and none does. Axes go
 * in the policy's order, and those whose loss turns out not to be needed come back.
 */
function relaxedAxes(pool: readonly Standing[], policy: Policy): readonly Axis[] | null {
  const fits = (relaxed: readonly Axis[]): boolean => {
    const given = ~maskOf(relaxed)
    return pool.some((standing) => (standing.broken & given) === 0)
  }
  if (fits(NOTHING)) return NOTHING
  if (policy.strict) return null
  const limited = new Set<Axis>(pool.flatMap((standing) => standing.limits.map((limit) => limit.axis)))
  const order = [...new Set([...policy.relax, ...LAST_RESORT])].filter((axis) => limited.has(axis))
  const enough = order.findIndex((_, index) => fits(order.slice(0, index + 1)))
  let relaxed: readonly Axis[] = order.slice(0, enough + 1)
  for (const axis of relaxed) {
    const without = relaxed.filter((other) => other !== axis)
    if (fits(without)) relaxed = without
  }
  return relaxed
}
