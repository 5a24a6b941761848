import { expect, it } from 'vitest'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/wire/json.ts'
import type { Leaving, Wanted } from './asking.ts'
import type { Manner } from './billing-provider.ts'
import { usd } from './figures.ts'
import { randomOf } from './load.ts'
import { expectBoth, expectCovered, printRound, round } from './round.ts'
import { seeds } from './rounds.ts'

const LIMIT = 300_000_000
const HARD = `budgets:
  - { name: all, scope: global, limit: 0.3 USD, window: month, on_exceed: block }
`
/** Whoever failed may be called again at once, so that every request begins with the failing one. */
const RESTLESS = 'failover: { cooldown: { base: 1ms, max: 1ms } }\n'

it.each(seeds())(
  'a hard budget is not overshot by a hundred clients on all endpoints (seed %i)',
  async (seed) => {
    const done = await round({ config: HARD, seed })
    printRound('hard budget, all endpoints, whole and streamed', done)
    expectBoth(done.heard)
    expect(done.billedNanoUsd).toBeLessThanOrEqual(LIMIT)
    expect(done.facts.chargedNanoUsd).toBe(done.billedNanoUsd)
    expect(new Set(done.bills.keys())).toEqual(new Set(done.charges.keys()))
    // The budget was used, not merely kept.
    expect(done.billedNanoUsd).toBeGreaterThan(LIMIT * 0.9)
    // Where the client set no limit, the provider got one all the same, and the client is told, before a stream begins too.
    expect(done.asks.every(({ maxOutput }) => maxOutput !== null)).toBe(true)
    const imposed = done.heard.filter(({ status, wanted }) => status === 200 && isOpen(wanted))
    expect(imposed.filter(({ headers }) => headers?.has('x-gateway-max-output') !== true)).toEqual([])
    expect(imposed.some(({ wanted }) => wanted.stream)).toBe(true)
  },
  120_000,
)

it.each(seeds())(
  'nor by clients that leave at any moment (seed %i)',
  async (seed) => {
    const leaves = (random: () => number): Leaving | undefined => {
      if (random() < 0.4) return undefined
      return random() < 0.5 ? { from: 'request', afterMs: random() * 60 } : { from: 'answer', afterMs: random() * 8 }
    }
    const done = await round({ config: HARD, seed, leaves })
    const gone = done.facts.rows.filter(({ outcome }) => outcome === 'client_gone').length
    printRound('hard budget, clients that leave', done, { 'left in the middle': gone })
    expect(gone).toBeGreaterThan(0)
    expect(done.billedNanoUsd).toBeLessThanOrEqual(LIMIT)
    expect(done.facts.chargedNanoUsd).toBeLessThanOrEqual(LIMIT)
    expectCovered(done)
  },
  120_000,
)

it.each(seeds())(
  'nor by failover, resets and stalls in the middle (seed %i)',
  async (seed) => {
    const random = randomOf(seed)
    const manner = (): Manner => {
      const at = random()
      if (at < 0.3) return { kind: 'refuse', status: 503 }
      if (at < 0.36) return { kind: 'bill_and_reset' }
      return at < 0.38 ? { kind: 'bill_and_stall' } : { kind: 'answer', delayMs: 5 }
    }
    const config = `${HARD}${RESTLESS}`
    const done = await round({
      config,
      seed,
      provider: { manner, firstTokenMs: 300 },
      wanted: () => ({ model: 'auto' }),
    })
    const attempts = done.facts.rows.length / new Set(done.charges.keys()).size
    const unheard = done.facts.rows.filter(({ basis }) => basis === 'reserved').length
    printRound('hard budget, failover in the middle', done, {
      'attempts a request': attempts.toFixed(2),
      'billed, but never answered': unheard,
    })
    expect(unheard).toBeGreaterThan(0)
    expect(attempts).toBeGreaterThan(1)
    expect(done.billedNanoUsd).toBeLessThanOrEqual(LIMIT)
    expect(done.facts.chargedNanoUsd).toBeLessThanOrEqual(LIMIT)
    expectCovered(done)
  },
  120_000,
)

