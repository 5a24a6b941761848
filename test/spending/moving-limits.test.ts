import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { randomOf, run } from './load.ts'
import { expectBoth, printRound, round } from './round.ts'
import { seeds } from './rounds.ts'

const LIMIT = 300_000_000
const HARD = `budgets:
  - { name: all, scope: global, limit: 0.3 USD, window: month, on_exceed: block }
`

it.each(seeds())(
  'reloads in the middle that make every account be opened again lose nothing (seed %i)',
  async (seed) => {
    const windows = ['day', 'month', 'week', 'total']
    const load = { over: false }
    let reloading = Promise.resolve(0)
    let reloads = 0
    const done = await round({
      config: HARD,
      seed,
      each: 8,
      before: async (_dev, { project }) => {
        const config = await project.read('gateway.yaml')
        const rewrite = async (): Promise<number> => {
          let times = 0
          for (; !load.over; times += 1) {
            await project.write('gateway.yaml', config.replace('month', windows[times % windows.length] ?? 'day'))
            await delay(150)
          }
          return times
        }
        reloading = rewrite()
      },
      after: async () => {
        load.over = true
        reloads = await reloading
      },
    })
    printRound('hard budget, reloads in the middle', done, { 'times that the config was rewritten': reloads })
    expect(new Set(done.heard.map(({ headers }) => headers?.get('x-gateway-config') ?? '')).size).toBeGreaterThan(2)
    // A file that is just being written is no config of its own, with other models and no budgets.
    expect(done.heard.filter(({ status }) => status === 404)).toEqual([])
    expectBoth(done.heard)
    expect(done.billedNanoUsd).toBeLessThanOrEqual(LIMIT)
    expect(done.facts.chargedNanoUsd).toBe(done.billedNanoUsd)
  },
  120_000,
)

it.each(seeds())(
  'places under a rate limit are free again after clients that left (seed %i)',
  async (seed) => {
    const random = randomOf(seed)
    let after: readonly number[] = []
    const done = await round({
      config: 'rate_limits:\n  - { scope: key, concurrent: 5 }\n',
      seed,
      clients: 40,
      leaves: () => ({ from: random() < 0.5 ? 'request' : 'answer', afterMs: random() * 30 }),
      provider: { manner: () => ({ kind: 'answer', delayMs: random() * 30 }) },
      after: async ({ url, key }) => {
        // Whoever left has been noticed by then.
        await delay(300)
        const five = await run({ url, keys: [key], clients: 5, each: 1, seed, wanted: () => ({ format: 'chat' }) })
        after = five.map(({ status }) => status)
      },
    })
    const turnedAway = done.heard.filter(({ status }) => status === 429).length
    printRound('five places, clients that leave', done, { 'turned away': turnedAway })
    expect(turnedAway).toBeGreaterThan(0)
    expect(after).toEqual([200, 200, 200, 200, 200])
  },
  120_000,
)
