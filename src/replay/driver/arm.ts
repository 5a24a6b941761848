import type { Decision } from '../../engine/decision.ts'
import { isRejected } from '../../engine/decision.ts'
import { costOfUsage } from '../../engine/cost.ts'
import { reasonCode } from '../../engine/record-facts.ts'
import type { PriceList } from '../../engine/matrix.ts'
import type { ExchangeRecord } from '../../engine/record.ts'
import { createPipeline } from '../../pipeline/pipeline.ts'
import type { ExchangeReply, Generation, Incoming, Pipeline } from '../../pipeline/ports.ts'
import { createReplayState, type ReplayState } from '../../pipeline/state.ts'
import { totalInput, totalOutput } from '../../wire/usage.ts'
import type { ArmRow, Fixture } from '../types.ts'
import type { ResponseStore } from '../ports.ts'
import { drainingBudgets, type DrainingBudgets } from './draining.ts'
import type { LatencyEstimate } from './evidence.ts'
import { createReplayUpstream, noteLatency, type InFlight } from './replay-upstream.ts'
import { VirtualTime } from './virtual-time.ts'

/** What an arm did on one fixture, before scoring. */
export interface ArmOutcome {
  readonly row: Omit<ArmRow, 'metrics' | 'scores'>
  /** Null for the recorded arm of a fixture without a decision. */
  readonly decision: Decision | null
  readonly flight: InFlight
}

export interface Arm {
  readonly label: string
  /** The decision alone, without running the exchange; null for the recorded arm. */
  plan(incoming: Incoming, fixture: Fixture): Decision | null
  /** Starts the exchange at the fixture's time. `settled` resolves when the virtual clock has passed its end. */
  arrive(incoming: Incoming, flight: InFlight): Promise<{ readonly settled: Promise<ArmOutcome> }>
  /** Lets everything in flight come to its end. */
  finish(): Promise<void>
}

interface ConfigArmSetup {
  readonly label: string
  readonly generation: Generation
  readonly latency: LatencyEstimate
  readonly store: ResponseStore | null
  readonly signal: AbortSignal
}

/** An arm that decides: the live pipeline on recorded ports and a virtual clock of its own. */
export function configArm(setup: ConfigArmSetup): Arm {
  const time = new VirtualTime()
  const state = createReplayState()
  const budgets = drainingBudgets(setup.generation)
  const flights = new Map<string, InFlight>()
  const upstream = createReplayUpstream({ time, flights, store: setup.store, latency: setup.latency })
  const pipeline = createPipeline({
    clock: time,
    upstream,
    state,
    admission: budgets,
    sinks: [],
    // A stopped run brings what is in flight to its end, so that waits need not be cut short.
    sleep: (ms) => time.wait(ms),
    generation: () => setup.generation,
  })
  return {
    label: setup.label,
    plan: (incoming, fixture) => planOnly({ pipeline, state, budgets }, incoming, fixture),
    async arrive(incoming, flight) {
      await time.advanceTo(flight.fixture.ctx.now)
      state.recorded(incoming, flight.fixture.ctx.state)
      budgets.recorded(flight.fixture.ctx.state, flight.fixture.ctx.now)
      flights.set(incoming.requestId, flight)
      const settled = pipeline.run(incoming, setup.signal).then((reply) => {
        flights.delete(incoming.requestId)
        return { row: rowOf(reply, flight), decision: settledRecord(reply).decision, flight }
      })
      return { settled }
    },
    finish: () => time.drain(),
  }
}

interface PlanRun {
  readonly pipeline: Pipeline
  readonly state: ReplayState
  readonly budgets: DrainingBudgets
}

/**
 * The session still moves on and budgets still drain when nothing is answered, so that later fixtures see the model that
 * was planned and what it would have cost.
 */
function planOnly(run: PlanRun, incoming: Incoming, fixture: Fixture): Decision {
  run.state.recorded(incoming, fixture.ctx.state)
  run.budgets.recorded(fixture.ctx.state, fixture.ctx.now)
  const decided = run.pipeline.decide(incoming, fixture.ctx.now)
  const { decision } = decided
  run.budgets.spend(incoming, decided, fixture.ctx.now)
  if (decision.outcome.kind === 'chosen') {
    run.state.sessionAdvanced({
      sessionId: incoming.sessionId,
      model: decision.outcome.model,
      intent: decision.intent.label,
      prefixTokens: decision.features.inputTokens,
      promptCaching: false,
      at: fixture.ctx.now,
    })
  }
  return decision
}

