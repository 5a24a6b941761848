import { exactEstimate, type Estimate } from '../stats/estimate.ts'
import { clusterT, mean } from '../stats/paired-means.ts'
import { bonettPrice, discordant, shareEstimate, withoutVariation } from '../stats/proportions.ts'
import type { ArmRow, PairRow } from '../types.ts'
import { FEWEST_CLUSTERS, measured, sessionIndex, type Measured, type Question } from './measured.ts'
import type { Verdict } from './types.ts'

/** An arm without any evidence has no outcome; one that failed has. */
function outcomeKnown(arm: ArmRow): boolean {
  return arm.evidence !== '-' || arm.error !== null
}

/** Share of requests for which `happened` holds: errors, refusals. */
export function rateMetric(question: Question, happened: (arm: ArmRow) => boolean): Measured {
  const { rows, coverage: need } = question
  const used = rows.filter((row) => outcomeKnown(row.baseline) && outcomeKnown(row.candidate))
  const before = used.map((row) => Number(happened(row.baseline)))
  const after = used.map((row) => Number(happened(row.candidate)))
  const { cluster, clusters } = sessionIndex(used)
  const n = used.length
  const base = {
    baseline: n === 0 ? null : mean(before),
    candidate: n === 0 ? null : mean(after),
    change: n === 0 ? null : mean(after) - mean(before),
    n,
    clusters,
  }
  if (n === 0) {
    return measured(question, { ...base, outcome: { kind: 'not_measured', reason: { code: 'nothing_recorded' } } })
  }
  if (n < need * rows.length) {
    const reason = { code: 'below_coverage', measured: n, of: rows.length, need } as const
    return measured(question, { ...base, outcome: { kind: 'not_measured', reason } })
  }
  const level = (): Estimate => shareEstimate({ values: after, cluster, clusters })
  const differences = after.map((value, i) => value - (before[i] ?? 0))
  if (differences.every((value) => value === 0) && n === rows.length) {
    const sameAnswers = used.every((row) => row.candidate.evidence === '=')
    const equalBy = sameAnswers ? exactEstimate(0, n, clusters) : withoutVariation(0, clusters, n)
    return measured(question, { ...base, outcome: { kind: 'equal' }, equalBy, level })
  }
  return measured(question, { ...base, outcome: rateEstimate({ differences, cluster, clusters }), level })
}

function rateEstimate(sample: {
  readonly differences: readonly number[]
  readonly cluster: readonly number[]
  readonly clusters: number
}): Estimate | Verdict {
  const { differences, cluster, clusters } = sample
  if (clusters === differences.length) return bonettPrice(discordant(differences))
  if (clusters < FEWEST_CLUSTERS) {
    return {
      kind: 'not_measured',
      reason: { code: 'too_few', have: clusters, need: FEWEST_CLUSTERS, what: 'sessions' },
    }
  }
  const estimate = clusterT({ values: differences, cluster, clusters })
  const flat = estimate.spread.standardError < 1e-12
  return flat ? withoutVariation(estimate.point, clusters, differences.length) : estimate
}

/** Share of pairs whose route changed. It has no baseline; the change is the share itself. */
export function routesMetric(question: Question): Measured {
  const rows: readonly PairRow[] = question.rows
  if (rows.length === 0) {
    const nothing = { baseline: null, candidate: null, change: null, n: 0, clusters: 0 }
    return measured(question, { ...nothing, outcome: { kind: 'not_measured', reason: { code: 'nothing_recorded' } } })
  }
  const values = rows.map((row) => Number(row.routeChanged))
  const { cluster, clusters } = sessionIndex(rows)
  const share = mean(values)
  const found = { baseline: null, candidate: share, change: share, n: rows.length, clusters }
  if (share === 0) {
    const level = (): Estimate => exactEstimate(0, rows.length, clusters)
    return measured(question, { ...found, outcome: { kind: 'equal' }, level })
  }
  const estimate = shareEstimate({ values, cluster, clusters })
  return measured(question, { ...found, outcome: estimate, level: () => estimate })
}
