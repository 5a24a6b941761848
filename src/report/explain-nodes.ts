import { count, duration, share, usd } from '../engine/describe/amounts.ts'
import { describeFlip } from '../engine/describe/flip.ts'
import { describeEvidence, describeOutputBasis, describePlanStep } from '../engine/describe/outcome.ts'
import { describeRejection, rejectionTitle } from '../engine/describe/rejection.ts'
import { isRejected, type Candidate, type Decision, type Rejection, type Score } from '../engine/decision.ts'
import type { Flip } from '../engine/explain/flip.ts'
import type { AttemptRecord } from '../engine/record.ts'
import { spentNode, warningNode } from './explain-budgets.ts'
import type { Tone } from './style.ts'

/** One line of an explanation with what hangs below it. */
export interface ExplainNode {
  readonly label: string
  readonly text: string
  /** Names that may be shortened to "and n more" when a line is too narrow. */
  readonly names?: readonly string[]
  readonly tone?: Tone
  readonly children: readonly ExplainNode[]
}

/** What an explanation may add to the decision itself. */
export interface ExplainExtras {
  /** Time of the decision, to turn retry times into waits. */
  readonly now?: number
  readonly flips?: readonly Flip[]
  readonly attempts?: readonly AttemptRecord[]
}

type Rejected = Extract<Candidate, { rejected: Rejection }>
type Scored = Exclude<Candidate, Rejected>

/** The explanation of a decision as a tree, in the order in which it was made. */
export function explainNodes(decision: Decision, extras: ExplainExtras = {}): readonly ExplainNode[] {
  return [
    intentNode(decision),
    requestNode(decision),
    ...skippedNode(decision),
    eligibleNode(decision, extras.now),
    ...spentNode(decision),
    ...scoreNode(decision),
    ...warningNode(decision),
    ...planNode(decision),
    ...attemptsNode(extras.attempts ?? []),
    ...flipNode(extras.flips ?? []),
  ]
}

/** A line with nothing below it. */
export function leaf(label: string, text: string, tone?: Tone): ExplainNode {
  return tone === undefined ? { label, text, children: [] } : { label, text, tone, children: [] }
}

function intentNode({ intent }: Decision): ExplainNode {
  const others = intent.runnerUps.map((other) => `${other.label} ${share(other.confidence, 2)}`).join(', ')
  const kept = intent.kept ? '  kept from the turn before' : ''
  const text = `${intent.label} ${share(intent.confidence, 2)}${others === '' ? '' : `  (${others})`}  complexity ${share(intent.complexity, 2)}${kept}`
  const cues = intent.cues.length === 0 ? [] : [leaf('cues', intent.cues.join(', '), 'dim')]
  return { label: 'intent', text, children: cues }
}

function requestNode({ features }: Decision): ExplainNode {
  const { needs } = features
  const facts = [`${count(features.inputTokens)} tokens in`]
  if (features.maxOutputTokens !== null) facts.push(`at most ${count(features.maxOutputTokens)} out`)
  facts.push(`language ${features.language}`)
  const media = features.modalities.filter((modality) => modality !== 'text')
  if (media.length > 0) facts.push(`with ${media.join(', ')}`)
  if (needs.tools) facts.push('tools')
  if (needs.jsonSchema) facts.push('JSON schema')
  else if (needs.jsonMode) facts.push('JSON mode')
  return leaf('request', facts.join(', '))
}

function skippedNode({ skippedRules = [], asked }: Decision): readonly ExplainNode[] {
  if (skippedRules.length === 0) return []
  const names = skippedRules.map((rule) => `"${rule.name}"`).join(', ')
  return [leaf('rules passed', `${names}: no model of "${asked.model}" in it`)]
}

function eligibleNode({ candidates }: Decision, now: number | undefined): ExplainNode {
  const rejected = candidates.filter((candidate) => isRejected(candidate))
  const groups = new Map<Rejection['code'], Rejected[]>()
  for (const candidate of rejected) {
    const group = groups.get(candidate.rejected.code)
    if (group === undefined) groups.set(candidate.rejected.code, [candidate])
    else group.push(candidate)
  }
  const text = `${candidates.length - rejected.length} of ${candidates.length}`
  return { label: 'eligible', text, children: [...groups].map(([code, members]) => groupNode(code, members, now)) }
}

