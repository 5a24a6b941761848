import { canonicalJson } from '../../wire/json.ts'
import { isRejected, type Because, type Candidate, type Chosen, type Decision, type Rejection } from '../decision.ts'
import type { ModelId } from '../matrix.ts'
import type { Axis } from '../routing-config.ts'

/** One thing in which two decisions on the same request differ. */
export type Difference =
  | { readonly kind: 'choice'; readonly from: string; readonly to: string }
  | { readonly kind: 'rule'; readonly from: string | null; readonly to: string | null }
  | { readonly kind: 'policy'; readonly from: string | null; readonly to: string | null }
  | { readonly kind: 'because'; readonly from: Because | null; readonly to: Because | null }
  | { readonly kind: 'downgrade'; readonly from: Chosen['downgradedFrom']; readonly to: Chosen['downgradedFrom'] }
  | { readonly kind: 'relaxed'; readonly from: readonly Axis[]; readonly to: readonly Axis[] }
  | { readonly kind: 'plan'; readonly from: readonly string[]; readonly to: readonly string[] }
  | { readonly kind: 'admitted'; readonly model: ModelId; readonly was: Rejection }
  | { readonly kind: 'dropped'; readonly model: ModelId; readonly now: Rejection }
  | { readonly kind: 'rejection'; readonly model: ModelId; readonly from: Rejection; readonly to: Rejection }
  | { readonly kind: 'score'; readonly model: ModelId; readonly from: number; readonly to: number }
  | { readonly kind: 'added'; readonly model: ModelId }
  | { readonly kind: 'removed'; readonly model: ModelId }

/** What changes from decision `a` to decision `b`: the outcome first, then the plan, then model by model. */
export function compareDecisions(a: Decision, b: Decision): readonly Difference[] {
  return [...outcomeDifferences(a, b), ...planDifference(a, b), ...candidateDifferences(a, b)]
}

/** `<model> on <provider>`, or the refusal. */
function choice({ outcome }: Decision): string {
  return outcome.kind === 'chosen' ? `${outcome.model} (${outcome.tier}) on ${outcome.provider}` : outcome.code
}

function outcomeDifferences(a: Decision, b: Decision): readonly Difference[] {
  const differences: Difference[] = []
  const chosenA = a.outcome.kind === 'chosen' ? a.outcome : null
  const chosenB = b.outcome.kind === 'chosen' ? b.outcome : null
  const note = (difference: Difference & { readonly from: unknown; readonly to: unknown }): void => {
    if (!same(difference.from, difference.to)) differences.push(difference)
  }
  note({ kind: 'choice', from: choice(a), to: choice(b) })
  note({ kind: 'rule', from: a.outcome.rule?.name ?? null, to: b.outcome.rule?.name ?? null })
  note({ kind: 'policy', from: a.outcome.policy, to: b.outcome.policy })
  note({ kind: 'because', from: chosenA?.because ?? null, to: chosenB?.because ?? null })
  note({ kind: 'downgrade', from: chosenA?.downgradedFrom ?? null, to: chosenB?.downgradedFrom ?? null })
  note({ kind: 'relaxed', from: chosenA?.relaxed ?? [], to: chosenB?.relaxed ?? [] })
  return differences
}

function planDifference(a: Decision, b: Decision): readonly Difference[] {
  const steps = ({ plan }: Decision): readonly string[] => plan.map(({ provider, model }) => `${provider}/${model}`)
  const [from, to] = [steps(a), steps(b)]
  return same(from, to) ? [] : [{ kind: 'plan', from, to }]
}

function candidateDifferences(a: Decision, b: Decision): readonly Difference[] {
  const before = new Map(a.candidates.map((candidate) => [candidate.model, candidate]))
  const after = new Map(b.candidates.map((candidate) => [candidate.model, candidate]))
  const models = [...new Set([...before.keys(), ...after.keys()])].sort()
  return models.flatMap((model) => candidateDifference(model, before.get(model), after.get(model)))
}

function candidateDifference(
  model: ModelId,
  before: Candidate | undefined,
  after: Candidate | undefined,
): readonly Difference[] {
  if (before === undefined) return [{ kind: 'added', model }]
  if (after === undefined) return [{ kind: 'removed', model }]
  if (isRejected(before)) {
    if (!isRejected(after)) return [{ kind: 'admitted', model, was: before.rejected }]
    const [from, to] = [before.rejected, after.rejected]
    return same(from, to) ? [] : [{ kind: 'rejection', model, from, to }]
  }
  if (isRejected(after)) return [{ kind: 'dropped', model, now: after.rejected }]
  const [from, to] = [before.score.total, after.score.total]
  return from === to ? [] : [{ kind: 'score', model, from, to }]
}

function same(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b)
}
