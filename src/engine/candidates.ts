import type { Candidate, Rejection, Score } from './decision.ts'
import type { Scope } from './eligibility/scope.ts'
import type { Settlement } from './settle.ts'
import type { Standing } from './standing.ts'

interface Situation {
  readonly scope: Scope
  readonly settlement: Settlement
  readonly pool: ReadonlySet<Standing>
}

/** How a model stands in the record: with its score when it was compared, else with the first filter it failed. */
export function candidateOf(standing: Standing, situation: Situation): Candidate {
  const { id: model, tier } = standing.entry.row
  if (situation.pool.has(standing)) return { model, tier, score: scoreOf(standing) }
  return { model, tier, rejected: rejectionOf(standing, situation) }
}

function scoreOf({ estimate, limits, total, parts }: Standing): Score {
  if (estimate === null) return { total, parts, quality: null, expectedCost: null, expectedFirstTokenMs: null, limits }
  const { quality, cost: expectedCost, latency, totalMs } = estimate
  if (latency === null || totalMs === null)
    return { total, parts, quality, expectedCost, expectedFirstTokenMs: null, limits }
  const { firstTokenP50Ms: p50, firstTokenP95Ms: p95, source } = latency
  // Literals, not conditional spreads: this runs once a model on the hot path.
  return {
    total,
    parts,
    quality,
    expectedCost,
    expectedFirstTokenMs: { p50, p95, source },
    expectedTotalMs: totalMs,
    limits,
  }
}

/**
 * The first filter that a model failed. The order of all filters: endpoint, name asked for (`excluded_by_request`,
 * `not_in_alias`), key (`not_allowed_for_key`, `tier_above_ceiling`), rule (`not_in_rule`), tier to choose from
 * (`tier_below_floor`), then those of `abilityRejection`, `price_unknown`, `budget_exhausted`, and `tier_above_ceiling`
 * again for models above the tier whose budget is spent. Models dropped for the name or the tier may still be planned
 * as fallbacks.
 */
function rejectionOf(standing: Standing, { scope, settlement }: Situation): Rejection {
  const { entry, access, ability, exhausted } = standing
  if (access?.code === 'endpoint_unsupported') return access
  const unwanted = excludedByRequest(standing, { scope, settlement })
  if (unwanted !== null) return unwanted
  if (access !== null) return access
  const level = settlement.level
  if (scope.wanted !== null && level !== null) {
    if (scope.rule !== null && entry.tierRank > Math.max(level, scope.wanted.rank))
      return { code: 'not_in_rule', rule: scope.rule.ref.name }
    if (entry.tierRank < Math.min(level, scope.wanted.rank))
      return {
        code: 'tier_below_floor',
        tier: entry.row.tier,
        floor: tierAt(Math.min(level, scope.wanted.rank), scope),
      }
  }
  if (ability !== null) return ability
  if (exhausted !== null) return exhausted.rejection
  const cap = settlement.kind === 'chosen' && settlement.cap !== null ? settlement.cap.tier : entry.row.tier
  return { code: 'tier_above_ceiling', tier: entry.row.tier, ceiling: cap }
}

function excludedByRequest(
  { entry }: Standing,
  { scope: { wish, input }, settlement }: Omit<Situation, 'pool'>,
): Rejection | null {
  const excluded = (): Rejection => ({ code: 'excluded_by_request', asked: input.asked.model })
  if (wish.kind === 'model') return entry === wish.entry ? null : excluded()
  if (wish.kind === 'tier' && entry.tierRank > Math.max(wish.rank, settlement.level ?? 0)) return excluded()
  return null
}

function tierAt(rank: number, { input }: Scope): string {
  return input.config.tiers[rank] ?? ''
}
