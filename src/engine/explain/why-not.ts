import { closestNames } from '../eligibility/closest-names.ts'
import { isRejected, type Decision, type Rejection, type RuleRef, type Score } from '../decision.ts'
import type { ModelId } from '../matrix.ts'
import type { Axis } from '../routing-config.ts'

/** Why a model was not chosen: the first thing that kept it out, with its numbers. */
export type WhyNot =
  | { readonly kind: 'unknown_model'; readonly asked: string; readonly closest: readonly string[] }
  | { readonly kind: 'chosen'; readonly model: ModelId }
  | { readonly kind: 'rejected'; readonly model: ModelId; readonly rejection: Rejection; readonly rule: RuleRef | null }
  /** It was comparable, but it breaks limits that the chosen model keeps or that no relaxation covers. */
  | { readonly kind: 'broken_limits'; readonly model: ModelId; readonly axes: readonly Axis[]; readonly score: Score }
  | { readonly kind: 'session_kept'; readonly model: ModelId; readonly winner: ModelId }
  | { readonly kind: 'listed_later'; readonly model: ModelId; readonly winner: ModelId; readonly rule: RuleRef | null }
  | { readonly kind: 'tie'; readonly model: ModelId; readonly winner: ModelId; readonly total: number }
  | {
      readonly kind: 'outscored'
      readonly model: ModelId
      readonly winner: ModelId
      readonly score: Score
      readonly winnerScore: Score
      /** Winner's contribution minus the model's, per axis of the policy. */
      readonly gaps: Readonly<Partial<Record<Axis, number>>>
    }

/** Finds the first rule, filter, limit or score that kept `model` from being chosen. */
export function whyNot(decision: Decision, model: string): WhyNot {
  const { outcome, candidates } = decision
  const candidate = candidates.find((entry) => entry.model === model)
  if (candidate === undefined)
    return {
      kind: 'unknown_model',
      asked: model,
      closest: closestNames(
        model,
        candidates.map((entry) => entry.model),
      ),
    }
  if (outcome.kind === 'chosen' && outcome.model === candidate.model) return { kind: 'chosen', model: candidate.model }
  if (isRejected(candidate))
    return { kind: 'rejected', model: candidate.model, rejection: candidate.rejected, rule: outcome.rule }
  const { score } = candidate
  const relaxed = outcome.kind === 'chosen' ? outcome.relaxed : []
  const axes = score.limits.filter((limit) => limit.state === 'broken').map((limit) => limit.axis)
  const binding = axes.filter((axis) => !relaxed.includes(axis))
  const winner = outcome.kind === 'chosen' ? candidates.find((entry) => entry.model === outcome.model) : undefined
  if (outcome.kind === 'refused' || winner === undefined || isRejected(winner))
    return { kind: 'broken_limits', model: candidate.model, axes: binding, score }
  if (outcome.because.kind === 'listed_first')
    return { kind: 'listed_later', model: candidate.model, winner: winner.model, rule: outcome.rule }
  if (binding.length > 0) return { kind: 'broken_limits', model: candidate.model, axes: binding, score }
  return outscored(candidate, winner)
}

type Scored = Exclude<Decision['candidates'][number], { rejected: Rejection }>

function outscored(candidate: Scored, winner: Scored): WhyNot {
  const { model, score } = candidate
  if (score.total > winner.score.total) return { kind: 'session_kept', model, winner: winner.model }
  if (score.total === winner.score.total) return { kind: 'tie', model, winner: winner.model, total: score.total }
  const gaps: Partial<Record<Axis, number>> = {}
  for (const axis of ['quality', 'cost', 'latency'] as const) {
    const won = winner.score.parts[axis]
    if (won !== undefined) gaps[axis] = won - (score.parts[axis] ?? 0)
  }
  return { kind: 'outscored', model, winner: winner.model, score, winnerScore: winner.score, gaps }
}
