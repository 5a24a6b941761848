import type { PlannedAttempt } from './decision.ts'
import type { Scope } from './eligibility/scope.ts'
import { usableTargets } from './eligibility/health.ts'
import type { Target } from './matrix.ts'
import { scorePool } from './policy/score.ts'
import { byList, byScore, withinLimits } from './policy/select.ts'
import type { Axis } from './routing-config.ts'
import type { Settlement } from './settle.ts'
import { isUsable, type Standing } from './standing.ts'

/**
 * The attempts in order: the choice, its other providers, then other models: the rest of the list under a `listed`
 * rule, else the same tier by score, then lower tiers, then higher ones if the config allows them. Every model in it
 * passed the filters and the budgets. Embeddings stay on their model: vectors of two models can not be mixed.
 */
export function buildPlan(
  settlement: Extract<Settlement, { kind: 'chosen' }>,
  standings: readonly Standing[],
  scope: Scope,
): readonly PlannedAttempt[] {
  const { winner } = settlement.selection
  const most = Math.max(1, scope.input.config.failover.maxAttempts)
  const plan: PlannedAttempt[] = []
  for (const target of usableTargets(winner.entry.row, scope.input)) {
    if (plan.length >= most) return plan
    if (plan.some((planned) => sameTarget(planned, target))) continue
    plan.push(attempt(winner, target, plan.length === 0 ? 'choice' : 'same_model_other_provider'))
  }
  if (plan.length >= most || scope.input.asked.endpoint === 'embeddings') return plan
  for (const standing of others(settlement, standings, scope)) {
    if (plan.length >= most) return plan
    const [target] = usableTargets(standing.entry.row, scope.input)
    if (target !== undefined) plan.push(attempt(standing, target, whyOf(standing, winner)))
  }
  return plan
}

function sameTarget(planned: PlannedAttempt, target: Target): boolean {
  return planned.provider === target.provider && planned.upstreamModel === target.upstreamModel
}

function attempt(standing: Standing, target: Target, why: PlannedAttempt['why']): PlannedAttempt {
  const { id, tier } = standing.entry.row
  return { model: id, tier, provider: target.provider, upstreamModel: target.upstreamModel, why }
}

function whyOf(standing: Standing, winner: Standing): PlannedAttempt['why'] {
  const step = standing.entry.tierRank - winner.entry.tierRank
  return step === 0 ? 'same_tier' : step < 0 ? 'lower_tier' : 'higher_tier'
}

function* others(
  { selection, pool }: Extract<Settlement, { kind: 'chosen' }>,
  standings: readonly Standing[],
  scope: Scope,
): Generator<Standing> {
  const { winner } = selection
  if (scope.rule?.rule.order === 'listed' && scope.rule.models !== null) {
    // The operator wrote the order out, so tiers do not reorder it.
    const order = byList(scope.rule.rule.models ?? [])
    for (const standing of pool.toSorted(order)) if (standing !== winner) yield standing
    return
  }
  const { lowerTiers, higherTiers } = scope.input.config.failover
  const base = winner.entry.tierRank
  const compared = new Set(pool)
  const relaxed = selection.relaxed
  for (let rank = base; rank >= (lowerTiers ? 0 : base); rank -= 1)
    yield* ordered(membersOf(standings, rank, winner), { compared, relaxed, scope })
  if (!higherTiers) return
  for (let rank = base + 1; rank <= scope.input.config.tiers.length; rank += 1)
    yield* ordered(membersOf(standings, rank, winner), { compared, relaxed, scope })
}

function membersOf(standings: readonly Standing[], rank: number, winner: Standing): Standing[] {
  return standings.filter((standing) => standing.entry.tierRank === rank && standing !== winner && isUsable(standing))
}

interface Comparison {
  readonly compared: ReadonlySet<Standing>
  readonly relaxed: readonly Axis[]
  readonly scope: Scope
}

/** Models that took no part in the choice are scored among themselves. A strict policy's limits bind fallbacks too. */
function ordered(members: Standing[], { compared, relaxed, scope }: Comparison): readonly Standing[] {
  if (members.some((standing) => !compared.has(standing))) scorePool(members, scope.policy)
  const sorted = members.sort(byScore(relaxed))
  return scope.policy.strict ? withinLimits(sorted, relaxed) : sorted
}
