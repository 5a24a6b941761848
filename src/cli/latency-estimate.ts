import type { LatencyProfile, Matrix } from '../engine/matrix.ts'
import { latencyClassOf } from '../upstream/simulated/latency-class.ts'
import { LATENCY_PROFILES, type LatencyClass } from '../upstream/simulated/latency-profiles.ts'
import type { LatencyEstimate } from '../replay/driver/evidence.ts'

/** 95 % quantile of the standard normal distribution. */
const Z95 = 1.6449

/**
 * Latency of models that were never timed: measured or user-given values of the matrix where they exist, else the
 * distribution that the simulated provider uses for it. An estimate, to be labelled as one.
 */
export function estimatedLatency(matrices: readonly Matrix[]): LatencyEstimate {
  const rows = new Map(matrices.flatMap(({ rows: list }) => list.map((row) => [String(row.id), row] as const)))
  return (model) => {
    const row = rows.get(model)
    if (row === undefined) return null
    return row.latency ?? profileOf(latencyClassOf(model))
  }
}

function profileOf(name: LatencyClass): LatencyProfile {
  const { firstTokenMs, tokenGapMs } = LATENCY_PROFILES[name]
  return {
    firstTokenP50Ms: Math.exp(firstTokenMs.mu),
    firstTokenP95Ms: Math.exp(firstTokenMs.mu + Z95 * firstTokenMs.sigma),
    perTokenP50Ms: Math.exp(tokenGapMs.mu),
    perTokenP95Ms: Math.exp(tokenGapMs.mu + Z95 * tokenGapMs.sigma),
    source: 'prior',
  }
}
