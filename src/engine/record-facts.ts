import { isRejected, type Decision, type ExpectedCost, type PlannedAttempt } from './decision.ts'
import type { AttemptRecord, Cost, ExchangeRecord } from './record.ts'

/** The attempt whose answer the client gets (or got the beginning of); null when none reached that point. */
export function servedAttempt(record: ExchangeRecord): AttemptRecord | null {
  return record.attempts.findLast((attempt) => attempt.failure === null) ?? null
}

/**
 * What settled the choice as one short code, with what gave way and the rule: `minimize_cost`, `sticky_session`,
 * `minimize_cost+relaxed_quality;rule=sums`, `only_candidate+budget_downgrade`; or the code of the refusal.
 */
export function reasonCode(decision: Pick<Decision, 'outcome'>): string {
  const { outcome } = decision
  if (outcome.kind === 'refused') return outcome.code
  const { because, rule, downgradedFrom, relaxed } = outcome
  const codes: string[] = [because.kind === 'policy' ? because.policyKind : because.kind]
  if (downgradedFrom !== null) codes.push(`${downgradedFrom.cause}_downgrade`)
  for (const axis of relaxed) codes.push(`relaxed_${axis}`)
  return codes.join('+') + (rule === null ? '' : `;rule=${rule.name}`)
}

/** What a decision expects a model to cost; null for a model that it rejected, or whose price is unknown. */
export function expectedCostOf({ candidates }: Pick<Decision, 'candidates'>, model: string): ExpectedCost | null {
  const found = candidates.find((candidate) => candidate.model === model)
  return found === undefined || isRejected(found) ? null : found.score.expectedCost
}

export type Fallback = 'none' | 'failover' | 'budget' | 'tier'

/** Whether something other than the first wish was served, and why. */
export function fallbackOf(record: ExchangeRecord): Fallback {
  const { outcome, plan } = record.decision
  const served = servedAttempt(record)
  const planned = served === null ? undefined : plannedOf(record, served)
  if (planned !== undefined && planned !== plan[0]) return planned.why === 'lower_tier' ? 'tier' : 'failover'
  return outcome.kind === 'chosen' && outcome.downgradedFrom !== null ? outcome.downgradedFrom.cause : 'none'
}

/** The step of the plan that an attempt carried out. */
export function plannedOf(record: ExchangeRecord, attempt: AttemptRecord): PlannedAttempt | undefined {
  return record.decision.plan.find(
    ({ model, provider, upstreamModel }) =>
      model === attempt.model && provider === attempt.provider && upstreamModel === attempt.upstreamModel,
  )
}

/** Dollars with nine decimals at most: the ledger's unit is the nano-dollar, so nothing is rounded away. */
export function costText(cost: Cost): string {
  switch (cost.kind) {
    case 'known':
      return usdText(cost.nanoUsd)
    case 'unknown':
      return 'unknown'
    case 'pending':
      return 'pending'
    case 'none':
      return '0'
  }
}

/** Nano-dollars as dollars, without rounding and without an exponent. */
export function usdText(nanoUsd: number): string {
  const whole = Math.floor(nanoUsd / 1e9)
  const part = String(nanoUsd % 1e9)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return part === '' ? String(whole) : `${whole}.${part}`
}
