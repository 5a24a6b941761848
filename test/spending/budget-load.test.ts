import { afterEach, expect, it } from 'vitest'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/wire/json.ts'
import type { RunningDev } from '../e2e/dev-process.ts'
import type { Heard, Leaving } from './asking.ts'
import type { Manner } from './billing-provider.ts'
import { printFigures, usd } from './figures.ts'
import { setting, type Setting, type SettingOptions } from './gateway.ts'
import { byStatus, randomOf, run, type Load } from './load.ts'
import { seeds } from './rounds.ts'
import { storeFacts, type StoreFacts } from './store-facts.ts'

const CLIENTS = 100
const EACH = 4
const LIMIT = 300_000_000
const HARD = `budgets:
  - { name: all, scope: global, limit: 0.3 USD, window: month, on_exceed: block }
`
/** Whoever failed may be called again at once, so that every request begins with the failing one. */
const RESTLESS = 'failover: { cooldown: { base: 1ms, max: 1ms } }\n'

let made: Setting | null = null
afterEach(async () => {
  await made?.close()
  made = null
})

interface Round {
  readonly heard: readonly Heard[]
  readonly facts: StoreFacts
  readonly billedNanoUsd: number
  /** By request. */
  readonly bills: ReadonlyMap<string, number>
  readonly charges: ReadonlyMap<string, number>
}

interface Loaded extends Partial<Omit<Load, 'url'>> {
  readonly config: string
  readonly provider?: SettingOptions
  /** While the proxy still runs. */
  readonly before?: (dev: RunningDev, made: Setting) => Promise<void>
  readonly after?: (dev: RunningDev, made: Setting) => Promise<void>
}

/** A proxy of its own under load, stopped afterwards, so that everything is in its books. */
async function round(loaded: Loaded): Promise<Round> {
  const { config, provider, before, after, ...load } = loaded
  made = await setting(config, provider)
  const dev = await made.start()
  await before?.(dev, made)
  const heard = await run({ url: dev.url, keys: [dev.key], clients: CLIENTS, each: EACH, seed: 1, ...load })
  await after?.(dev, made)
  const { code, stderr } = await dev.stop()
  expect(code, stderr).toBe(0)
  const facts = storeFacts(made.project)
  expect(facts).toMatchObject({ open: 0, problems: [] })
  const { bills } = made.provider
  return {
    heard,
    facts,
    billedNanoUsd: made.provider.billedNanoUsd(),
    bills: sums(bills),
    charges: sums(facts.rows),
  }
}

function sums(entries: readonly { readonly requestId: string; readonly nanoUsd: number }[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { requestId, nanoUsd } of entries) found.set(requestId, (found.get(requestId) ?? 0) + nanoUsd)
  return found
}

function print(name: string, { heard, facts, billedNanoUsd }: Round, more: Record<string, string | number> = {}): void {
  printFigures(name, {
    requests: `${heard.length} (${byStatus(heard)})`,
    'ledger rows': facts.rows.length,
    'billed by the provider': usd(billedNanoUsd),
    charged: usd(facts.chargedNanoUsd),
    ...more,
  })
}

/** Budgets said no to some and yes to others, and only in the words that clients know. */
function expectBoth(heard: readonly Heard[]): void {
  const statuses = new Set(heard.map(({ status }) => status))
  expect(statuses).toContain(200)
  expect([...statuses].some((status) => status === 402 || status === 429)).toBe(true)
}

/** Every request was charged at least what it was billed, and nothing was billed that is in no row. */
function expectCovered({ bills, charges }: Round): void {
  const short = [...bills].filter(([requestId, nanoUsd]) => (charges.get(requestId) ?? 0) < nanoUsd)
  expect(short).toEqual([])
}

it.each(seeds())(
  'a hard budget is not overshot by a hundred clients on all endpoints (seed %i)',
  async (seed) => {
    const done = await round({ config: HARD, seed })
    print('hard budget, all endpoints, whole and streamed', done)
    expectBoth(done.heard)
    expect(done.billedNanoUsd).toBeLessThanOrEqual(LIMIT)
    expect(done.facts.chargedNanoUsd).toBe(done.billedNanoUsd)
    expect(new Set(done.bills.keys())).toEqual(new Set(done.charges.keys()))
    // The budget was used, not merely kept.
    expect(done.billedNanoUsd).toBeGreaterThan(LIMIT * 0.9)
    // Where the client set no limit, the provider got one all the same.
    expect(made?.provider.asks.every(({ maxOutput }) => maxOutput !== null)).toBe(true)
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
    print('hard budget, clients that leave', done, { 'left in the middle': gone })
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
    print('hard budget, failover in the middle', done, {
      'attempts a request': attempts.toFixed(2),
      'billed, but never answered': unheard,
    })
    expect(unheard).toBeGreaterThan(0)
    expect(attempts).toBeGreaterThan(1.1)
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
    print('budgets of keys, users and everybody', done, {
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
    const random = randomOf(seed)
    const done = await round({
      config: HARD.replace('block', 'downgrade'),
      seed,
      wanted: () => ({ max: null }),
      provider: { unlimited: () => 100 + Math.floor(random() * 7_900) },
      async before(_dev, { newKey }) {
        admin = await newKey('boss', '--admin')
      },
      async after({ url }) {
        const response = await fetch(`${url}/gateway/budgets`, { headers: { authorization: `Bearer ${admin}` } })
        const body: JsonValue = JSON.parse(await response.text())
        const data = isJsonObject(body) ? body['data'] : null
        if (Array.isArray(data) && isJsonObject(data[0])) stated = data[0]
      },
    })
    const measured = done.billedNanoUsd - LIMIT
    const bound = Number(stated['overshoot_bound_nano_usd'])
    print('soft budget', done, { 'overshot by': usd(measured), 'stated bound': usd(bound) })
    expect(done.facts.chargedNanoUsd).toBe(done.billedNanoUsd)
    expect(stated).toMatchObject({ mode: 'soft', spent_nano_usd: done.billedNanoUsd, reserved_nano_usd: 0 })
    expect(stated['overshoot_nano_usd']).toBe(Math.max(0, measured))
    expect(measured).toBeLessThanOrEqual(bound)
    const kept = await made?.command('spend', '--budgets')
    expect(kept).toMatchObject({
      budgets: [{ mode: 'soft', state: 'over', overshootNanoUsd: measured, spentNanoUsd: done.billedNanoUsd }],
    })
  },
  120_000,
)

function costsOf(report: JsonObject): number[] {
  const { lines } = report
  if (!Array.isArray(lines)) return []
  return lines.map((line) => Number(isJsonObject(line) ? line['costNanoUsd'] : NaN))
}
