import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadProject, loadProjectFromText, type Project } from '../../../../src/cli/project.ts'
import type { Generation } from '../../../../src/pipeline/ports.ts'
import { configArm } from '../../../../src/replay/driver/arm.ts'
import { BudgetWatch } from '../../../../src/replay/driver/budget-watch.ts'
import { replayItems } from '../../../../src/replay/driver/items.ts'
import { runPlan } from '../../../../src/replay/driver/plan.ts'
import { recordedArm } from '../../../../src/replay/driver/recorded-arm.ts'
import { runReplay } from '../../../../src/replay/driver/run.ts'
import { openFixtureSet } from '../../../../src/replay/fixtures/fixture-set.ts'
import type { BudgetPair } from '../../../../src/replay/summary/budget-types.ts'
import type { Assumption } from '../../../../src/replay/summary/types.ts'
import type { PairRow } from '../../../../src/replay/types.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
const CONFIG = readFileSync(join(root, 'fixtures', 'configs', 'all-to-one.yaml'), 'utf8')
const never = new AbortController().signal

interface Ran {
  readonly rows: readonly PairRow[]
  readonly budgets: readonly BudgetPair[]
  readonly notes: readonly Assumption[]
}

const FILE = join(root, 'fixtures', 'zeroeval-gsm.jsonl')

interface How {
  readonly mode?: 'full' | 'plan'
  readonly route?: string
  readonly file?: string
}

/** Sixty prompts of eight users, under the example's config with these budgets. */
async function run(budgets: string, { mode = 'full', route = 'tier: premium', file = FILE }: How = {}): Promise<Ran> {
  const text = CONFIG.replace('models: [gpt-4o-2024-08-06]', route).replace('routing:', `${budgets}\nrouting:`)
  const { matrix } = await loadProject({
    cwd: root,
    config: join(root, 'fixtures', 'configs', 'all-to-one.yaml'),
    env: {},
  })
  const project: Project = await loadProjectFromText({ text, file: 'tight.yaml', dir: root, env: {} })
  const generation: Generation = { routing: project.routing, matrix: project.matrix, seed: 0 }
  const set = await openFixtureSet([file], { cwd: root })
  const latency = (): null => null
  const baseline = recordedArm((model) => matrix.rows.find((row) => row.id === model), latency)
  const candidate = configArm({ label: 'tight', generation, latency, store: null })
  const watch = new BudgetWatch({ arm: baseline, generation: null }, [{ arm: candidate, generation }])
  const rows: PairRow[] = []
  const onProblem = ({ message }: { message: string }): never => expect.unreachable(message)
  const job = {
    items: replayItems(set, { sample: null, shard: null, seed: 0, onProblem }),
    alternatives: set.alternatives,
    baseline,
    candidates: [candidate],
    signal: never,
  }
  if (mode === 'plan') await runPlan({ ...job, tierOf: () => null, onPair: (_candidate, { item }) => watch.add(item) })
  else
    await runReplay({
      ...job,
      score: () => [],
      stored: () => null,
      gate: () => Promise.resolve(),
      onRows(pairs, item) {
        rows.push(...pairs)
        watch.add(item)
      },
    })
  await set.close()
  return { rows, budgets: watch.pairs()[0] ?? [], notes: watch.notes(false) }
}

const sum = (rows: readonly PairRow[], of: (row: PairRow) => number | null): number =>
  rows.reduce((total, row) => total + (of(row) ?? 0), 0)

