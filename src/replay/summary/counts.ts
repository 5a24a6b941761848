import type { ArmRow, EvidenceLabel, PairRow } from '../types.ts'
import { scoreKnown } from './score-metric.ts'
import type { CandidateSummary, EvidenceCounts, RouteChange, RouteChanges, TokenTotals } from './types.ts'

/** Changed routes by tier and model, most frequent first. */
export function routeChanges(rows: readonly PairRow[]): RouteChanges {
  const changed = rows.filter((row) => row.routeChanged)
  const cells = new Map<string, RouteChange>()
  for (const { baseline, candidate } of changed) {
    const key = JSON.stringify([baseline.tier, baseline.model, candidate.tier, candidate.model])
    const count = (cells.get(key)?.count ?? 0) + 1
    cells.set(key, {
      fromTier: baseline.tier,
      fromModel: baseline.model,
      toTier: candidate.tier,
      toModel: candidate.model,
      count,
    })
  }
  const matrix = [...cells]
    .sort(([a, one], [b, two]) => two.count - one.count || (a < b ? -1 : 1))
    .map(([, cell]) => cell)
  return { changed: changed.length, of: rows.length, matrix }
}

/** Nobody was called, so there is no answer that could be missing. */
export function isTurnedAway({ evidence, refused, error }: ArmRow): boolean {
  return evidence === '-' && (refused || error === 'budget_exceeded')
}

export function evidenceCounts(rows: readonly PairRow[], qualityMetric: string): EvidenceCounts {
  const candidate: Record<EvidenceLabel, number> = { '=': 0, R: 0, C: 0, L: 0, E: 0, '-': 0 }
  let refused = 0
  for (const row of rows) {
    if (isTurnedAway(row.candidate)) refused += 1
    else candidate[row.candidate.evidence] += 1
  }
  const qualityMeasured = rows.filter((row) => scoreKnown(row, qualityMetric)).length
  return { candidate, ...(refused === 0 ? {} : { refused }), qualityMeasured, of: rows.length }
}

export function tokenTotals(rows: readonly PairRow[], armOf: (row: PairRow) => ArmRow): TokenTotals {
  let input = 0
  let output = 0
  let unknown = 0
  for (const row of rows) {
    const { inputTokens, outputTokens } = armOf(row)
    if (inputTokens === null || outputTokens === null) unknown += 1
    input += inputTokens ?? 0
    output += outputTokens ?? 0
  }
  return { input, output, unknown }
}

/** Sums over the arms that simulated the prompt cache; null when none did. */
export function prefixLoss(rows: readonly PairRow[]): CandidateSummary['prefixLossNanoUsd'] {
  const simulated = rows.some((row) => [row.baseline, row.candidate].some((arm) => arm.prefixLossNanoUsd !== undefined))
  if (!simulated) return null
  const sum = (armOf: (row: PairRow) => ArmRow): number =>
    rows.reduce((total, row) => total + (armOf(row).prefixLossNanoUsd ?? 0), 0)
  return { baseline: sum((row) => row.baseline), candidate: sum((row) => row.candidate) }
}
