import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { RunningDev } from '../e2e/dev-process.ts'
import type { Heard } from './asking.ts'
import { printFigures, usd } from './figures.ts'
import { setting, type Setting } from './gateway.ts'
import { randomOf, run } from './load.ts'
import { seeds } from './rounds.ts'
import { storeFacts, type KeptRow } from './store-facts.ts'

const CLIENTS = 40
const LIMIT = 400_000_000
const CONFIG = `budgets:
  - { name: all, scope: global, limit: 0.4 USD, window: total, on_exceed: block }
`
/** So many times is the proxy of one store killed. */
const KILLS = 3

interface Figures {
  heard: Heard[]
  orphans: number
}

/** Under load until it is killed, at a moment that nobody chose. */
async function killed(dev: RunningDev, { random, seed }: { random: () => number; seed: number }): Promise<Heard[]> {
  let over = false
  const load = run({
    url: dev.url,
    keys: [dev.key],
    clients: CLIENTS,
    each: 1_000,
    seed,
    wanted: () => ({ max: 1 + Math.floor(random() * 120) }),
    leaves: () => (random() < 0.1 ? { from: 'answer', afterMs: random() * 5 } : undefined),
    over: () => over,
  })
  await delay(40 + random() * 1_000)
  over = true
  dev.child.kill('SIGKILL')
  await dev.finished
  return load
}

it.each(seeds())(
  'nothing that was settled is lost when the proxy is killed, and nothing stays reserved (seed %i)',
  async (seed) => {
    const random = randomOf(seed)
    const made = await setting(CONFIG, { manner: () => ({ kind: 'answer', delayMs: random() * 40 }) })
    const figures: Figures = { heard: [], orphans: 0 }
    for (let kill = 0; kill < KILLS; kill += 1) {
      const dev = await made.start()
      await expectNothingHeld(made)
      figures.heard.push(...(await killed(dev, { random, seed: seed * KILLS + kill })))
      figures.orphans += storeFacts(made.project).open
    }
    const last = await made.start()
    await expectNothingHeld(made)
    const after = await run({ url: last.url, keys: [last.key], clients: 20, each: 2, seed })
    const { code, stderr } = await last.stop()
    expect(code, stderr).toBe(0)
    figures.heard.push(...after)
    expectKept(made, figures)
    await made.close()
  },
  120_000,
)

/** Also for whoever looks from outside. */
async function expectNothingHeld({ project, command }: Setting): Promise<void> {
  expect(storeFacts(project)).toMatchObject({ open: 0, problems: [] })
  expect(await command('spend', '--budgets')).toMatchObject({ budgets: [{ budget: 'all', reservedNanoUsd: 0 }] })
  await command('store', 'check')
}

function expectKept({ project, provider }: Setting, { heard, orphans }: Figures): void {
  const { rows, chargedNanoUsd, open, problems } = storeFacts(project)
  const byRequest = new Map(rows.map((row) => [row.requestId, row]))
  const whole = heard.filter(({ whole: ended }) => ended)
  const unkept = provider.bills.filter(({ requestId }) => !byRequest.has(requestId))
  const orphaned = rows.filter(({ outcome }) => outcome === 'orphaned')
  printFigures(`proxy killed ${KILLS} times`, {
    requests: heard.length,
    'answered to the last byte': whole.length,
    'rows, of them orphaned': `${rows.length}, ${orphaned.length}`,
    'billed by the provider': usd(provider.billedNanoUsd()),
    charged: usd(chargedNanoUsd),
    'calls begun within milliseconds of a kill, in no row': `${unkept.length} (${usd(unkept.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0))})`,
  })
  expect(problems).toEqual([])
  expect(open).toBe(0)
  expect(byRequest.size).toBe(rows.length)
  expect(whole.length).toBeGreaterThan(0)
  // Every answer that somebody got to its last byte is charged, at what the provider billed.
  expect(whole.filter((one) => isLost(one, byRequest.get(one.requestId)))).toEqual([])
  for (const { requestId, nanoUsd } of provider.bills)
    expect(byRequest.get(requestId)?.nanoUsd ?? nanoUsd, requestId).toBeGreaterThanOrEqual(nanoUsd)
  // What was under way is charged as it was reserved.
  expect(orphaned).toHaveLength(orphans)
  for (const { basis, nanoUsd, reservedNanoUsd } of orphaned)
    expect([basis, nanoUsd]).toEqual(['reserved', reservedNanoUsd])
  expect(chargedNanoUsd).toBeLessThanOrEqual(LIMIT)
}

function isLost({ status }: Heard, row: KeptRow | undefined): boolean {
  return status === 200 && row?.outcome !== 'answered'
}
