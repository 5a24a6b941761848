import { bcaMean } from '../stats/bootstrap.ts'
import { exactEstimate, type Estimate } from '../stats/estimate.ts'
import { clusterT, mean, pairedT } from '../stats/paired-means.ts'
import { bonettPrice, discordant, mcnemarExactP, shareEstimate, withoutVariation } from '../stats/proportions.ts'
import type { PairRow } from '../types.ts'
import { FEWEST_CLUSTERS, measured, resampling, sessionIndex, type Measured, type Question } from './measured.ts'
import type { Interval, Verdict } from './types.ts'

/** Graded scores use the bootstrap from here on. */
const FEWEST_FOR_BCA = 100
/** Rounding leaves this much where the true standard error is 0. */
const NO_SPREAD = 1e-12

/** Pairs whose difference is known. */
interface Known {
  readonly rows: readonly PairRow[]
  readonly differences: readonly number[]
  /** Only 0 and 1 occur. */
  readonly binary: boolean
  /** Pairs with a score in both arms; the others gave the same answer, unscored. */
  readonly scored: readonly PairRow[]
}

/** Whether the candidate's answer is the baseline's: then every score is equal, known or not. */
function sameAnswer(row: PairRow): boolean {
  return row.candidate.evidence === '='
}

/** True when the quality difference of this pair is known. */
export function scoreKnown(row: PairRow, metric: string): boolean {
  return sameAnswer(row) || (row.baseline.metrics[metric] !== undefined && row.candidate.metrics[metric] !== undefined)
}

/** A score in 0..1, such as `quality.score`. Missing answers are never imputed; they make the bounds. */
export function scoreMetric(question: Question): Measured {
  const { metric, rows } = question
  const known = knownPairs(rows, metric)
  const means = {
    baseline: meanOf(known.scored, (row) => row.baseline.metrics[metric]),
    candidate: meanOf(known.scored, (row) => (sameAnswer(row) ? row.baseline : row.candidate).metrics[metric]),
  }
  const bounds = known.rows.length === rows.length ? null : qualityBounds(question, known)
  const gap = coverageGap(question, known)
  if (gap !== null) {
    const change = means.candidate === null || means.baseline === null ? null : means.candidate - means.baseline
    const { clusters } = sessionIndex(known.scored)
    return measured(question, { ...means, change, n: known.scored.length, clusters, outcome: gap, bounds })
  }
  const allScored = known.scored.length === known.rows.length
  const { clusters } = sessionIndex(known.rows)
  const base = {
    ...(allScored ? means : { baseline: null, candidate: null }),
    change: mean(known.differences),
    n: known.rows.length,
    clusters,
    bounds,
    level: () => (allScored ? scoreLevel(known, metric) : null),
  }
  if (known.rows.length === rows.length && rows.every(sameAnswer)) {
    return measured(question, { ...base, change: 0, outcome: { kind: 'equal' } })
  }
  const outcome = differenceEstimate(question, known)
  return measured(question, { ...base, outcome, mcnemarP: displayP(known, clusters) })
}

function knownPairs(rows: readonly PairRow[], metric: string): Known {
  const used = rows.filter((row) => scoreKnown(row, metric))
  const scored = used.filter((row) => row.baseline.metrics[metric] !== undefined)
  const values = scored.flatMap((row) => [row.baseline.metrics[metric], row.candidate.metrics[metric]])
  return {
    rows: used,
    scored,
    binary: values.every((value) => value === undefined || value === 0 || value === 1),
    differences: used.map((row) =>
      sameAnswer(row) ? 0 : (row.candidate.metrics[metric] ?? 0) - (row.baseline.metrics[metric] ?? 0),
    ),
  }
}

function meanOf(rows: readonly PairRow[], value: (row: PairRow) => number | undefined): number | null {
  return rows.length === 0 ? null : mean(rows.map((row) => value(row) ?? Number.NaN))
}

/**
 * The share of all pairs must reach the coverage. The share of changed pairs must too, unless what is missing could not
 * move the mean by more than the margin: unchanged pairs are known for free and would hide unmeasured changes.
 */
function coverageGap(question: Question, known: Known): Verdict | null {
  const { rows, coverage: need } = question
  const of = rows.length
  if (of === 0) return { kind: 'not_measured', reason: { code: 'nothing_recorded' } }
  if (known.scored.length === 0 && !rows.every(sameAnswer)) {
    return { kind: 'not_measured', reason: { code: 'nothing_recorded' } }
  }
  const usable = known.rows.length
  if (usable < need * of)
    return { kind: 'not_measured', reason: { code: 'below_coverage', measured: usable, of, need } }
  const changed = rows.filter((row) => !sameAnswer(row)).length
  const changedKnown = known.rows.filter((row) => !sameAnswer(row)).length
  const missing = of - usable
  if (changedKnown < need * changed && missing > (question.margin ?? 0) * of) {
    return { kind: 'not_measured', reason: { code: 'changed_unmeasured', measured: changedKnown, of: changed, need } }
  }
  return null
}

/** Table of methods: pass/fail or graded, one turn a session or several, few or many. */
function differenceEstimate(question: Question, known: Known): Estimate | Verdict {
  const { differences, binary } = known
  const n = differences.length
  const { cluster, clusters } = sessionIndex(known.rows)
  const singleTurns = clusters === n
  if (singleTurns && binary) return bonettPrice(discordant(differences))
  if (clusters < FEWEST_CLUSTERS) {
    return {
      kind: 'not_measured',
      reason: { code: 'too_few', have: clusters, need: FEWEST_CLUSTERS, what: 'sessions' },
    }
  }
  const estimate = singleTurns
    ? gradedEstimate(question, differences)
    : clusterT({ values: differences, cluster, clusters })
  // Nothing varies, or everything cancels within its session: such an interval has no width, which nobody should believe.
  if (estimate.spread.standardError < NO_SPREAD) return withoutVariation(estimate.point, clusters, n)
  return estimate
}

function gradedEstimate(question: Question, differences: readonly number[]): Estimate {
  const n = differences.length
  return n >= FEWEST_FOR_BCA ? bcaMean(differences, resampling(question, n)) : pairedT(differences)
}

function displayP(known: Known, clusters: number): number | null {
  return known.binary && clusters === known.rows.length ? mcnemarExactP(discordant(known.differences)) : null
}

/** Change over all pairs with every missing score at its worst and at its best; a known baseline score is used. */
function qualityBounds(question: Question, known: Known): Interval {
  const { metric, rows } = question
  let low = 0
  let high = 0
  for (const row of rows) {
    if (scoreKnown(row, metric)) continue
    const before = row.baseline.metrics[metric]
    const after = row.candidate.metrics[metric]
    low += (after ?? 0) - (before ?? 1)
    high += (after ?? 1) - (before ?? 0)
  }
  const sum = known.differences.reduce((total, value) => total + value, 0)
  return { low: (sum + low) / rows.length, high: (sum + high) / rows.length }
}

/** The candidate's own mean score, for `min` and `max`. */
function scoreLevel(known: Known, metric: string): Estimate | null {
  const { cluster, clusters } = sessionIndex(known.rows)
  const values = known.rows.map((row) => (sameAnswer(row) ? row.baseline : row.candidate).metrics[metric] ?? 0)
  if (known.binary) return shareEstimate({ values, cluster, clusters })
  if (clusters < FEWEST_CLUSTERS) return null
  const estimate = clusterT({ values, cluster, clusters })
  return estimate.spread.standardError === 0 ? exactEstimate(estimate.point, values.length, clusters) : estimate
}
