import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadProject, loadProjectFromText } from '../../../../src/cli/project.ts'
import { configArm } from '../../../../src/replay/driver/arm.ts'
import { recordedArm } from '../../../../src/replay/driver/recorded-arm.ts'
import { replayItems } from '../../../../src/replay/driver/items.ts'
import { runPlan, type PlannedPair } from '../../../../src/replay/driver/plan.ts'
import { openFixtureSet } from '../../../../src/replay/fixtures/fixture-set.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
const config = join(root, 'fixtures', 'configs', 'all-to-one.yaml')
const never = new AbortController().signal

async function plan(text: string): Promise<PlannedPair[]> {
  const { matrix } = await loadProject({ cwd: root, config, env: {} })
  const project = await loadProjectFromText({ text, file: 'candidate.yaml', dir: root, env: {} })
  const set = await openFixtureSet([join(root, 'fixtures', 'zeroeval-gsm.jsonl')], { cwd: root })
  const pairs: PlannedPair[] = []
  const generation = { routing: project.routing, matrix: project.matrix, seed: 0 }
  await runPlan({
    items: replayItems(set, {
      sample: null,
      shard: null,
      seed: 0,
      onProblem: ({ message }) => expect.unreachable(message),
    }),
    alternatives: set.alternatives,
    baseline: recordedArm(
      (model) => matrix.rows.find((row) => row.id === model),
      () => null,
    ),
    candidates: [configArm({ label: 'candidate', generation, latency: () => null, store: null })],
    tierOf: (model) => matrix.rows.find((row) => row.id === model)?.tier ?? null,
    onPair: (_, pair) => pairs.push(pair),
    signal: never,
  })
  await set.close()
  return pairs
}

describe('plan', () => {
  it('shows no cost change where the route stays: the recorded cost is kept, not estimated anew', async () => {
    const pairs = await plan(readFileSync(config, 'utf8'))
    expect(pairs).toHaveLength(60)
    for (const { routeChanged, baseline, candidate } of pairs) {
      expect(routeChanged).toBe(false)
      expect(candidate.expectedNanoUsd).toBe(baseline.expectedNanoUsd)
    }
  })

  it('knows which changed routes have an answer on record', async () => {
    const pairs = await plan(
      readFileSync(config, 'utf8').replace('models: [gpt-4o-2024-08-06]', 'models: [gpt-4o-mini-2024-07-18]'),
    )
    expect(pairs.every(({ routeChanged, recorded }) => routeChanged && recorded)).toBe(true)
    expect(
      pairs.every(({ baseline, candidate }) => (candidate.expectedNanoUsd ?? 0) < (baseline.expectedNanoUsd ?? 0)),
    ).toBe(true)
  })
})
