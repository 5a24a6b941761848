import type { ArmRow, PairRow } from '../types.ts'
import type { Regression, RegressionArm } from './types.ts'

/** Kinds in order of weight. */
const WEIGHT: Readonly<Record<Regression['kind'], number>> = { error: 0, refusal: 1, quality: 2 }

/** Fixtures on which the candidate did worse, worst first: new errors, new refusals, then the largest loss of quality. */
export function regressions(rows: readonly PairRow[]): Regression[] {
  return rows
    .flatMap((row) => {
      const worse = worstOf(row)
      return worse === null ? [] : [describe(row, worse)]
    })
    .sort((a, b) => WEIGHT[a.kind] - WEIGHT[b.kind] || loss(b) - loss(a) || order(a, b))
}

/** What got worse on one pair; null when nothing did. Metrics other than quality do not count. */
export function worstOf(row: PairRow): Pick<Regression, 'kind' | 'metric' | 'before' | 'after'> | null {
  const { baseline, candidate } = row
  if (candidate.evidence === '=') return null
  if (candidate.error !== null) return baseline.error === null ? plain('error') : null
  const drops = Object.keys(candidate.metrics)
    .filter((metric) => metric.startsWith('quality.'))
    .sort()
    .flatMap((metric) => {
      const before = baseline.metrics[metric]
      const after = candidate.metrics[metric]
      return before !== undefined && after !== undefined && after < before ? [{ metric, before, after }] : []
    })
    .sort((a, b) => b.before - b.after - (a.before - a.after))
  if (candidate.refused && !baseline.refused) return plain('refusal')
  const [drop] = drops
  return drop === undefined ? null : { kind: 'quality', ...drop }
}

function plain(kind: 'error' | 'refusal'): Pick<Regression, 'kind' | 'metric' | 'before' | 'after'> {
  return { kind, metric: null, before: null, after: null }
}

function describe(row: PairRow, worse: Pick<Regression, 'kind' | 'metric' | 'before' | 'after'>): Regression {
  const { fixture, file, line, session, turn, intent } = row
  return {
    fixture,
    file,
    line,
    session,
    turn,
    intent,
    from: armOf(row.baseline),
    to: armOf(row.candidate),
    ...worse,
    details: details(row),
  }
}

function details({ baseline, candidate }: PairRow): string[] {
  if (candidate.error !== null) return [candidate.error]
  return candidate.scores
    .filter((score) => score.score < (baseline.scores.find(({ scorer }) => scorer === score.scorer)?.score ?? 1))
    .slice(0, 3)
    .map((score) => (score.detail === undefined ? score.scorer : `${score.scorer}: ${score.detail}`))
}

function armOf({ model, tier, rule, reason, evidence, costNanoUsd }: ArmRow): RegressionArm {
  return { model, tier, rule, reason, evidence, costNanoUsd }
}

function loss(regression: Regression): number {
  return (regression.before ?? 0) - (regression.after ?? 0)
}

function order(a: Regression, b: Regression): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line
}
