import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideInput } from '../../../src/cli/route/situation.ts'
import type { RouteRequest } from '../../../src/cli/route/read-request.ts'
import { loadProjectFromText, type Project } from '../../../src/cli/project.ts'
import { analyse } from '../../../src/engine/analyse.ts'
import { decide } from '../../../src/engine/decide.ts'
import type { Decision } from '../../../src/engine/decision.ts'
import type { ExchangeRecord } from '../../../src/engine/record.ts'
import { rollOf } from '../../../src/engine/roll.ts'
import { UpstreamStreamError } from '../../../src/engine/upstream-error.ts'
import { createRedactor } from '../../../src/guardrails/redactor.ts'
import { openAdmission } from '../../../src/pipeline/admission/spend-cap.ts'
import { createPipeline } from '../../../src/pipeline/pipeline.ts'
import type { Incoming, RecordSink } from '../../../src/pipeline/ports.ts'
import { createLiveState } from '../../../src/pipeline/state.ts'
import { sessionIdOf } from '../../../src/pipeline/session-id.ts'
import { configArm } from '../../../src/replay/driver/arm.ts'
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
import { parseChatRequest } from '../../../src/wire/openai-chat/parse-request.ts'
import { canonicalJson, type JsonObject } from '../../../src/wire/json.ts'

const REQUESTS = 1_200
const SEED = 42

const CONFIG = `
version: 1
providers: { simulated: { kind: simulated } }
models:
  gpt-5.4: { provider: simulated, tier: premium, quality: { math: 0.9, overall: 0.88 } }
  gpt-5.4-mini: { provider: simulated, tier: standard, quality: { math: 0.8, overall: 0.8 } }
  deepseek-v4-pro: { provider: simulated, tier: standard }
  gpt-5.4-nano: { provider: simulated, tier: free, quality: { overall: 0.6 } }
  ministral-3b-latest: { provider: simulated, tier: free }
aliases:
  small: { models: [gpt-5.4-nano, ministral-3b-latest] }
routing:
  default_policy: balanced
  policies:
    balanced: { minimize: cost, require: { quality: 0.75 }, relax: [latency, quality] }
    mixed: { weights: { quality: 0.6, cost: 0.4 } }
  rules:
    - { name: long, when: { input_tokens: "> 400" }, tier: standard, policy: mixed }
    - { name: hard sums, when: { intent: [math, reasoning], complexity: ">= 0.5" }, tier: premium }
    - { name: team docs, when: { project: docs }, models: [deepseek-v4-pro, gpt-5.4-mini], order: listed }
  sticky: session
`

const sentence = fc.constantFrom(
  'Summarise this report for the board.',
  'Prove that the sum of two odd numbers is even.',
  'A train leaves at 9:10 and covers 120 km in 1.5 hours. How fast is it?',
  'Fix this: `const x = arr.lenght`.',
  'Übersetze den Satz ins Englische: Der Zug hat Verspätung.',
  '请把下面的句子翻译成英文。',
  'Thanks, that helps!',
  'Extract all dates as JSON.',
  'def f(a):\n    return a[0]\nwhat happens for an empty list?',
)
const text = fc.array(sentence, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(' '))
const longText = fc.tuple(text, fc.integer({ min: 1, max: 60 })).map(([part, times]) => `${part} `.repeat(times))
const message = fc.record({
  role: fc.constantFrom('user', 'assistant'),
  content: fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: longText }),
})

const body = fc.record(
  {
    model: fc.constantFrom('auto', 'auto', 'auto:mixed', 'small', 'tier:standard', 'gpt-5.4', 'gpt-9'),
    messages: fc
      .tuple(fc.array(message, { maxLength: 3 }), text)
      .map(([turns, last]) => [...turns, { role: 'user', content: last }]),
    max_tokens: fc.integer({ min: 1, max: 4000 }),
    temperature: fc.constantFrom(0, 0.7),
    stream: fc.boolean(),
    response_format: fc.constantFrom({ type: 'json_object' }, { type: 'text' }),
    tools: fc.constant([
      { type: 'function', function: { name: 'lookup', parameters: { type: 'object', properties: {} } } },
    ]),
  },
  { requiredKeys: ['model', 'messages'] },
)
const sent = fc.record({
  body,
  session: fc.integer({ min: 0, max: 79 }),
  gapMs: fc.integer({ min: 0, max: 4_000 }),
  tier: fc.constantFrom(undefined, undefined, undefined, 'free', 'premium'),
  project: fc.constantFrom(null, 'docs', 'app'),
})
type Sent = typeof sent extends fc.Arbitrary<infer T> ? T : never