describe('a replay under tight budgets', () => {
  it('sends requests lower and turns others away, and says who spent what', async () => {
    const { rows, budgets } = await run(`budgets:
  - { name: everybody, scope: global, limit: 0.05 USD, window: day, on_exceed: downgrade, model_class: tier:premium }
  - { name: each, scope: user, limit: 0.01 USD, window: month, on_exceed: block, mode: soft }`)
    const lower = rows.filter(({ candidate }) => candidate.reason.includes('budget_downgrade'))
    const refused = rows.filter(({ candidate }) => candidate.refused)
    expect(lower.length).toBeGreaterThan(3)
    expect(refused.length).toBeGreaterThan(5)
    const [everybody, each] = budgets
    const spent = sum(rows, ({ candidate }) => candidate.costNanoUsd)
    const premium = rows.filter(({ candidate }) => candidate.tier === 'premium')
    expect(everybody?.candidate).toMatchObject({
      limitNanoUsd: 50_000_000,
      subjects: 1,
      chargedNanoUsd: sum(premium, ({ candidate }) => candidate.costNanoUsd),
      estimatedNanoUsd: 0,
      downgrades: lower.length,
    })
    expect(each?.candidate).toMatchObject({ subjects: 8, chargedNanoUsd: spent })
    expect((everybody?.candidate?.refusals ?? 0) + (each?.candidate?.refusals ?? 0)).toBe(refused.length)
    // A soft budget is left at most by what the attempts under way cost more than was reserved for them.
    expect(each?.candidate?.fullestNanoUsd).toBeLessThan(1.5 * 10_000_000)
    // The recording knew no budget: its spend is that of its costs, under the same limits.
    expect(each?.baseline).toMatchObject({
      chargedNanoUsd: sum(rows, ({ baseline }) => baseline.costNanoUsd),
      downgrades: 0,
      refusals: 0,
      openedFull: 8,
    })
  })

  it('never lets a hard budget be overshot', async () => {
    const { budgets, rows } = await run(
      'budgets: [{ name: stop, scope: user, limit: 0.05 USD, window: total, on_exceed: block }]',
    )
    const [stop] = budgets
    expect(stop?.candidate?.refusals).toBe(rows.filter(({ candidate }) => candidate.refused).length)
    expect(stop?.candidate?.refusals).toBeGreaterThan(5)
    expect(stop?.candidate?.fullestNanoUsd).toBeLessThanOrEqual(50_000_000)
    expect(stop?.candidate?.fullestNanoUsd).toBeGreaterThan(0)
  })

  it('takes no recorded answer that a budget would have cut short', async () => {
    const route = 'models: [gpt-4o-2024-08-06]'
    const tight = 'budgets: [{ name: stop, scope: user, limit: 0.01 USD, window: total, on_exceed: block }]'
    const directory = mkdtempSync(join(tmpdir(), 'gateway-unlimited-'))
    try {
      // Without a limit of the client's own, a hard budget sets one; the answers become longer than it.
      const file = join(directory, 'unlimited.jsonl')
      const text = readFileSync(FILE, 'utf8')
        .replaceAll(/"max_tokens":\d+,?/gu, '')
        .replaceAll(',}', '}')
      writeFileSync(file, text.replaceAll(/"output":\d+/gu, '"output":1500'))
      const { rows } = await run(tight, { route, file })
      const cut = rows.filter(({ candidate }) => candidate.tooLong === true)
      expect(cut.length).toBeGreaterThan(0)
      for (const { candidate, routeChanged } of cut) {
        expect(candidate).toMatchObject({ evidence: 'E', model: 'gpt-4o-2024-08-06', costBasis: 'estimated' })
        expect(routeChanged).toBe(false)
      }
      const free = await run('budgets: []', { route, file })
      expect(free.rows.some(({ candidate }) => candidate.tooLong === true)).toBe(false)
      expect(free).toMatchObject({ budgets: [], notes: [] })
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('drains them in a plan too, by what every answer is expected to cost', async () => {
    const { budgets } = await run(
      'budgets: [{ name: each, scope: user, limit: 0.01 USD, window: day, on_exceed: downgrade, model_class: tier:premium }]',
      { mode: 'plan' },
    )
    const [each] = budgets
    expect(each?.candidate?.downgrades).toBeGreaterThan(10)
    expect(each?.candidate?.chargedNanoUsd).toBeGreaterThan(0)
    expect(each?.candidate?.estimatedNanoUsd).toBe(each?.candidate?.chargedNanoUsd)
    expect(each?.baseline?.estimatedNanoUsd).toBe(0)
  })

  it('is the same every time', async () => {
    const budgets =
      'budgets: [{ name: each, scope: user, limit: 0.01 USD, window: day, on_exceed: downgrade, model_class: tier:premium }]'
    expect(await run(budgets)).toEqual(await run(budgets))
  })
})
