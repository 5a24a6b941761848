import type { Score } from '../decision.ts'
import type { WhyNot } from '../explain/why-not.ts'
import type { Axis } from '../routing-config.ts'
import { duration, share, usd } from './amounts.ts'
import { describeEvidence } from './outcome.ts'
import { describeRejection } from './rejection.ts'

/** Why a model was not chosen, in one or two sentences. */
export function describeWhyNot(whyNot: WhyNot, now?: number): string {
  switch (whyNot.kind) {
    case 'unknown_model': {
      const closest = whyNot.closest.map((name) => `"${name}"`).join(', ')
      return `no model is called "${whyNot.asked}"${closest === '' ? '' : `; did you mean ${closest}?`}`
    }
    case 'chosen':
      return `${whyNot.model} is the choice`
    case 'rejected':
      return `${whyNot.model} was dropped (${whyNot.rejection.code}): ${describeRejection(whyNot.rejection, now)}`
    case 'broken_limits':
      return whyNot.axes.length === 0
        ? `${whyNot.model} was a candidate, but the request was refused`
        : `${whyNot.model} breaks the policy's ${whyNot.axes.join(' and ')} limit: ${figures(whyNot.score, whyNot.axes)}`
    case 'session_kept':
      return `the conversation stays on ${whyNot.winner} although ${whyNot.model} scores higher`
    case 'listed_later':
      return `rule "${whyNot.rule?.name ?? ''}" lists ${whyNot.winner} before ${whyNot.model}`
    case 'tie':
      return `${whyNot.model} scores the same as ${whyNot.winner} (${share(whyNot.total)}); the name decides`
    case 'outscored':
      return describeOutscored(whyNot)
  }
}

function describeOutscored({
  model,
  winner,
  score,
  winnerScore,
  gaps,
}: Extract<WhyNot, { kind: 'outscored' }>): string {
  const [widest] = axesOf(gaps).sort((a, b) => (gaps[b] ?? 0) - (gaps[a] ?? 0))
  const most =
    widest === undefined
      ? ''
      : `, most by ${widest}: ${figures(score, [widest])} against ${figures(winnerScore, [widest])}`
  return `${model} scores ${share(score.total)}, ${winner} ${share(winnerScore.total)}${most}`
}

function axesOf(gaps: Readonly<Partial<Record<Axis, number>>>): Axis[] {
  return (['quality', 'cost', 'latency'] as const).filter((axis) => gaps[axis] !== undefined)
}

/** The expected figures of a model on some axes. */
function figures(score: Score, axes: readonly Axis[]): string {
  return axes.map((axis) => figure(score, axis)).join(', ')
}

function figure(score: Score, axis: Axis): string {
  switch (axis) {
    case 'quality':
      return score.quality === null
        ? 'quality unknown'
        : `quality ${share(score.quality.value, 2)} (${describeEvidence(score.quality.source)})`
    case 'cost':
      return score.expectedCost === null ? 'price unknown' : `about ${usd(score.expectedCost.nanoUsd)}`
    case 'latency':
      return score.expectedFirstTokenMs === null
        ? 'latency unknown'
        : `first token p50 ${duration(score.expectedFirstTokenMs.p50)}, p95 ${duration(score.expectedFirstTokenMs.p95)}`
  }
}
