import type { LatencyProfile } from '../../engine/matrix.ts'
import type { ResponseStore } from '../ports.ts'
import type { Alternative, EvidenceLabel, Fixture, FixtureResponse } from '../types.ts'

/** Answers of other models to the fixtures, from sidecars. */
export interface AlternativesPort {
  of(fixtureId: string): readonly Alternative[]
}

/** Estimated latency of a model when none was recorded; null when nothing is known. */
export type LatencyEstimate = (model: string) => LatencyProfile | null

export interface Found {
  readonly label: EvidenceLabel
  readonly response: FixtureResponse
}

/** The recorded answer of `model` to the fixture: its own, a sidecar's, or one from an earlier replay. */
export function findRecorded(
  item: { readonly fixture: Fixture; readonly alternatives: readonly Alternative[] },
  model: string,
  store: ResponseStore | null,
): Found | undefined {
  const { fixture, alternatives } = item
  if (fixture.res !== undefined && fixture.res.model === model) return { label: 'R', response: fixture.res }
  const alternative = alternatives.find((entry) => entry.model === model)
  if (alternative !== undefined) return { label: 'R', response: alternative.res }
  const stored = store?.find(fixture.key, model)
  return stored === undefined ? undefined : { label: 'C', response: stored }
}