interface Live {
  readonly fixtures: Fixture[]
  readonly decisions: Map<string, Decision>
  readonly overlapping: number
}

let directory = ''
let project: Project
let live: Live
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-equality-'))
  project = await loadProjectFromText({ text: CONFIG, file: 'gateway.yaml', dir: directory, env: {} })
  live = await recordLive(fc.sample(sent, { numRuns: REQUESTS, seed: SEED }))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const file = (): string => join(directory, 'recorded.jsonl')
const generation = (): { routing: Project['routing']; matrix: Project['matrix']; seed: number } => ({
  routing: project.routing,
  matrix: project.matrix,
  seed: SEED,
})

function incomingOf({ body: raw, session, tier, project: name }: Sent, index: number): Incoming {
  const request = parseChatRequest(raw)
  const hints = { ...(tier === undefined ? {} : { tier }), tags: [] }
  return {
    requestId: `req_${index}`,
    exchangeId: `req_${index}`,
    request,
    asked: { model: request.model, endpoint: 'chat', stream: request.stream, hints },
    rights: {
      keyId: 'dev',
      alias: 'dev',
      groups: [],
      user: null,
      project: name,
      tierCeiling: null,
      models: null,
      policy: null,
    },
    sessionId: sessionIdOf(request, 'dev', `session-${session}`),
    body: JSON.parse(JSON.stringify(raw)) as JsonObject,
    clientRetry: 0,
    parseMs: null,
    authMs: null,
  }
}

/** The live pipeline on the simulated provider, with requests that overlap, recorded by the real recorder. */
async function recordLive(requests: readonly Sent[]): Promise<Live> {
  const time = new VirtualTime()
  const recorder = await createRecorder({
    file: file(),
    mode: 'all',
    sample: 1,
    redactor: createRedactor({ knownValues: [], profile: 'secrets', salt: 'test' }),
    salt: 'test',
    decideAgain: (incoming, state, now) => {
      const { features, intent } = analyse(incoming.request, state.session?.intent ?? null, state.budgets)
      const { routing: config, matrix, seed } = generation()
      return decide({
        asked: incoming.asked,
        rights: incoming.rights,
        features,
        intent,
        config,
        matrix,
        state,
        seed,
        roll: rollOf(seed, incoming.exchangeId),
        now,
      })
    },
    catalogHash: project.matrix.hash,
    pricesHash: 'test',
    createdAt: '2026-11-01T00:00:00.000Z',
  })
  const decisions = new Map<string, Decision>()
  const open = { now: 0, most: 0 }
  const collect: RecordSink = {
    accept: (record: ExchangeRecord) => void decisions.set(record.requestId, record.decision),
  }
  const pipeline = createPipeline({
    clock: time,
    upstream: new ChaosUpstream(new SimulatedUpstream({ seed: SEED, speed: 1, sleep: (ms) => time.wait(ms) }), {
      rules: parseChaos('503:0.03,429:0.02,500:0.03,reset:0.03,cut:0.03,empty:0.02'),
      seed: SEED,
      sleep: (ms) => time.wait(ms),
    }),
    sleep: (ms) => time.wait(ms),
    state: createLiveState(),
    admission: openAdmission(),
    sinks: [collect, recorder],
    generation,
  })
  let at = Date.parse('2026-11-01T00:00:00Z')
  const running: Promise<void>[] = []
  for (const [index, request] of requests.entries()) {
    at += request.gapMs
    await time.advanceTo(at)
    open.now += 1
    open.most = Math.max(open.most, open.now)
    running.push(
      (async () => {
        const reply = await pipeline.run(incomingOf(request, index), new AbortController().signal)
        if (reply.kind === 'stream') await drain(reply.parts)
        open.now -= 1
      })(),
    )
    // The recorder works beside the requests; a burst faster than any real one would overflow it.
    if (index % 200 === 0) await recorder.flush()
  }
  await time.drain()
  await Promise.all(running)
  await recorder.close()
  const set = await openFixtureSet([file()], { cwd: directory })
  const fixtures: Fixture[] = []
  for await (const event of set.events()) if (event.kind === 'fixture') fixtures.push(event.fixture)
  await set.close()
  return { fixtures, decisions, overlapping: open.most }
}

