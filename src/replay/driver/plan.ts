import { isRejected, type Decision } from '../../engine/decision.ts'
import type { Intent } from '../../engine/intents.ts'
import type { Fixture } from '../types.ts'
import type { Arm } from './arm.ts'
import { Breather } from './breathe.ts'
import { findRecorded, type AlternativesPort } from './evidence.ts'
import { recordedModel } from './recorded-arm.ts'
import type { ReplayItem } from './run.ts'

/** Where one arm would send one fixture, and what that is expected to cost. */
interface PlannedRoute {
  readonly model: string | null
  readonly tier: string | null
  readonly expectedNanoUsd: number | null
  readonly refused: boolean
}

export interface PlannedPair {
  readonly item: ReplayItem
  readonly intent: Intent
  readonly baseline: PlannedRoute
  readonly candidate: PlannedRoute
  readonly decision: Decision
  /** The candidate's model has an answer on record. */
  readonly recorded: boolean
  readonly routeChanged: boolean
}

export interface PlanJob {
  readonly items: AsyncIterable<ReplayItem>
  readonly alternatives: AlternativesPort
  readonly baseline: Arm
  readonly candidates: readonly Arm[]
  /** Tier of a recorded model, null when the matrix does not know it. */
  readonly tierOf: (model: string) => string | null
  onPair(candidate: number, pair: PlannedPair): void
  readonly signal: AbortSignal
}

/** Decides without running anything. Nothing is kept, so memory does not grow with the number of fixtures. */
export async function runPlan(job: PlanJob): Promise<boolean> {
  const breather = new Breather()
  for await (const item of job.items) {
    await breather.step()
    if (job.signal.aborted) return false
    planItem(job, item)
  }
  return true
}

function planItem(job: PlanJob, item: ReplayItem): void {
  const { fixture, incoming } = item
  const decided = job.baseline.plan(incoming, fixture)
  const baseline = decided === null ? recordedRoute(fixture, job.tierOf) : routeOf(decided)
  for (const [index, arm] of job.candidates.entries()) {
    const decision = arm.plan(incoming, fixture)
    if (decision === null) continue
    const planned = routeOf(decision)
    const routeChanged = baseline.model !== planned.model
    // The same model gives the same answer, so it costs what the baseline costs: an estimate would invent a change.
    const candidate = routeChanged ? planned : { ...planned, expectedNanoUsd: baseline.expectedNanoUsd }
    const evidence = {
      fixture,
      alternatives: candidate.model === fixture.res?.model ? [] : job.alternatives.of(fixture.id),
    }
    job.onPair(index, {
      item,
      intent: decision.intent.label,
      baseline,
      candidate,
      decision,
      recorded: candidate.model !== null && findRecorded(evidence, candidate.model, null) !== undefined,
      routeChanged,
    })
  }
}

function recordedRoute(fixture: Fixture, tierOf: (model: string) => string | null): PlannedRoute {
  const { res, decision } = fixture
  const model = recordedModel(fixture)
  const cost = res?.cost?.nano_usd ?? (res?.error !== undefined ? 0 : null)
  const refused = decision?.outcome.kind === 'refused'
  return { model, tier: model === null ? null : tierOf(model), expectedNanoUsd: cost, refused }
}

function routeOf(decision: Decision): PlannedRoute {
  const { outcome } = decision
  if (outcome.kind === 'refused') return { model: null, tier: null, expectedNanoUsd: 0, refused: true }
  const chosen = decision.candidates.find((candidate) => candidate.model === outcome.model)
  const cost = chosen === undefined || isRejected(chosen) ? null : chosen.score.expectedCost
  return { model: outcome.model, tier: outcome.tier, expectedNanoUsd: cost?.nanoUsd ?? null, refused: false }
}
