import { costOfUsage } from '../../engine/cost.ts'
import type { PriceList } from '../../engine/matrix.ts'
import { reasonCode } from '../../engine/record-facts.ts'
import { totalInput, totalOutput } from '../../wire/usage.ts'
import type { Fixture } from '../types.ts'
import type { Costs } from './arm-row.ts'
import type { Arm, ArmOutcome } from './arm.ts'
import type { LatencyEstimate } from './evidence.ts'
import { noteLatency, type InFlight } from './replay-upstream.ts'

export interface ModelFacts {
  readonly tier: string
  readonly prices: PriceList | null
}

/** The arm that repeats what was recorded; it decides nothing. */
export function recordedArm(facts: (model: string) => ModelFacts | undefined, latency: LatencyEstimate): Arm {
  return {
    label: 'recorded',
    plan: () => null,
    arrive: (_incoming, flight) =>
      Promise.resolve({ settled: Promise.resolve(recordedOutcome(flight, { facts, latency })) }),
    finish: () => Promise.resolve(),
    spending: () => ({ budgets: [], compared: 0, differing: 0 }),
  }
}

function recordedOutcome(
  flight: InFlight,
  { facts, latency }: { facts: (model: string) => ModelFacts | undefined; latency: LatencyEstimate },
): ArmOutcome {
  const { fixture } = flight
  const { res } = fixture
  const model = recordedModel(fixture)
  const known = model === null ? undefined : facts(model)
  const attempt = fixture.attempts?.at(-1)
  if (res !== undefined) noteRecorded(flight, latency)
  return {
    decision: fixture.decision ?? null,
    flight,
    row: {
      model,
      tier: known?.tier ?? null,
      provider: attempt?.provider ?? null,
      rule: fixture.decision?.outcome.rule?.name ?? null,
      reason: fixture.decision === undefined ? 'recorded' : reasonCode(fixture.decision),
      evidence: flight.evidence,
      ...recordedCost(fixture, known?.prices ?? null),
      firstTokenMs: flight.firstTokenMs,
      totalMs: flight.totalMs,
      latencyBasis: flight.latencyBasis,
      error: res === undefined || res.status === 200 ? null : (res.error?.code ?? `status_${res.status}`),
      refused: fixture.decision?.outcome.kind === 'refused',
    },
  }
}

/** Who answered; who was chosen when nobody was called. */
export function recordedModel({ res, decision }: Fixture): string | null {
  if (res === undefined) return null
  if (res.model !== '') return res.model
  return decision?.outcome.kind === 'chosen' ? decision.outcome.model : null
}

function noteRecorded(flight: InFlight, latency: LatencyEstimate): void {
  const { res } = flight.fixture
  if (res === undefined) return
  flight.evidence = 'R'
  flight.response = res
  // A request that was turned away before anybody was called has no latency to compare.
  if (flight.fixture.attempts?.length !== 0) noteLatency(flight, res, latency(res.model))
}

/** The cost as recorded; from usage and today's prices when none was. */
function recordedCost(fixture: Fixture, prices: PriceList | null): Costs {
  const { res } = fixture
  const usage = res?.usage ?? null
  const tokens = {
    inputTokens: usage === null ? null : totalInput(usage),
    outputTokens: usage === null ? null : totalOutput(usage),
  }
  if (res?.cost !== undefined) {
    const { nano_usd: costNanoUsd, basis } = res.cost
    // Where nothing was billed, no count of tokens stands behind the cost.
    return { costNanoUsd, costBasis: usage === null && costNanoUsd === 0 ? null : basis, ...tokens }
  }
  const cost = usage === null ? null : costOfUsage(usage, prices)
  return cost?.kind === 'known'
    ? { costNanoUsd: cost.nanoUsd, costBasis: cost.usageBasis, ...tokens }
    : { costNanoUsd: null, costBasis: null, ...tokens }
}