/** A stream that was cut on purpose ends with an error, which is the client's business. */
async function drain(parts: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const part of parts) void part
  } catch (error) {
    if (!(error instanceof UpstreamStreamError)) throw error
  }
}

describe('one decision, wherever it is made', () => {
  it('has really generated what it claims: over a thousand, overlapping, of many kinds', () => {
    expect(live.fixtures.length).toBe(REQUESTS)
    expect(live.overlapping).toBeGreaterThan(3)
    const kinds = new Set(
      [...live.decisions.values()].map(({ outcome }) =>
        outcome.kind === 'chosen' ? `${outcome.because.kind} ${outcome.rule?.name}` : outcome.code,
      ),
    )
    expect(kinds.size).toBeGreaterThan(6)
    const stable = live.fixtures.filter(({ redaction }) => redaction?.decision_stable === true)
    expect(stable.length).toBeGreaterThan(REQUESTS * 0.9)
    // Providers failed, were repeated and left alone; latencies and lengths were learned; and all of it was recorded.
    const seen = (pick: (fixture: Fixture) => object | undefined): number =>
      live.fixtures.filter((fixture) => Object.keys(pick(fixture) ?? {}).length > 0).length
    expect(seen(({ ctx }) => ctx.state?.health)).toBeGreaterThan(50)
    expect(seen(({ ctx }) => ctx.state?.latency)).toBeGreaterThan(50)
    expect(seen(({ ctx }) => ctx.state?.outputTokens)).toBeGreaterThan(50)
    expect(live.fixtures.filter(({ attempts }) => (attempts?.length ?? 0) > 1).length).toBeGreaterThan(50)
  })

  it('the recorded fixture holds the live decision', () => {
    const different = live.fixtures.filter(
      ({ ctx, decision }) => canonicalJson(decision) !== canonicalJson(live.decisions.get(ctx.exchange ?? '')),
    )
    expect(different.map(({ id }) => id)).toEqual([])
  })

  it('`route --fixture` makes it again', () => {
    const different: string[] = []
    for (const fixture of live.fixtures) {
      const { incoming, state, now } = arrivalOf(fixture)
      const read: RouteRequest = {
        request: incoming.request,
        asked: incoming.asked,
        rights: incoming.rights,
        state,
        exchangeId: incoming.exchangeId,
        seed: SEED,
        now,
      }
      const options = { as: [], assume: [], tag: [] }
      const decision = decide(
        decideInput(read, { cwd: directory, routing: project.routing, matrix: project.matrix, options }),
      )
      if (canonicalJson(decision) !== canonicalJson(fixture.decision)) different.push(fixture.id)
    }
    expect(different).toEqual([])
  })

  it('`replay` makes it again along the virtual clock, sessions and all', async () => {
    const arm = configArm({
      label: 'same',
      generation: generation(),
      latency: () => null,
      store: null,
      signal: new AbortController().signal,
    })
    const set = await openFixtureSet([file()], { cwd: directory })
    const settled: Promise<{ id: string; decision: Decision | null }>[] = []
    const items = replayItems(set, {
      sample: null,
      shard: null,
      seed: SEED,
      onProblem: ({ message: problem }) => expect.unreachable(problem),
    })
    for await (const item of items) {
      const started = await arm.arrive(item.incoming, inFlight(item.fixture, []))
      settled.push(started.settled.then(({ decision }) => ({ id: item.fixture.id, decision })))
    }
    await arm.finish()
    await set.close()
    const recorded = new Map(live.fixtures.map(({ id, decision }) => [id, canonicalJson(decision)]))
    const different = (await Promise.all(settled)).filter(
      ({ id, decision }) => canonicalJson(decision) !== recorded.get(id),
    )
    expect(different.map(({ id }) => id)).toEqual([])
  })
})
