import { UpstreamStreamError, type UpstreamCall, type UpstreamPort, type UpstreamResult } from '../../pipeline/ports.ts'
import type { CanonicalAnswer, StreamPart } from '../../wire/canonical.ts'
import { totalOutput } from '../../wire/usage.ts'
import type { Alternative, EvidenceLabel, Fixture, FixtureResponse } from '../types.ts'
import type { ResponseStore } from '../ports.ts'
import { answerBlocks } from '../fixtures/answer-blocks.ts'
import { findRecorded, type LatencyEstimate } from './evidence.ts'
import { isTooLong, missing, tooLong } from './no-answer.ts'
import { recordedError, recordedFailure, type RecordedFailure } from './recorded-failure.ts'
import { markOf } from './recorded-mark.ts'
import type { Mark } from './timers.ts'
import type { VirtualTime } from './virtual-time.ts'

/** A fixture on its way through one arm. The upstream notes here what it answered with. */
export interface InFlight {
  readonly fixture: Fixture
  readonly alternatives: readonly Alternative[]
  evidence: EvidenceLabel
  response: FixtureResponse | null
  latencyBasis: 'recorded' | 'live' | 'estimated' | null
  firstTokenMs: number | null
  totalMs: number | null
  /** There is an answer, but a budget would not have let it become that long. */
  tooLong: boolean
  /** Calls so far by provider and model. */
  readonly calls: Map<string, number>
}

export function inFlight(fixture: Fixture, alternatives: readonly Alternative[]): InFlight {
  return {
    fixture,
    alternatives,
    evidence: '-',
    response: null,
    latencyBasis: null,
    firstTokenMs: null,
    totalMs: null,
    tooLong: false,
    calls: new Map(),
  }
}

interface ReplayUpstreamSetup {
  readonly time: VirtualTime
  readonly store: ResponseStore | null
  readonly latency: LatencyEstimate
  /** Finds the fixture of a call by its request id. */
  readonly flights: ReadonlyMap<string, InFlight>
}

/** Answers from the recording and lets virtual time pass as the recorded (or estimated) answer took. */
export function createReplayUpstream(setup: ReplayUpstreamSetup): UpstreamPort {
  return {
    mode: 'recorded',
    call: (call) => answerFromRecord(setup, call),
    close: () => Promise.resolve(),
  }
}

async function answerFromRecord(setup: ReplayUpstreamSetup, call: UpstreamCall): Promise<UpstreamResult> {
  const flight = setup.flights.get(call.requestId)
  if (flight === undefined) throw new Error(`no fixture is in flight for ${call.requestId}`)
  const failed = recordedFailure(flight, call)
  if (failed !== undefined) {
    await setup.time.wait(failed.ms, failed.settled)
    if (failed.brokeOff) return brokenStream(setup, flight, failed)
    setup.time.markNext(failed.next)
    return failed.result
  }
  const found = findRecorded(flight, call.target.model, setup.store)
  if (found === undefined) return missing(flight.fixture, call)
  if (isTooLong(found.response, call)) {
    flight.tooLong = true
    return tooLong(flight.fixture, call)
  }
  noteLatency(flight, found.response, setup.latency(call.target.model))
  flight.evidence = found.label
  flight.response = found.response
  const recorded = found.response === flight.fixture.res
  await setup.time.wait(leftMs(setup, flight), recorded ? lastSettled(flight.fixture) : null)
  if (found.response.status !== 200) return recordedError(found.response)
  return {
    kind: 'answer',
    status: 200,
    answer: canonicalAnswer(found.response),
    raw: null,
    droppedParams: [],
    injected: false,
  }
}

/** The recorded total runs from arrival: what failed attempts and waits took of it is over already. */
function leftMs({ time }: ReplayUpstreamSetup, { fixture, response, totalMs }: InFlight): number {
  const whole = totalMs ?? 0
  return response === fixture.res ? Math.max(0, fixture.ctx.now + whole - time.now()) : whole
}

/** Where the answer was settled. */
function lastSettled(fixture: Fixture): Mark | null {
  return markOf(fixture, fixture.attempts?.at(-1)?.steps?.[1])
}

/** A stream that broke off as it did in the recording: what had come until then was paid for. */
function brokenStream(setup: ReplayUpstreamSetup, flight: InFlight, failed: RecordedFailure): UpstreamResult {
  const { failure } = failed.result
  const { res } = flight.fixture
  if (res !== undefined) {
    noteLatency(flight, res, null)
    flight.evidence = 'R'
  }
  async function* parts(): AsyncGenerator<StreamPart> {
    const end = flight.fixture.ctx.now + (res?.timing?.total_ms ?? 0)
    await setup.time.wait(Math.max(0, end - setup.time.now()), failed.settled)
    if (res !== undefined && res.usage !== null) yield { kind: 'usage', usage: res.usage }
    throw new UpstreamStreamError(failure, 'broke off in the recording')
  }
  return { kind: 'stream', status: 200, parts: parts(), droppedParams: [], injected: false }
}

/** The recorded timing of an answer; an estimate, marked as one, when none was recorded. */
export function noteLatency(flight: InFlight, response: FixtureResponse, estimate: ReturnType<LatencyEstimate>): void {
  if (response.timing !== undefined) {
    flight.latencyBasis = 'recorded'
    flight.firstTokenMs = response.timing.ttft_ms
    flight.totalMs = response.timing.total_ms
    return
  }
  if (estimate === null || response.usage === null) return
  flight.latencyBasis = 'estimated'
  flight.firstTokenMs = Math.round(estimate.firstTokenP50Ms)
  flight.totalMs = Math.round(estimate.firstTokenP50Ms + estimate.perTokenP50Ms * totalOutput(response.usage))
}

/** A fixture's answer in canonical form. */
export function canonicalAnswer(response: FixtureResponse): CanonicalAnswer {
  const { message, model, finish, usage } = response
  return { id: '', model, blocks: answerBlocks(message), finish, usage }
}
