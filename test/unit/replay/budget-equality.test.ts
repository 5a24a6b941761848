import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadProjectFromText, type Project } from '../../../src/cli/project.ts'
import { budgetSubjects, inClass } from '../../../src/engine/budgets/concerns.ts'
import { isRejected } from '../../../src/engine/decision.ts'
import type { LedgerRow, SpentPart } from '../../../src/engine/ledger.ts'
import type { ExchangeRecord } from '../../../src/engine/record.ts'
import { createGate } from '../../../src/pipeline/admission/gate.ts'
import { RateTable } from '../../../src/pipeline/admission/rate-table.ts'
import type { Generation, Incoming } from '../../../src/pipeline/ports.ts'
import { sessionIdOf } from '../../../src/pipeline/session-id.ts'
import type { ArmOutcome } from '../../../src/replay/driver/arm.ts'
import type { Fixture } from '../../../src/replay/types.ts'
import { parseChatRequest } from '../../../src/wire/openai-chat/parse-request.ts'
import { canonicalJson, type JsonObject } from '../../../src/wire/json.ts'
import { replayAgain, routeAgain, runLive, type LiveRun } from './live-run.ts'

const REQUESTS = 1_200
const SEED = 7
const HOUR_MS = 3_600_000

const CONFIG = `
version: 1
providers: { simulated: { kind: simulated } }
models:
  claude-opus-4-8: { provider: simulated, tier: premium }
  gpt-5.4: { provider: simulated, tier: premium }
  gpt-5.4-mini: { provider: simulated, tier: standard }
  deepseek-v4-pro: { provider: simulated, tier: standard }
  gpt-5.4-nano: { provider: simulated, tier: free }
  ministral-3b-latest: { provider: simulated, tier: free }
aliases:
  chat: { models: [gpt-5.4-mini, gpt-5.4-nano] }
routing:
  default_policy: best
  rules:
    - { name: hard sums, when: { intent: [math, reasoning] }, tier: premium }
budgets:
  - { name: all, scope: global, limit: 1.6 USD, window: day, time_zone: Europe/Berlin, on_exceed: block }
  - { name: rolling, scope: global, limit: 0.4 USD, window: hour, rolling: true, on_exceed: downgrade }
  - { name: person, scope: user, limit: 0.15 USD, window: day, on_exceed: downgrade }
  - { name: person premium, scope: user, limit: 0.05 USD, window: hour, mode: hard, on_exceed: downgrade, model_class: tier:premium }
  - { name: project, scope: project, limit: 0.004 USD, window: hour, on_exceed: block, mode: soft, model_class: alias:chat }
  - { name: key, scope: key, limit: 0.1 USD, window: day, rolling: true, on_exceed: downgrade, mode: hard, model_class: gpt-* }
  - { name: group, scope: group, limit: 0.1 USD, window: week, on_exceed: warn }
  - { name: named, scope: user, limit: 0.03 USD, window: total, on_exceed: block, apply: referenced }
rate_limits:
  - { scope: key, requests: 4/min }
`

const text = fc.constantFrom(
  'Summarise this report for the board.',
  'Prove that the sum of two odd numbers is even.',
  'A train leaves at 9:10 and covers 120 km in 1.5 hours. How fast is it?',
  'Fix this: `const x = arr.lenght`.',
  'Thanks, that helps!',
)
const prompt = fc.tuple(text, fc.integer({ min: 1, max: 120 })).map(([part, times]) => `${part} `.repeat(times))
const body = fc.record(
  {
    model: fc.constantFrom('auto', 'auto', 'auto', 'chat', 'tier:premium', 'tier:standard', 'claude-opus-4-8'),
    messages: prompt.map((content) => [{ role: 'user', content }]),
    max_tokens: fc.integer({ min: 1, max: 2000 }),
    stream: fc.boolean(),
  },
  { requiredKeys: ['model', 'messages'] },
)
const sent = fc.record({
  body,
  session: fc.integer({ min: 0, max: 99 }),
  // Mostly bursts, whose requests may come in the same millisecond; now and then a quarter of an hour passes.
  gapMs: fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 900 }) },
    { weight: 4, arbitrary: fc.integer({ min: 5_000, max: 90_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 200_000, max: 1_500_000 }) },
  ),
  key: fc.constantFrom('key-1', 'key-2', 'key-3'),
  user: fc.constantFrom(null, 'anna', 'ben', 'carla', 'docs'),
  project: fc.constantFrom(null, 'docs', 'app'),
  groups: fc.subarray(['staff', 'interns']),
  budgets: fc.constantFrom(undefined, undefined, ['named']),
})
type Sent = typeof sent extends fc.Arbitrary<infer T> ? T : never

