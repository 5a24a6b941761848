import type { Intent } from '../../engine/intents.ts'
import type { ArmRow, Fixture, PairRow, ScoreResult } from '../types.ts'
import type { ArmOutcome } from './arm.ts'
import type { ReplayItem, Score } from './run.ts'

/** The arm's row with its scores; without an answer there are none, and quality is never filled in. */
export function armRow(outcome: ArmOutcome, fixture: Fixture, score: Score): ArmRow {
  const { response } = outcome.flight
  const scores = response === null || outcome.row.error !== null ? [] : score(fixture, response)
  return { ...outcome.row, scores, metrics: weightedMeans(scores) }
}

interface Pair {
  readonly item: ReplayItem
  readonly intent: Intent
  readonly baseline: ArmOutcome
  readonly baselineRow: ArmRow
  /** The baseline repeats the recording instead of deciding. */
  readonly recorded: boolean
  readonly candidate: ArmOutcome
  readonly score: Score
}

/**
 * One fixture under both arms. A candidate that answers with the model of the baseline gets the baseline's answer and
 * scores (label `=`), so that an unchanged route differs by exactly nothing.
 */
export function pairRow({ item, intent, baseline, baselineRow, recorded, candidate, score }: Pair): PairRow {
  const { fixture } = item
  const same = isSameRoute(baseline, candidate)
  // The same model under a tighter budget may not answer the same.
  const shorter = candidate.flight.tooLong && !baseline.flight.tooLong
  return {
    fixture: fixture.id,
    file: item.file,
    line: item.line,
    session: fixture.session,
    turn: fixture.turn,
    intent,
    tags: fixture.tags,
    weight: fixture.weight,
    baseline: baselineRow,
    candidate: same && !shorter ? sameRow(baselineRow, candidate.row, recorded) : armRow(candidate, fixture, score),
    routeChanged: !same,
  }
}

function isSameRoute(baseline: ArmOutcome, candidate: ArmOutcome): boolean {
  if (baseline.row.model !== candidate.row.model || baseline.row.refused !== candidate.row.refused) return false
  // The recorded arm may not know its provider.
  return (
    baseline.row.provider === null ||
    candidate.row.provider === null ||
    baseline.row.provider === candidate.row.provider
  )
}

/** Two configs may price the same model differently; against the recording the same route costs what was recorded. */
function sameRow(baseline: ArmRow, candidate: ArmOutcome['row'], recorded: boolean): ArmRow {
  const { tier, provider, rule, reason } = candidate
  const cost = recorded ? {} : { costNanoUsd: candidate.costNanoUsd, costBasis: candidate.costBasis }
  return { ...baseline, tier, provider, rule, reason, ...cost, evidence: baseline.evidence === '-' ? '-' : '=' }
}

function weightedMeans(scores: readonly ScoreResult[]): Record<string, number> {
  const sums = new Map<string, { weighted: number; weight: number }>()
  for (const { metric, score, weight } of scores) {
    const sum = sums.get(metric) ?? { weighted: 0, weight: 0 }
    sums.set(metric, { weighted: sum.weighted + score * weight, weight: sum.weight + weight })
  }
  const means: Record<string, number> = {}
  for (const [metric, { weighted, weight }] of sums) if (weight > 0) means[metric] = weighted / weight
  return means
}
