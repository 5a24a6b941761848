import type { Project } from '../../../src/cli/project.ts'
import { decideInput } from '../../../src/cli/route/situation.ts'
import { analyse } from '../../../src/engine/analyse.ts'
import { decide } from '../../../src/engine/decide.ts'
import type { Decision } from '../../../src/engine/decision.ts'
import type { ExchangeRecord } from '../../../src/engine/record.ts'
import { rollOf } from '../../../src/engine/roll.ts'
import { UpstreamStreamError } from '../../../src/engine/upstream-error.ts'
import { createRedactor, type RedactionProfile } from '../../../src/guardrails/redactor.ts'
import { createPipeline } from '../../../src/pipeline/pipeline.ts'
import type { AdmissionPort, Generation, Incoming, RecordSink } from '../../../src/pipeline/ports.ts'
import { createLiveState } from '../../../src/pipeline/state.ts'
import { configArm, type ArmOutcome, type ArmSpending } from '../../../src/replay/driver/arm.ts'
import { BudgetWatch } from '../../../src/replay/driver/budget-watch.ts'
import { replayItems } from '../../../src/replay/driver/items.ts'
import { inFlight } from '../../../src/replay/driver/replay-upstream.ts'
import { VirtualTime } from '../../../src/replay/driver/virtual-time.ts'
import { openFixtureSet } from '../../../src/replay/fixtures/fixture-set.ts'
import { arrivalOf } from '../../../src/replay/fixtures/incoming.ts'
import { createRecorder } from '../../../src/replay/recorder/recorder.ts'
import type { Fixture } from '../../../src/replay/types.ts'
import { parseChaos } from '../../../src/upstream/chaos-spec.ts'
import { ChaosUpstream } from '../../../src/upstream/chaos.ts'
import { SimulatedUpstream } from '../../../src/upstream/simulated/simulated.ts'

/** One request of the live run: what comes in, and how long after the one before. */
export interface Arrival {
  readonly incoming: Incoming
  readonly gapMs: number
}

export interface LiveSetting {
  readonly file: string
  readonly generation: Generation
  readonly admission: AdmissionPort
  readonly arrivals: readonly Arrival[]
  readonly startsAt: number
  readonly seed: number
  readonly profile: RedactionProfile
  readonly chaos: string
}

export interface LiveRun {
  /** In the order of the file, which is that of a replay. */
  readonly fixtures: readonly Fixture[]
  readonly records: ReadonlyMap<string, ExchangeRecord>
  /** Most requests under way at once. */
  readonly overlapping: number
}

/** The live pipeline on the simulated provider, with requests that overlap, recorded by the real recorder. */
export async function runLive(setting: LiveSetting): Promise<LiveRun> {
  const { seed, generation } = setting
  const time = new VirtualTime()
  const sleep = (ms: number): Promise<void> => time.wait(ms)
  const recorder = await recorderOf(setting)
  const records = new Map<string, ExchangeRecord>()
  const collect: RecordSink = { accept: (record) => void records.set(record.requestId, record) }
  const simulated = new SimulatedUpstream({ seed, speed: 1, sleep })
  const pipeline = createPipeline({
    clock: time,
    upstream: new ChaosUpstream(simulated, { rules: parseChaos(setting.chaos), seed, sleep }),
    sleep,
    state: createLiveState(),
    admission: setting.admission,
    sinks: [collect, recorder],
    generation: () => generation,
  })
  const open = { now: 0, most: 0 }
  const answer = async (incoming: Incoming): Promise<void> => {
    const reply = await pipeline.run(incoming, new AbortController().signal)
    if (reply.kind === 'stream') await drain(reply.parts)
    open.now -= 1
  }
  let at = setting.startsAt
  const running: Promise<void>[] = []
  for (const [index, { incoming, gapMs }] of setting.arrivals.entries()) {
    at += gapMs
    await time.advanceTo(at)
    open.now += 1
    open.most = Math.max(open.most, open.now)
    running.push(answer(incoming))
    // The recorder works beside the requests; a burst faster than any real one would overflow it.
    if (index % 200 === 0) await recorder.flush()
  }
  await time.drain()
  await Promise.all(running)
  await recorder.close()
  return { fixtures: await readAll(setting.file), records, overlapping: open.most }
}

function recorderOf({ file, profile, generation }: LiveSetting): ReturnType<typeof createRecorder> {
  const { routing: config, matrix, seed } = generation
  return createRecorder({
    file,
    run: 'live',
    mode: 'all',
    sample: 1,
    redactor: createRedactor({ knownValues: [], profile, salt: 'test' }),
    salt: 'test',
    decideAgain: ({ asked, rights, request, exchangeId }, state, now) => {
      const { features, intent } = analyse(request, state.session?.intent ?? null, state.budgets)
      const roll = rollOf(seed, exchangeId)
      return decide({ asked, rights, features, intent, config, matrix, state, seed, roll, now })
    },
    catalogHash: matrix.hash,
    pricesHash: 'test',
    createdAt: '2026-11-01T00:00:00.000Z',
  })
}

/** A stream that was cut on purpose ends with an error, which is the client's business. */
async function drain(parts: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const part of parts) void part
  } catch (error) {
    if (!(error instanceof UpstreamStreamError)) throw error
  }
}

async function readAll(file: string): Promise<readonly Fixture[]> {
  const set = await openFixtureSet([file], { cwd: '/' })
  const fixtures: Fixture[] = []
  for await (const event of set.events()) if (event.kind === 'fixture') fixtures.push(event.fixture)
  await set.close()
  return fixtures
}

/** The decision that `gateway route --fixture` makes. */
export function routeAgain(fixture: Fixture, { routing, matrix }: Pick<Project, 'routing' | 'matrix'>): Decision {
  const { incoming, state, now } = arrivalOf(fixture)
  const { request, asked, rights, exchangeId } = incoming
  const seed = fixture.ctx.seed ?? 0
  const options = { as: [], assume: [], tag: [] }
  return decide(
    decideInput({ request, asked, rights, state, exchangeId, seed, now }, { cwd: '/', routing, matrix, options }),
  )
}

export interface Replayed extends ArmSpending {
  /** By fixture. */
  readonly outcomes: ReadonlyMap<string, ArmOutcome>
  readonly watch: BudgetWatch
}

/** What `gateway replay` makes of every fixture. */
export async function replayAgain(file: string, generation: Generation): Promise<Replayed> {
  const arm = configArm({ label: 'same', generation, latency: () => null, store: null })
  const set = await openFixtureSet([file], { cwd: '/' })
  const watch = new BudgetWatch({ arm, generation }, [])
  const settled: Promise<readonly [string, ArmOutcome]>[] = []
  const onProblem = ({ message }: { message: string }): never => {
    throw new Error(message)
  }
  for await (const item of replayItems(set, { sample: null, shard: null, seed: generation.seed, onProblem })) {
    const started = await arm.arrive(item.incoming, inFlight(item.fixture, []))
    watch.add(item)
    settled.push(started.settled.then((outcome) => [item.fixture.id, outcome] as const))
  }
  await arm.finish()
  await set.close()
  return { outcomes: new Map(await Promise.all(settled)), watch, ...arm.spending() }
}
