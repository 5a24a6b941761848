import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadProjectFromText, type Project } from '../../../src/cli/project.ts'
import { openAdmission } from '../../../src/pipeline/admission/spend-cap.ts'
import type { Generation, Incoming } from '../../../src/pipeline/ports.ts'
import { sessionIdOf } from '../../../src/pipeline/session-id.ts'
import type { Fixture } from '../../../src/replay/types.ts'
import { parseChatRequest } from '../../../src/wire/openai-chat/parse-request.ts'
import { canonicalJson, type JsonObject } from '../../../src/wire/json.ts'
import { replayAgain, routeAgain, runLive, type LiveRun } from './live-run.ts'

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

let directory = ''
let project: Project
let live: LiveRun
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-equality-'))
  project = await loadProjectFromText({ text: CONFIG, file: 'gateway.yaml', dir: directory, env: {} })
  live = await runLive({
    file: file(),
    generation: generation(),
    admission: openAdmission(),
    arrivals: fc.sample(sent, { numRuns: REQUESTS, seed: SEED }).map((one, index) => ({
      incoming: incomingOf(one, index),
      gapMs: one.gapMs,
    })),
    startsAt: Date.parse('2026-11-01T00:00:00Z'),
    seed: SEED,
    profile: 'secrets',
    chaos: '503:0.03,429:0.02,500:0.03,reset:0.03,cut:0.03,empty:0.02',
  })
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const file = (): string => join(directory, 'recorded.jsonl')
const generation = (): Generation => ({ routing: project.routing, matrix: project.matrix, seed: SEED })

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

describe('one decision, wherever it is made', () => {
  it('has really generated what it claims: over a thousand, overlapping, of many kinds', () => {
    expect(live.fixtures.length).toBe(REQUESTS)
    expect(live.overlapping).toBeGreaterThan(3)
    const kinds = new Set(
      [...live.records.values()].map(({ decision: { outcome } }) =>
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
      ({ ctx, decision }) => canonicalJson(decision) !== canonicalJson(live.records.get(ctx.exchange ?? '')?.decision),
    )
    expect(different.map(({ id }) => id)).toEqual([])
  })

  it('`route --fixture` makes it again', () => {
    const different = live.fixtures.filter(
      (fixture) => canonicalJson(routeAgain(fixture, project)) !== canonicalJson(fixture.decision),
    )
    expect(different.map(({ id }) => id)).toEqual([])
  })

  it('`replay` makes it again along the virtual clock, sessions and all', async () => {
    const { outcomes } = await replayAgain(file(), generation())
    const different = live.fixtures.filter(
      ({ id, decision }) => canonicalJson(outcomes.get(id)?.decision) !== canonicalJson(decision),
    )
    expect(outcomes.size).toBe(REQUESTS)
    expect(different.map(({ id }) => id)).toEqual([])
  })
})