/** Models that failed the same filter; their common reason is said once. */
function groupNode(code: Rejection['code'], members: readonly Rejected[], now: number | undefined): ExplainNode {
  const reasons = members.map((member) => describeRejection(member.rejected, now))
  const [first = ''] = reasons
  const common = reasons.every((reason) => reason === first)
  return {
    label: `x ${members.length}  ${rejectionTitle(code)}`,
    text: common ? `${first}: ` : '',
    names: members.map((member, index) => (common ? member.model : `${member.model} (${reasons[index] ?? ''})`)),
    tone: 'dim',
    children: members.map((member, index) => leaf(member.model, reasons[index] ?? '', 'dim')),
  }
}

function scoreNode({ candidates, outcome }: Decision): readonly ExplainNode[] {
  const scored = candidates.filter((candidate): candidate is Scored => !isRejected(candidate))
  if (scored.length === 0) return []
  const chosen = outcome.kind === 'chosen' ? outcome.model : null
  const relaxed = outcome.kind === 'chosen' ? outcome.relaxed : []
  const breaks = ({ score }: Scored): boolean =>
    score.limits.some(({ axis, state }) => state === 'broken' && !relaxed.includes(axis))
  scored.sort(
    (a, b) =>
      Number(b.model === chosen) - Number(a.model === chosen) ||
      Number(breaks(a)) - Number(breaks(b)) ||
      b.score.total - a.score.total ||
      (a.model < b.model ? -1 : 1),
  )
  const axes = Object.keys(scored[0]?.score.parts ?? {})
  const margin =
    outcome.kind === 'chosen' && outcome.margin !== null && outcome.runnerUp !== null
      ? `   margin ${share(outcome.margin)} over ${outcome.runnerUp}`
      : ''
  const children = scored.map((candidate, index) =>
    leaf(
      `${index + 1} ${candidate.model}`,
      scoreText(candidate.score),
      index === 0 && chosen !== null ? 'good' : undefined,
    ),
  )
  return [{ label: 'score', text: `${axes.join(' + ')}${margin}`, children }]
}

function scoreText({ total, parts, quality, expectedCost, expectedFirstTokenMs, limits }: Score): string {
  const shares = Object.values(parts).map((part) => share(part, 2))
  const facts = [shares.length > 1 ? `${share(total)} = ${shares.join(' + ')}` : share(total)]
  facts.push(
    expectedCost === null
      ? 'price unknown'
      : `est ${usd(expectedCost.nanoUsd)} (${count(expectedCost.outputTokens)} out ${describeOutputBasis(expectedCost.outputBasis)})`,
  )
  if (expectedCost !== null && expectedCost.cachedTokens > 0) facts.push(`${count(expectedCost.cachedTokens)} cached`)
  if (expectedCost !== null && expectedCost.prefixLossNanoUsd > 0)
    facts.push(`prefix loss ${usd(expectedCost.prefixLossNanoUsd)}`)
  if (quality !== null) facts.push(`quality ${share(quality.value, 2)} ${describeEvidence(quality.source)}`)
  if (expectedFirstTokenMs !== null)
    facts.push(`p50 ${duration(expectedFirstTokenMs.p50)} ${describeEvidence(expectedFirstTokenMs.source)}`)
  for (const limit of limits) if (limit.state !== 'kept') facts.push(`${limit.axis} limit ${limit.state}`)
  return facts.join('  ')
}

function planNode({ plan }: Decision): readonly ExplainNode[] {
  if (plan.length === 0) return []
  const names = plan.map(({ provider, model }) => `${provider}/${model}`)
  const children = plan.map(({ provider, upstreamModel, tier, why }, index) =>
    leaf(`${index + 1} ${provider}/${upstreamModel}`, `${describePlanStep(why)}, ${tier}`),
  )
  return [{ label: 'plan', text: '', names, children }]
}

function attemptsNode(attempts: readonly AttemptRecord[]): readonly ExplainNode[] {
  if (attempts.length === 0) return []
  const steps = attempts.map(({ model, status, failure, ms, retryOf, waitedMs, cooldownMs }) => {
    const outcome = `${model} ${failure === null ? (status ?? 'ok') : (status ?? failure)} ${duration(ms)}`
    const notes = [
      ...(retryOf === undefined ? [] : ['again']),
      ...(waitedMs === undefined ? [] : [`waited ${duration(waitedMs)}`]),
      ...(cooldownMs === undefined ? [] : [`out of use for ${duration(cooldownMs)}`]),
    ]
    return notes.length === 0 ? outcome : `${outcome} (${notes.join(', ')})`
  })
  return [leaf('attempts', steps.join('  ->  '))]
}

function flipNode(flips: readonly Flip[]): readonly ExplainNode[] {
  const [smallest] = flips
  if (smallest === undefined) return []
  const children = flips.slice(1).map((flip) => leaf('or', describeFlip(flip)))
  return [{ label: 'would flip if', text: describeFlip(smallest), children }]
}
