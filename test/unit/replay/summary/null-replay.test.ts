import { describe, expect, it } from 'vitest'
import { parseGateExpression } from '../../../../src/replay/gates/parse-expression.ts'
import { requireGates } from '../../../../src/replay/gates/read-gate.ts'
import { createRandom } from '../../../../src/replay/stats/random.ts'
import { summarise } from '../../../../src/replay/summary/summarise.ts'
import type { RunSummary } from '../../../../src/replay/summary/types.ts'
import type { PairRow } from '../../../../src/replay/types.ts'
import { equalArms, normal } from '../stats/draws.ts'
import { arm, pair } from './sample-rows.ts'

const RUNS = 500
/** 5 % nominal plus sampling error of 500 runs. */
const MOST_FAILURES = 37

interface NullReplay {
  readonly fixtures: number
  readonly turns: number
  readonly discordant: number
}

/** Both arms are the same router by construction: equally good, equally dear, every answer drawn anew. */
function nullRows(seed: string, { fixtures, turns, discordant }: NullReplay): PairRow[] {
  const random = createRandom(seed)
  return Array.from({ length: fixtures }, (_, i) => {
    const [before, after] = equalArms(random, discordant)
    const size = 1e6 * Math.exp(normal(random))
    const drawn = (score: number): ReturnType<typeof arm> =>
      arm({
        metrics: { 'quality.score': score },
        costNanoUsd: Math.ceil(size * Math.exp(0.3 * normal(random))),
        totalMs: null,
        firstTokenMs: null,
        latencyBasis: null,
      })
    const session = `s_${Math.floor(i / turns)}`
    return pair(i, { session, turn: i % turns, baseline: drawn(before), candidate: drawn(after), routeChanged: true })
  })
}

function replay(rows: readonly PairRow[], gates: readonly string[], seed: number): RunSummary {
  return summarise({
    run: {
      runId: 'null',
      suite: 'null',
      seed,
      mode: 'full',
      complete: true,
      baseline: { label: 'recorded', configHash: null },
      catalogHash: '',
      pricesHash: '',
      reproduce: [],
    },
    fixtures: { hash: '', files: [], problems: [], moreProblems: 0 },
    candidates: [{ name: 'same', label: 'same', configHash: null, rows }],
    gates: requireGates(gates.map((text) => ({ object: parseGateExpression(text) }))),
    options: { resamples: 1_000 },
  })
}

function failures(name: string, gates: readonly string[], shape: NullReplay): number {
  let failed = 0
  for (let run = 0; run < RUNS; run += 1) {
    const rows = nullRows(`null/${name}/${run}`, shape)
    failed += Number(replay(rows, gates, run).exit.code === 1)
  }
  return failed
}

describe('a replay of a router against itself', () => {
  it('fails a usual set of gates rarely', () => {
    const gates = ['quality.score non-inferior 0.05', 'cost.total<=+10%', 'errors.rate<=1%']
    expect(failures('usual', gates, { fixtures: 120, turns: 3, discordant: 0.1 })).toBeLessThanOrEqual(MOST_FAILURES)
  }, 60_000)

  it('fails a quality gate without slack no more often than promised, with single turns', () => {
    const shape = { fixtures: 60, turns: 1, discordant: 0.3 }
    const failed = failures('quality', ['quality.score non-inferior 0.001'], shape)
    expect(failed).toBeGreaterThan(0)
    expect(failed).toBeLessThanOrEqual(MOST_FAILURES)
  }, 60_000)

  it('fails a quality gate without slack no more often than promised, with sessions', () => {
    const shape = { fixtures: 60, turns: 3, discordant: 0.3 }
    const failed = failures('sessions', ['quality.score non-inferior 0.001'], shape)
    expect(failed).toBeGreaterThan(0)
    expect(failed).toBeLessThanOrEqual(MOST_FAILURES)
  }, 60_000)

  it('fails a cost gate without slack no more often than promised', () => {
    const failed = failures('cost', ['cost.total<=+0%'], { fixtures: 40, turns: 1, discordant: 0.2 })
    expect(failed).toBeGreaterThan(0)
    expect(failed).toBeLessThanOrEqual(MOST_FAILURES)
  }, 60_000)
})