function incomingOf(one: Sent, index: number): Incoming {
  const request = parseChatRequest(one.body)
  const { key, user, project, groups, budgets } = one
  return {
    requestId: `req_${index}`,
    exchangeId: `req_${index}`,
    request,
    asked: { model: request.model, endpoint: 'chat', stream: request.stream, hints: { tags: [] } },
    rights: {
      keyId: key,
      alias: key,
      groups,
      user,
      project,
      tierCeiling: null,
      models: null,
      policy: null,
      ...(budgets === undefined ? {} : { budgets }),
    },
    sessionId: sessionIdOf(request, key, `session-${one.session}`),
    body: JSON.parse(JSON.stringify(one.body)) as JsonObject,
    clientRetry: 0,
    parseMs: null,
    authMs: null,
  }
}

const STARTS = Date.parse('2026-11-01T20:10:00Z')

let directory = ''
let project: Project
let live: LiveRun
let replayed: Awaited<ReturnType<typeof replayAgain>>
const ledger: LedgerRow[] = []
const generation = (): Generation => ({ routing: project.routing, matrix: project.matrix, seed: SEED })
const file = (): string => join(directory, 'recorded.jsonl')

/** What was spent before the recording began. */
const BEFORE: readonly SpentPart[] = [
  { at: STARTS - 55 * 60_000, model: 'gpt-5.4', tier: 'premium', nanoUsd: 30_000_000 },
  { at: STARTS - 20 * 60_000, model: 'gpt-5.4-mini', tier: 'standard', nanoUsd: 20_000_000 },
]

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-budgets-'))
  project = await loadProjectFromText({ text: CONFIG, file: 'gateway.yaml', dir: directory, env: {} })
  live = await runLive({
    file: file(),
    generation: generation(),
    admission: createGate({
      ledger: {
        opened: () => undefined,
        closed: (row) => void ledger.push(row),
        durable: () => Promise.resolve(),
        spent: () => [],
      },
      rates: new RateTable(),
      generation,
      spentBefore: (_rule, { subject }, counts) =>
        subject === '' || subject === 'anna' || subject === 'key-1' ? BEFORE.filter((part) => counts(part)) : [],
    }),
    arrivals: fc.sample(sent, { numRuns: REQUESTS, seed: SEED }).map((one, index) => ({
      incoming: incomingOf(one, index),
      gapMs: one.gapMs,
    })),
    startsAt: STARTS,
    seed: SEED,
    profile: 'strict',
    chaos: '503:0.03,429:0.03,500:0.03,reset:0.03,cut:0.04,empty:0.03,delay:20s:0.03',
  })
  replayed = await replayAgain(file(), generation())
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

interface Ended {
  readonly record: ExchangeRecord
  readonly fixture: Fixture
  readonly again: ArmOutcome
}

