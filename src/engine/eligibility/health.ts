import type { DecideInput, Rejection } from '../decision.ts'
import type { ModelRow, Target } from '../matrix.ts'
import { targetKey, type StateSnapshot, type TargetHealth } from '../state.ts'

/** Why no target of the model can be called now; null when at least one can. */
export function healthRejection(row: ModelRow, { state, now }: DecideInput): Rejection | null {
  if (isEmpty(state.health) && row.targets.some((target) => target.hasCredentials)) return null
  let worst: TargetHealth | undefined
  let limited = 0
  let withCredentials = 0
  let retryAt: number | null = null
  for (const target of row.targets) {
    if (!target.hasCredentials) continue
    const health = badHealth(target, state, now)
    if (health === undefined) return null
    withCredentials += 1
    if (health.state === 'rate_limited') limited += 1
    else worst ??= health
    if (health.retryAt !== null && (retryAt === null || health.retryAt < retryAt)) retryAt = health.retryAt
  }
  if (withCredentials === 0)
    return { code: 'provider_no_credentials', providers: row.targets.map((target) => target.provider) }
  if (worst === undefined || limited === withCredentials) return { code: 'rate_limited_upstream', retryAt }
  return { code: 'provider_unhealthy', state: worst.state, reason: worst.reason, retryAt }
}

/** Targets that can be called now, in the order of the row. */
export function usableTargets(row: ModelRow, { state, now }: DecideInput): readonly Target[] {
  return row.targets.filter((target) => target.hasCredentials && badHealth(target, state, now) === undefined)
}

/**
 * The state that keeps a target out. A half-open breaker lets its probe through (its owner shows `open` to everyone
 * else), and a retry time that has come lets the next request try.
 */
function badHealth(target: Target, state: StateSnapshot, now: number): TargetHealth | undefined {
  const health = state.health[targetKey(target.provider, target.upstreamModel)]
  if (health === undefined || health.state === 'half_open') return undefined
  return health.retryAt !== null && health.retryAt <= now ? undefined : health
}

/** Usually nothing is unwell; then no key need be built. */
function isEmpty(health: StateSnapshot['health']): boolean {
  for (const key in health) if (Object.hasOwn(health, key)) return false
  return true
}
