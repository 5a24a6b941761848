import { expect } from 'vitest'
import type { RunningDev } from '../e2e/dev-process.ts'
import type { Heard } from './asking.ts'
import type { Ask } from './billed-ask.ts'
import { printFigures, usd } from './figures.ts'
import { setting, type Setting, type SettingOptions } from './gateway.ts'
import { byStatus, run, type Load } from './load.ts'
import { storeFacts, type StoreFacts } from './store-facts.ts'

const CLIENTS = 100
const EACH = 4

export interface Round {
  readonly heard: readonly Heard[]
  readonly facts: StoreFacts
  /** What reached the provider. */
  readonly asks: readonly Ask[]
  readonly billedNanoUsd: number
  /** By request. */
  readonly bills: ReadonlyMap<string, number>
  readonly charges: ReadonlyMap<string, number>
}

export interface Loaded extends Partial<Omit<Load, 'url'>> {
  readonly config: string
  readonly provider?: SettingOptions
  readonly before?: (dev: RunningDev, made: Setting) => Promise<void>
  /** While the proxy still runs. */
  readonly after?: (dev: RunningDev, made: Setting) => Promise<void>
}

/** A proxy of its own under load, stopped afterwards, so that everything is in its books. */
export async function round(loaded: Loaded): Promise<Round> {
  const made = await setting(loaded.config, loaded.provider)
  try {
    return await roundIn(made, loaded)
  } finally {
    await made.close()
  }
}

async function roundIn(made: Setting, { before, after, config: _config, provider: _provider, ...load }: Loaded) {
  const { provider, project } = made
  const dev = await made.start()
  await before?.(dev, made)
  const heard = await run({ url: dev.url, keys: [dev.key], clients: CLIENTS, each: EACH, seed: 1, ...load })
  await after?.(dev, made)
  const { code, stderr } = await dev.stop()
  expect(code, stderr).toBe(0)
  const facts = storeFacts(project)
  expect(facts).toMatchObject({ open: 0, problems: [] })
  return {
    heard,
    facts,
    asks: provider.asks,
    billedNanoUsd: provider.billedNanoUsd(),
    bills: sums(provider.bills),
    charges: sums(facts.rows),
  }
}

function sums(entries: readonly { readonly requestId: string; readonly nanoUsd: number }[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { requestId, nanoUsd } of entries) found.set(requestId, (found.get(requestId) ?? 0) + nanoUsd)
  return found
}

/** Prints what the round came to. */
export function printRound(
  name: string,
  { heard, facts, billedNanoUsd }: Round,
  more: Readonly<Record<string, string | number>> = {},
): void {
  printFigures(name, {
    requests: `${heard.length} (${byStatus(heard)})`,
    'ledger rows': facts.rows.length,
    'billed by the provider': usd(billedNanoUsd),
    charged: usd(facts.chargedNanoUsd),
    ...more,
  })
}

/** Budgets said no to some and yes to others, in the words that clients know. */
export function expectBoth(heard: readonly Heard[]): void {
  const statuses = heard.map(({ status }) => status)
  expect(statuses).toContain(200)
  expect(statuses).toContain(402)
}

/** Every request was charged at least what it was billed, and nothing was billed that is in no row. */
export function expectCovered({ bills, charges }: Round): void {
  const short = [...bills].filter(([requestId, nanoUsd]) => (charges.get(requestId) ?? 0) < nanoUsd)
  expect(short).toEqual([])
}
