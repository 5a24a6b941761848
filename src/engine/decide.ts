import {
  DECISION_SCHEMA,
  type Candidate,
  type Chosen,
  type DecideInput,
  type Decision,
  type Outcome,
  type PlannedAttempt,
  type RuleRef,
} from './decision.ts'
import { budgetWarnings } from './eligibility/budgets.ts'
import { allowedNames } from './eligibility/asked.ts'
import { isRightsRejection } from './eligibility/access.ts'
import { resolveScope, type Scope, type ScopeRefusal } from './eligibility/scope.ts'
import { candidateOf } from './candidates.ts'
import { buildPlan } from './plan.ts'
import { settle, type Settlement } from './settle.ts'
import { assess, isOpen, type Standing } from './standing.ts'

/**
 * Which model serves the request, why, and what to try after it. Pure and total: it never throws and reads nothing but
 * its input, so the same input gives the same decision live, in a replay and on the command line.
 */
export function decide(input: DecideInput): Decision {
  const scope = resolveScope(input)
  if (scope.kind === 'refused') return refuseEarly(input, scope)
  const standings = scope.compiled.entries.map((entry) => assess(entry, scope))
  const settlement = settle(standings, scope)
  const plan = settlement.kind === 'chosen' ? buildPlan(settlement, standings, scope) : []
  const pool = new Set(settlement.pool)
  const candidates = standings.map((standing) => candidateOf(standing, { scope, settlement, pool }))
  const outcome = settlement.kind === 'chosen' ? chosen(settlement, plan, scope) : refused(settlement, standings, scope)
  return decision(input, { candidates, outcome, plan, skippedRules: scope.skippedRules })
}

interface Verdict {
  readonly candidates: readonly Candidate[]
  readonly outcome: Outcome
  readonly plan: readonly PlannedAttempt[]
  readonly skippedRules: readonly RuleRef[]
}

function decision(input: DecideInput, { candidates, outcome, plan, skippedRules }: Verdict): Decision {
  return {
    schema: DECISION_SCHEMA,
    configHash: input.config.hash,
    catalogHash: input.matrix.hash,
    seed: input.seed,
    asked: input.asked,
    principal: input.rights,
    features: input.features,
    intent: input.intent,
    candidates,
    outcome,
    ...(skippedRules.length === 0 ? {} : { skippedRules }),
    plan,
    budgetWarnings: budgetWarnings(input.state.budgets),
  }
}

/** No model is looked at when the request names nothing that exists, or a policy that its key forbids. */
function refuseEarly(input: DecideInput, { code, closest, asked, compiled, rule, policy }: ScopeRefusal): Decision {
  const rejected =
    code === 'model_not_found'
      ? ({ code: 'excluded_by_request', asked } as const)
      : ({ code: 'not_allowed_for_key', key: input.rights.alias } as const)
  const candidates = compiled.entries.map(({ row }) => ({ model: row.id, tier: row.tier, rejected }))
  const outcome: Outcome = { kind: 'refused', code, closest, rule, policy }
  return decision(input, { candidates, outcome, plan: [], skippedRules: [] })
}

function chosen(
  { selection, because, downgradedFrom }: Extract<Settlement, { kind: 'chosen' }>,
  plan: readonly PlannedAttempt[],
  scope: Scope,
): Chosen {
  const { winner, runnerUp, relaxed } = selection
  return {
    kind: 'chosen',
    model: winner.entry.row.id,
    tier: winner.entry.row.tier,
    provider: plan[0]?.provider ?? '',
    rule: scope.rule?.ref ?? null,
    policy: scope.policyName,
    because,
    margin: runnerUp === null ? null : winner.total - runnerUp.total,
    runnerUp: runnerUp?.entry.row.id ?? null,
    relaxed,
    downgradedFrom,
    propensity: 1,
  }
}

function refused(
  { cause }: Extract<Settlement, { kind: 'refused' }>,
  standings: readonly Standing[],
  scope: Scope,
): Outcome {
  const code = cause === 'budget' ? 'budget_exceeded' : refusalCode(standings, scope)
  return {
    kind: 'refused',
    code,
    closest: code === 'model_not_allowed' ? allowedNames(scope.input, scope.compiled) : [],
    rule: scope.rule?.ref ?? null,
    policy: scope.policyName,
  }
}

/**
 * A budget is to blame when a model passed everything else; the key is to blame when it alone keeps out every model
 * that was asked for; otherwise no model is capable.
 */
function refusalCode(
  standings: readonly Standing[],
  scope: Scope,
): 'budget_exceeded' | 'model_not_allowed' | 'no_capable_model' {
  const wished = standings.filter((standing) => isWished(standing, scope))
  if (wished.some((standing) => isOpen(standing) && standing.exhausted !== null)) return 'budget_exceeded'
  const barred = wished.filter(({ entry, access }) => access !== null && isRightsRejection(entry, access, scope))
  return barred.length > 0 && barred.length === wished.length ? 'model_not_allowed' : 'no_capable_model'
}

/** Whether the request's own words include this model. */
function isWished({ entry, access }: Standing, { wish, rule }: Scope): boolean {
  if (access?.code === 'endpoint_unsupported') return wish.kind === 'model' && entry === wish.entry
  if (wish.kind === 'model') return entry === wish.entry
  if (wish.kind === 'alias' && !wish.members.has(entry.row.id)) return false
  if (wish.kind === 'tier' && entry.tierRank !== wish.rank) return false
  return rule?.models === null || rule === null || rule.models.has(entry.row.id)
}
