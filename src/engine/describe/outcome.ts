import {
  isRejected,
  type Because,
  type Chosen,
  type Decision,
  type ExpectedCost,
  type Outcome,
  type PlannedAttempt,
} from '../decision.ts'
import type { Evidence } from '../matrix.ts'
import type { Axis } from '../routing-config.ts'
import { rejectionTitle } from './rejection.ts'

type Refused = Extract<Outcome, { kind: 'refused' }>

/** What settled the choice. */
export function describeBecause(because: Because): string {
  switch (because.kind) {
    case 'asked_for_model':
      return 'the request names it'
    case 'asked_unavailable':
      return `stands in for ${because.asked} (${rejectionTitle(because.cause)})`
    case 'only_candidate':
      return 'the only candidate left'
    case 'listed_first':
      return 'first eligible model of the rule'
    case 'sticky_session':
      return 'the conversation is on it'
    case 'policy':
      return describePolicyKind(because.policyKind)
    case 'tie_by_name':
      return 'a tie, settled by name'
  }
}

function describePolicyKind(kind: Extract<Because, { kind: 'policy' }>['policyKind']): string {
  switch (kind) {
    case 'minimize_cost':
      return 'lowest expected cost'
    case 'minimize_latency':
      return 'lowest expected latency'
    case 'maximize_quality':
      return 'highest expected quality'
    case 'weighted':
      return 'highest weighted score'
  }
}

/** The outcome in one sentence. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'chosen':
      return describeChosen(outcome)
    case 'refused':
      return describeRefusal(outcome)
  }
}

function describeChosen(chosen: Chosen): string {
  const notes = [describeBecause(chosen.because)]
  if (chosen.downgradedFrom !== null) notes.push(describeDowngrade(chosen.downgradedFrom))
  if (chosen.relaxed.length > 0) notes.push(describeRelaxed(chosen.relaxed))
  return `${chosen.model} (${chosen.tier}) on ${chosen.provider}: ${notes.join('; ')}`
}

/** Why a lower tier than wanted serves the request. */
export function describeDowngrade({ tier, cause }: NonNullable<Chosen['downgradedFrom']>): string {
  switch (cause) {
    case 'budget':
      return `down from ${tier}, whose budget is spent`
    case 'tier':
      return `down from ${tier}, which has no eligible model`
  }
}

/** Which limits of the policy could not be kept. */
export function describeRelaxed(axes: readonly Axis[]): string {
  return `no model keeps the ${axes.join(' and ')} limit${axes.length > 1 ? 's' : ''}, given up`
}

/** The name that nothing has: the model's, or that of the tier or policy which a hint or the key asks for. */
export function unknownName({ candidates, asked }: Pick<Decision, 'candidates' | 'asked'>): string {
  for (const candidate of candidates)
    if (isRejected(candidate) && candidate.rejected.code === 'excluded_by_request') return candidate.rejected.asked
  return asked.model
}

function describeRefusal(refused: Refused): string {
  switch (refused.code) {
    case 'model_not_found': {
      const closest = refused.closest.map((name) => `"${name}"`).join(', ')
      return `no model, alias, policy or tier has this name${closest === '' ? '' : `; did you mean ${closest}?`}`
    }
    case 'model_not_allowed':
      return 'the key may not use the model, tier or policy'
    case 'budget_exceeded':
      return 'a budget is spent and no lower tier fits'
    case 'no_capable_model':
      return 'no model can serve the request'
  }
}

/** Why an attempt stands in the plan. */
export function describePlanStep(why: PlannedAttempt['why']): string {
  switch (why) {
    case 'choice':
      return 'choice'
    case 'same_model_other_provider':
      return 'same model, other provider'
    case 'same_tier':
      return 'same tier'
    case 'lower_tier':
      return 'lower tier'
    case 'higher_tier':
      return 'higher tier'
  }
}

/** Where a number of the matrix comes from. */
export function describeEvidence(source: Evidence): string {
  switch (source) {
    case 'catalogue':
      return 'catalogue'
    case 'prior':
      return 'prior'
    case 'measured':
      return 'measured'
    case 'user':
      return 'yours'
  }
}

/** Where the expected output length comes from. */
export function describeOutputBasis(basis: ExpectedCost['outputBasis']): string {
  switch (basis) {
    case 'history':
      return 'from history'
    case 'client_limit':
      return "the client's limit"
    case 'prior':
      return 'assumed'
  }
}
