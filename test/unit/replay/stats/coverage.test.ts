import { describe, expect, it } from 'vitest'
import type { Estimate } from '../../../../src/replay/stats/estimate.ts'
import { clusterT, logRatioT, pairedT } from '../../../../src/replay/stats/paired-means.ts'
import { bonettPrice, discordant, withoutVariation } from '../../../../src/replay/stats/proportions.ts'
import { createRandom, type Random } from '../../../../src/replay/stats/random.ts'
import { ratioOfSums } from '../../../../src/replay/stats/ratio-bootstrap.ts'
import { equalArms, normal } from './draws.ts'

/** Share of `runs` seeded samples whose interval holds the truth, for 90 % and 95 %. */
function coverage(seed: string, runs: number, truth: number, draw: (random: Random) => Estimate): [number, number] {
  const random = createRandom(`coverage/${seed}`)
  let ninety = 0
  let ninetyFive = 0
  const holds = ({ low, high }: { low: number; high: number }): boolean => low <= truth && truth <= high
  for (let run = 0; run < runs; run += 1) {
    const estimate = draw(random)
    ninety += Number(holds(estimate.interval(0.9)))
    ninetyFive += Number(holds(estimate.interval(0.95)))
  }
  return [ninety / runs, ninetyFive / runs]
}

/** Each at most two points under its target. */
function covered([ninety, ninetyFive]: readonly number[]): boolean {
  return (ninety ?? 0) >= 0.88 && (ninetyFive ?? 0) >= 0.93
}

const SIZES = [20, 100]
const alone = (n: number): { cluster: number[]; clusters: number } => ({
  cluster: Array.from({ length: n }, (_, i) => i),
  clusters: n,
})

describe('intervals hold the truth as often as they say, within two points or more often', () => {
  for (const n of SIZES) {
    for (const share of [0.05, 0.1, 0.3]) {
      it(`pass/fail pairs, n=${n}, ${share * 100} % discordant`, () => {
        const result = coverage(`binary/${n}/${share}`, 3_000, 0, (random) => {
          const values = Array.from({ length: n }, () => {
            const [before, after] = equalArms(random, share)
            return after - before
          })
          return bonettPrice(discordant(values))
        })
        expect(result).toSatisfy(covered)
      })
    }

    it(`log-normal costs, geometric-mean ratio, n=${n}`, () => {
      const result = coverage(`log-normal/${n}`, 3_000, -0.2, (random) => {
        const baseline = Array.from({ length: n }, () => Math.exp(normal(random)))
        const candidate = baseline.map((cost) => cost * 0.8 * Math.exp(0.5 * normal(random)))
        return logRatioT({ baseline, candidate, ...alone(n) })
      })
      expect(result).toSatisfy(covered)
    })

    it(`log-normal costs, ratio of totals, n=${n}`, () => {
      const result = coverage(`totals/${n}`, 2_500, -0.2, (random) => {
        const baseline = Array.from({ length: n }, () => Math.exp(normal(random)))
        const candidate = baseline.map((cost) => cost * 0.8 * Math.exp(0.3 * normal(random) - 0.045))
        return ratioOfSums({ baseline, candidate, ...alone(n) }, { random, resamples: 300 })
      })
      expect(result).toSatisfy(covered)
    })

    it(`graded scores, n=${n}`, () => {
      const result = coverage(`graded/${n}`, 3_000, 0, (random) =>
        pairedT(Array.from({ length: n }, () => (random.next() < 0.5 ? 0 : random.next() ** 2 - 1 / 3))),
      )
      expect(result).toSatisfy(covered)
    })
  }

  it('sessions of several dependent turns, where ignoring them would be badly wrong', () => {
    const session = (random: Random): { values: number[]; cluster: number[] } => {
      const values: number[] = []
      const cluster: number[] = []
      for (let group = 0; group < 20; group += 1) {
        const mood = Math.sqrt(0.3) * normal(random)
        for (let turn = 0; turn < 10; turn += 1) {
          values.push(mood + Math.sqrt(0.7) * normal(random))
          cluster.push(group)
        }
      }
      return { values, cluster }
    }
    expect(coverage('sessions', 2_000, 0, (random) => clusterT({ ...session(random), clusters: 20 }))).toSatisfy(
      covered,
    )
    const [, naive] = coverage('sessions', 2_000, 0, (random) => pairedT(session(random).values))
    expect(naive).toBeLessThan(0.8)
  })

  it('never claims certainty when nothing varied', () => {
    const { low, high } = withoutVariation(0, 20, 60).interval(0.9)
    expect(low).toBeLessThan(-0.05)
    expect(high).toBeGreaterThan(0.05)
  })
})
