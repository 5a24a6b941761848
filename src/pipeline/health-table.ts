import type { PlannedAttempt } from '../engine/decision.ts'
import { breakerAfter, enter, healthAt, type AttemptTimes, type Breaker, type Entry } from '../engine/health/breaker.ts'
import { effectOf, type CooldownLimits } from '../engine/health/effect.ts'
import type { Matrix } from '../engine/matrix.ts'
import { targetKey, type StateSnapshot, type TargetHealth } from '../engine/state.ts'
import type { AttemptOutcome, AttemptWatch } from './ports.ts'
import { RecentMap } from './recent-map.ts'

const MOST_BREAKERS = 1_000
const ALL_WELL: StateSnapshot['health'] = {}

/** Breakers by name; what is in perfect health has none. */
class Breakers {
  readonly #breakers = new RecentMap<Breaker>(MOST_BREAKERS)

  get size(): number {
    return this.#breakers.size
  }

  get(key: string): Breaker | null {
    return this.#breakers.get(key) ?? null
  }

  put(key: string, breaker: Breaker | null): void {
    if (breaker === null) this.#breakers.delete(key)
    else if (breaker !== this.#breakers.get(key)) this.#breakers.set(key, breaker)
  }

  healthAt(key: string, now: number): TargetHealth | null {
    return healthAt(this.get(key), now)
  }
}

/** The health of all targets and of all providers' credentials. */
export class HealthTable {
  #targets = new Breakers()
  #providers = new Breakers()
  #matrix: Matrix | null = null

  /**
   * What is unwell among the targets of the matrix. A new matrix comes with a new config, which may hold the mended key or
   * address: then everything is well until it fails again.
   */
  view(matrix: Matrix, now: number): StateSnapshot['health'] {
    if (matrix !== this.#matrix) {
      this.#targets = new Breakers()
      this.#providers = new Breakers()
      this.#matrix = matrix
    }
    if (this.#targets.size === 0 && this.#providers.size === 0) return ALL_WELL
    const health: Record<string, TargetHealth> = {}
    for (const { targets } of matrix.rows) {
      for (const { provider, upstreamModel } of targets) {
        const key = targetKey(provider, upstreamModel)
        const known = worse(this.#providers.healthAt(provider, now), this.#targets.healthAt(key, now))
        if (known !== null) health[key] = known
      }
    }
    return health
  }

  /** Whether an attempt could start now. */
  callable(target: PlannedAttempt, now: number): boolean {
    return this.#enter(target, now) !== null
  }

  /** Lets an attempt begin, as the probe where one is due; null when the target must not be called now. */
  start(target: PlannedAttempt, limits: CooldownLimits, now: number): AttemptWatch | null {
    const entered = this.#enter(target, now)
    if (entered === null) return null
    const key = targetKey(target.provider, target.upstreamModel)
    this.#providers.put(target.provider, entered.provider.breaker)
    this.#targets.put(key, entered.target.breaker)
    return new Watch(
      [
        { breakers: this.#targets, key, scope: 'target', times: { startedAt: now, probe: entered.target.probe } },
        {
          breakers: this.#providers,
          key: target.provider,
          scope: 'provider',
          times: { startedAt: now, probe: entered.provider.probe },
        },
      ],
      limits,
    )
  }

  #enter({ provider, upstreamModel }: PlannedAttempt, now: number): { provider: Entered; target: Entered } | null {
    const provided = enter(this.#providers.get(provider), now)
    const target = enter(this.#targets.get(targetKey(provider, upstreamModel)), now)
    return provided.kind === 'entered' && target.kind === 'entered' ? { provider: provided, target } : null
  }
}

type Entered = Extract<Entry, { kind: 'entered' }>

/** One breaker that an attempt reports to. */
interface Report {
  readonly breakers: Breakers
  readonly key: string
  readonly scope: 'target' | 'provider'
  readonly times: AttemptTimes
}

class Watch implements AttemptWatch {
  readonly #reports: readonly Report[]
  readonly #limits: CooldownLimits

  constructor(reports: readonly Report[], limits: CooldownLimits) {
    this.#reports = reports
    this.#limits = limits
  }

  reached(now: number): void {
    for (const { breakers, key, times } of this.#reports)
      breakers.put(key, breakerAfter(breakers.get(key), { kind: 'reached', attempt: times }, now))
  }

  ended(outcome: AttemptOutcome, now: number): number | null {
    const effect = outcome.kind === 'failed' ? effectOf(outcome, this.#limits) : null
    const otherwise = outcome.kind === 'succeeded' ? 'succeeded' : 'abandoned'
    let cooldownMs: number | null = null
    for (const { breakers, key, scope, times: attempt } of this.#reports) {
      const blamed = effect !== null && effect.scope === scope
      const event = blamed ? ({ kind: 'failed', attempt, effect } as const) : ({ kind: otherwise, attempt } as const)
      breakers.put(key, breakerAfter(breakers.get(key), event, now))
      if (blamed) cooldownMs = waitOf(breakers.healthAt(key, now), now)
    }
    return cooldownMs
  }
}

function waitOf(health: TargetHealth | null, now: number): number | null {
  return health === null || health.state === 'half_open' || health.retryAt === null ? null : health.retryAt - now
}

/** A provider that is shut shuts its targets; a half-open one leaves the last word to them. */
function worse(provider: TargetHealth | null, target: TargetHealth | null): TargetHealth | null {
  if (provider === null || target === null) return provider ?? target
  return provider.state === 'half_open' ? target : provider
}