function settledRecord(reply: ExchangeReply): ExchangeRecord {
  // Recorded upstreams answer whole, so there is no stream whose record is still to come.
  return reply.kind === 'stream' ? reply.draft : reply.record
}

function rowOf(reply: ExchangeReply, flight: InFlight): ArmOutcome['row'] {
  const record = settledRecord(reply)
  const { decision } = record
  const chosen = decision.outcome.kind === 'chosen' ? decision.outcome : null
  const served = record.attempts.at(-1)
  const answered = reply.kind !== 'error'
  return {
    model: served?.model ?? chosen?.model ?? null,
    tier: tierOf(decision, served?.model) ?? chosen?.tier ?? null,
    provider: served?.provider ?? chosen?.provider ?? null,
    rule: decision.outcome.rule?.name ?? null,
    reason: reasonCode(decision),
    evidence: answered ? flight.evidence : estimateLabel(reply, decision),
    ...costAndTokens(reply, record),
    firstTokenMs: flight.firstTokenMs,
    totalMs: flight.totalMs,
    latencyBasis: flight.latencyBasis,
    error: errorOf(reply),
    refused: decision.outcome.kind === 'refused',
  }
}

function tierOf(decision: Decision, model: string | undefined): string | null {
  return decision.candidates.find((candidate) => candidate.model === model)?.tier ?? null
}

/** A gap in the evidence is not an error of the config: it is reported as missing evidence instead. */
function errorOf(reply: ExchangeReply): string | null {
  if (reply.kind !== 'error' || reply.error.code === 'response_missing') return null
  return reply.error.code
}

function estimateLabel(reply: ExchangeReply, decision: Decision): 'E' | '-' {
  const missing = reply.kind === 'error' && reply.error.code === 'response_missing'
  return missing && expectedCost(decision) !== null ? 'E' : '-'
}

function expectedCost(decision: Decision): { nanoUsd: number; inputTokens: number; outputTokens: number } | null {
  if (decision.outcome.kind !== 'chosen') return null
  const { model } = decision.outcome
  const candidate = decision.candidates.find((entry) => entry.model === model)
  return candidate === undefined || isRejected(candidate) ? null : candidate.score.expectedCost
}

type Costs = Pick<ArmRow, 'costNanoUsd' | 'costBasis' | 'inputTokens' | 'outputTokens'>

function costAndTokens(reply: ExchangeReply, record: ExchangeRecord): Costs {
  if (reply.kind === 'error' && reply.error.code === 'response_missing') {
    const expected = expectedCost(record.decision)
    return {
      costNanoUsd: expected?.nanoUsd ?? null,
      costBasis: expected === null ? null : 'estimated',
      inputTokens: expected?.inputTokens ?? null,
      outputTokens: expected?.outputTokens ?? null,
    }
  }
  // A refusal or a failed attempt costs nothing; an answer without a known price is unknown, not free.
  if (record.cost.kind === 'none') return { costNanoUsd: 0, costBasis: null, inputTokens: null, outputTokens: null }
  return {
    costNanoUsd: record.cost.kind === 'known' ? record.cost.nanoUsd : null,
    costBasis: record.cost.kind === 'known' ? record.cost.usageBasis : null,
    inputTokens: record.usage === null ? null : totalInput(record.usage),
    outputTokens: record.usage === null ? null : totalOutput(record.usage),
  }
}

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
  }
}

function recordedOutcome(
  flight: InFlight,
  { facts, latency }: { facts: (model: string) => ModelFacts | undefined; latency: LatencyEstimate },
): ArmOutcome {
  const { fixture } = flight
  const { res } = fixture
  const model = res?.model ?? null
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
      refused: false,
    },
  }
}

function noteRecorded(flight: InFlight, latency: LatencyEstimate): void {
  const { res } = flight.fixture
  if (res === undefined) return
  flight.evidence = 'R'
  flight.response = res
  noteLatency(flight, res, latency(res.model))
}

/** The cost as recorded; from usage and today's prices when none was. */
function recordedCost(fixture: Fixture, prices: PriceList | null): Costs {
  const { res } = fixture
  const usage = res?.usage ?? null
  const tokens = {
    inputTokens: usage === null ? null : totalInput(usage),
    outputTokens: usage === null ? null : totalOutput(usage),
  }
  if (res?.cost !== undefined) return { costNanoUsd: res.cost.nano_usd, costBasis: res.cost.basis, ...tokens }
  const cost = usage === null ? null : costOfUsage(usage, prices)
  return cost?.kind === 'known'
    ? { costNanoUsd: cost.nanoUsd, costBasis: cost.usageBasis, ...tokens }
    : { costNanoUsd: null, costBasis: null, ...tokens }
}