describe('one decision under budgets, wherever it is made', () => {
  const ended: Ended[] = []
  beforeAll(async () => {
    for (const fixture of live.fixtures) {
      const [record, outcome] = [live.records.get(fixture.ctx.exchange ?? ''), replayed.outcomes.get(fixture.id)]
      if (record !== undefined && outcome !== undefined) ended.push({ record, fixture, again: outcome })
    }
    await Promise.resolve()
  })

  it('has really drained them: every kind, in every way, through rolling windows', () => {
    expect(ended).toHaveLength(REQUESTS)
    expect(live.overlapping).toBeGreaterThan(5)
    const counts = new Map<string, number>()
    const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
    for (const { record } of ended) {
      const { decision, result, attempts, budget } = record
      if ('code' in result) count(`${result.kind} ${result.code}`)
      if (decision.outcome.kind === 'chosen' && decision.outcome.downgradedFrom?.cause === 'budget') count('downgraded')
      const exhausted = decision.candidates.flatMap((one) =>
        isRejected(one) && one.rejected.code === 'budget_exhausted' ? [one.rejected.budget] : [],
      )
      for (const name of new Set(exhausted)) count(`exhausted ${name}`)
      for (const name of new Set(decision.budgetWarnings.map((warning) => warning.budget))) count(`warned ${name}`)
      if (budget?.imposedMaxOutputTokens !== undefined) count('output limit imposed')
      if (attempts.length > 1) count('several attempts')
      for (const { failure, costNanoUsd } of attempts) {
        if (failure === 'cut_mid_stream') count('broken streams')
        if (costNanoUsd !== undefined) count('paid for a failure')
      }
    }
    const least: Readonly<Record<string, number>> = {
      'refused budget_exceeded': 40,
      'refused rate_limit_exceeded': 20,
      downgraded: 40,
      'exhausted all': 10,
      'exhausted rolling': 10,
      'exhausted person': 10,
      'exhausted person premium': 20,
      'exhausted project': 10,
      'exhausted key': 20,
      'exhausted named': 20,
      'warned group': 10,
      'output limit imposed': 30,
      'several attempts': 50,
      'broken streams': 15,
      'paid for a failure': 15,
    }
    const missing = Object.entries(least).filter(([what, times]) => (counts.get(what) ?? 0) < times)
    expect(missing, JSON.stringify([...counts])).toEqual([])
    // Requests of one millisecond, whose order decides who gets the rest of a budget.
    const times = live.fixtures.map(({ ctx }) => ctx.now)
    expect(times.filter((now, index) => now === times[index - 1]).length).toBeGreaterThan(2)
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(8 * HOUR_MS)
  })

  it('the recorded fixture holds the live decision, with hashed names', () => {
    const hashed = live.fixtures.filter(({ ctx }) => ctx.rights.user?.startsWith('user_') === true)
    expect(hashed.length).toBeGreaterThan(REQUESTS / 2)
    for (const { record, fixture } of ended) {
      expect(fixture.redaction).toMatchObject({ decision_stable: true })
      expect(fixture.redaction).not.toHaveProperty('amounts_stable')
      expect(fixture.decision?.outcome).toEqual(record.decision.outcome)
    }
    const names = JSON.stringify(live.fixtures.map(({ ctx, decision }) => [ctx, decision]))
    for (const name of ['anna', 'ben', 'carla', '"docs"', '"app"']) expect(names).not.toContain(name)
  })

  it('`route --fixture` makes it again', () => {
    const different = live.fixtures.filter(
      (fixture) => canonicalJson(routeAgain(fixture, project)) !== canonicalJson(fixture.decision),
    )
    expect(different.map(({ id }) => id)).toEqual([])
  })

  it('`replay` makes it again along the virtual clock, while the budgets drain', () => {
    const different = ended.filter(
      ({ fixture, again }) => canonicalJson(again.decision) !== canonicalJson(fixture.decision),
    )
    expect(different.map(({ fixture }) => fixture.id)).toEqual([])
  })

  it('and spends what was spent then, attempt by attempt', () => {
    for (const { record, again } of ended) {
      const { result, cost } = record
      expect(again.row.error).toBe('code' in result ? result.code : null)
      expect(again.row.costNanoUsd).toBe(cost.kind === 'known' ? cost.nanoUsd : 0)
    }
    for (const { budget, chargedNanoUsd, estimatedNanoUsd, openedFull, subjects } of replayed.budgets) {
      expect([budget, chargedNanoUsd]).toEqual([budget, charged(budget)])
      expect(estimatedNanoUsd).toBe(0)
      // Every opening balance is on record, that of a full account too.
      expect(openedFull).toBe(0)
      expect(subjects).toBeGreaterThan(0)
    }
    expect(replayed).toMatchObject({ compared: REQUESTS, differing: 0 })
    expect(replayed.watch.notes(false)).toEqual([])
  })
})

describe('a recording with gaps', () => {
  it('says that its budgets drain otherwise, and why', async () => {
    const partial = join(directory, 'partial.jsonl')
    const lines = readFileSync(file(), 'utf8').trimEnd().split('\n')
    writeFileSync(partial, `${lines.filter((_line, index) => index === 0 || index % 3 !== 0).join('\n')}\n`)
    const { outcomes, compared, differing, watch } = await replayAgain(partial, generation())
    expect(compared).toBe(outcomes.size)
    expect(differing).toBeGreaterThan(outcomes.size / 4)
    const notes = watch.notes(false)
    expect(notes).toContainEqual({ code: 'balances_differ', fixtures: differing, of: compared })
    const missing = notes.find(({ code }) => code === 'spend_missing')
    const exchanges = missing?.code === 'spend_missing' ? missing.exchanges : 0
    // What is cut off at either end is no gap.
    expect(exchanges).toBeGreaterThan(REQUESTS - outcomes.size - 3)
    expect(exchanges).toBeLessThanOrEqual(REQUESTS - outcomes.size)
  })
})

/** What the ledger of the live run says of a budget. */
function charged(name: string): number {
  const { budgets, aliases } = project.routing
  const rule = budgets.find((one) => one.name === name)
  const members = new Map(Object.entries(aliases).map(([alias, models]) => [alias, new Set<string>(models)]))
  let sum = 0
  for (const row of ledger) {
    if (rule === undefined || !inClass({ id: row.model, tier: row.tier }, rule.modelClass, members)) continue
    const rights = live.records.get(row.requestId)?.decision.principal
    sum += rights === undefined ? 0 : budgetSubjects(rule, rights).length * row.costNanoUsd
  }
  return sum
}