it.each(seeds())(
  'budgets of keys, users and everybody hold at once (seed %i)',
  async (seed) => {
    const keys: string[] = []
    const config = `budgets:
  - { name: all, scope: global, limit: 0.3 USD, window: month, on_exceed: block }
  - { name: each key, scope: key, limit: 0.1 USD, window: day, on_exceed: block }
  - { name: each user, scope: user, limit: 0.05 USD, window: day, on_exceed: block, rolling: true }
`
    const users = ['ada', 'bob', 'eve', 'joe', 'kim', 'lea', 'max', 'zoe']
    const spent: Record<string, readonly number[]> = {}
    const done = await round({
      config,
      seed,
      keys,
      headers: (random) => ({ 'x-gateway-user': users[Math.floor(random() * users.length)] ?? 'ada' }),
      async before(_dev, { newKey }) {
        for (const alias of ['one', 'two', 'three', 'four']) keys.push(await newKey(alias))
      },
      async after(_dev, { command }) {
        for (const by of ['key', 'user']) spent[by] = costsOf(await command('spend', '--by', by))
      },
    })
    printRound('budgets of keys, users and everybody', done, {
      'most of a key': usd(Math.max(...(spent['key'] ?? []))),
      'most of a user': usd(Math.max(...(spent['user'] ?? []))),
    })
    expectBoth(done.heard)
    expect(done.facts.chargedNanoUsd).toBe(done.billedNanoUsd)
    expect(done.billedNanoUsd).toBeLessThanOrEqual(LIMIT)
    expect(spent['key']).toHaveLength(4)
    expect(Math.max(...(spent['key'] ?? []))).toBeLessThanOrEqual(100_000_000)
    expect(spent['user']).toHaveLength(8)
    expect(Math.max(...(spent['user'] ?? []))).toBeLessThanOrEqual(50_000_000)
    for (const costs of Object.values(spent)) expect(costs.reduce((a, b) => a + b, 0)).toBe(done.billedNanoUsd)
  },
  120_000,
)

it.each(seeds())(
  'a soft budget is overshot by no more than it states (seed %i)',
  async (seed) => {
    let admin = ''
    let stated: JsonObject = {}
    let kept: JsonObject = {}
    const random = randomOf(seed)
    const done = await round({
      config: HARD.replace('block', 'downgrade'),
      seed,
      wanted: () => ({ max: null }),
      // More than the budget takes for granted, and up to what the models write at most.
      provider: { unlimited: () => 4_200 + Math.floor(random() * 3_800) },
      async before(_dev, { newKey }) {
        admin = await newKey('boss', '--admin')
      },
      async after({ url }, { command }) {
        kept = await command('spend', '--budgets')
        const response = await fetch(`${url}/gateway/budgets`, { headers: { authorization: `Bearer ${admin}` } })
        const body: JsonValue = JSON.parse(await response.text())
        const data = isJsonObject(body) ? body['data'] : null
        if (Array.isArray(data) && isJsonObject(data[0])) stated = data[0]
      },
    })
    const measured = done.billedNanoUsd - LIMIT
    const bound = Number(stated['overshoot_bound_nano_usd'])
    printRound('soft budget', done, { 'overshot by': usd(measured), 'stated bound': usd(bound) })
    expect(done.facts.chargedNanoUsd).toBe(done.billedNanoUsd)
    expect(stated).toMatchObject({ mode: 'soft', spent_nano_usd: done.billedNanoUsd, reserved_nano_usd: 0 })
    expect(stated['overshoot_nano_usd']).toBe(Math.max(0, measured))
    expect(measured).toBeLessThanOrEqual(bound)
    expect(kept).toMatchObject({
      budgets: [{ mode: 'soft', state: 'over', overshootNanoUsd: measured, spentNanoUsd: done.billedNanoUsd }],
    })
  },
  120_000,
)

/** Formats that go without a limit where the client sets none. */
function isOpen({ format, max }: Wanted): boolean {
  return max === null && ['chat', 'responses', 'gemini'].includes(format)
}

function costsOf(report: JsonObject): number[] {
  const { lines } = report
  if (!Array.isArray(lines)) return []
  return lines.map((line) => Number(isJsonObject(line) ? line['costNanoUsd'] : NaN))
}
