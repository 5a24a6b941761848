import { describe, expect, it } from 'vitest'
import { bcaFromReplicates, bcaMean } from '../../../../src/replay/stats/bootstrap.ts'
import { benjaminiHochberg, holm } from '../../../../src/replay/stats/multiple.ts'
import { clusterT, differences, logRatioT, mean, pairedT } from '../../../../src/replay/stats/paired-means.ts'
import { minimumDetectable, neededPairsForShares } from '../../../../src/replay/stats/power.ts'
import { bonettPrice, mcnemarExactP, wilson } from '../../../../src/replay/stats/proportions.ts'
import { createRandom } from '../../../../src/replay/stats/random.ts'
import { p95Ratio, ratioOfSums } from '../../../../src/replay/stats/ratio-bootstrap.ts'
import {
  binomialCdf,
  lnGamma,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from '../../../../src/replay/stats/special.ts'
import golden from './golden/golden.json' with { type: 'json' }

/** Relative to the larger of the two, for values that span many powers of ten. */
function close(actual: number, expected: number, tolerance: number): void {
  const scale = Math.max(Math.abs(expected), 1e-300)
  expect(Math.abs(actual - expected) / scale, `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance)
}

function closeInterval(actual: { low: number; high: number }, expected: readonly number[], tolerance: number): void {
  close(actual.low, expected[0] ?? Number.NaN, tolerance)
  close(actual.high, expected[1] ?? Number.NaN, tolerance)
}

/** Columns of a table of numbers. */
function rows(table: readonly (readonly number[])[]): [number, number, number, number][] {
  return table.map(([a = Number.NaN, b = Number.NaN, c = Number.NaN, d = Number.NaN]) => [a, b, c, d])
}

const alone = (count: number): { cluster: number[]; clusters: number } => ({
  cluster: Array.from({ length: count }, (_, i) => i),
  clusters: count,
})

describe('statistics against R', () => {
  it('computes distribution functions and quantiles to eleven digits', () => {
    for (const [p, df, t] of rows(golden.studentQuantile)) close(studentQuantile(p, df), t, 1e-11)
    for (const [t, df, p] of rows(golden.studentCdf)) close(studentCdf(t, df), p, 1e-11)
    for (const [p, x] of rows(golden.normalQuantile)) {
      if (x === 0) expect(Math.abs(normalQuantile(p))).toBeLessThan(1e-14)
      else close(normalQuantile(p), x, 1e-11)
    }
    for (const [x, p] of rows(golden.normalCdf)) close(normalCdf(x), p, 1e-11)
    for (const [k, n, share, p] of rows(golden.binomialCdf)) close(binomialCdf(k, n, share), p, 1e-11)
    for (const [x, y] of rows(golden.lnGamma)) expect(Math.abs(lnGamma(x) - y)).toBeLessThan(1e-11 * (1 + Math.abs(y)))
  })

  it('gives the paired t interval and its one-sided p', () => {
    const { before, after, point, i90, i95, pAboveMinus02 } = golden.pairedT
    const estimate = pairedT(after.map((value, i) => value - (before[i] ?? 0)))
    close(estimate.point, point, 1e-12)
    closeInterval(estimate.interval(0.9), i90, 1e-11)
    closeInterval(estimate.interval(0.95), i95, 1e-11)
    close(estimate.pAbove(-0.2), pAboveMinus02, 1e-11)
    close(estimate.pBelow(-0.2), 1 - pAboveMinus02, 1e-11)
    close(minimumDetectable(estimate), golden.power.detectableT, 1e-11)
  })

  it('gives the geometric-mean ratio with its interval', () => {
    const { before, after } = golden.pairedT
    const estimate = logRatioT({ baseline: before, candidate: after, ...alone(before.length) })
    close(estimate.point, golden.logRatio.point, 1e-12)
    closeInterval(estimate.interval(0.9), golden.logRatio.i90, 1e-11)
  })

  it('clusters by session like the sandwich estimator', () => {
    const { values, groups, point, se, i90, i95 } = golden.clusterT
    const estimate = clusterT({ values, cluster: groups, clusters: new Set(groups).size })
    close(estimate.point, point, 1e-12)
    close(estimate.spread.standardError, se, 1e-11)
    closeInterval(estimate.interval(0.9), i90, 1e-11)
    closeInterval(estimate.interval(0.95), i95, 1e-11)
  })

  it('gives the Bonett-Price interval and the exact McNemar p', () => {
    for (const cell of golden.bonettPrice) {
      closeInterval(bonettPrice(cell).interval(0.9), cell.i90, 1e-11)
      closeInterval(bonettPrice(cell).interval(0.95), cell.i95, 1e-11)
      close(mcnemarExactP(cell), cell.mcnemar, 1e-11)
    }
  })

  it('gives the Wilson interval', () => {
    for (const [count, n, low, high] of rows(golden.wilson)) {
      const interval = wilson(count / n, n, 0.9)
      expect(Math.abs(interval.low - low)).toBeLessThan(1e-12)
      expect(Math.abs(interval.high - high)).toBeLessThan(1e-12)
    }
  })

  it('adjusts several p-values', () => {
    for (const [i, p] of holm(golden.multiple.p).entries()) close(p, golden.multiple.holm[i] ?? 0, 1e-12)
    for (const [i, p] of benjaminiHochberg(golden.multiple.p).entries()) close(p, golden.multiple.bh[i] ?? 0, 1e-12)
  })

  it('computes how many pairs a margin needs', () => {
    for (const [discordant, margin, needed] of rows(golden.power.needed)) {
      expect(neededPairsForShares(discordant, margin)).toBe(needed)
    }
  })

  it('gives the BCa interval of the same replicates', () => {
    const { values, replicates, i90, i95 } = golden.bca
    const center = mean(values)
    const estimate = bcaFromReplicates({
      point: center,
      replicates: Float64Array.from(replicates),
      influence: values.map((value) => value - center),
    })
    closeInterval(estimate.interval(0.9), i90, 1e-9)
    closeInterval(estimate.interval(0.95), i95, 1e-9)
  })

  it('draws bootstraps that agree with 100 000 resamples of R within a few percent of the width', () => {
    const sums = golden.ratioOfSums
    const ratio = ratioOfSums({ ...sums, clusters: 30 }, { random: createRandom('golden'), resamples: 20_000 })
    close(ratio.point, sums.point, 1e-12)
    nearInterval(ratio.interval(0.9), sums.i90, 0.04)
    close(ratio.spread.standardError, sums.se, 0.02)
    const tail = golden.p95Ratio
    const how = { random: createRandom('golden'), resamples: 10_000 }
    const p95 = p95Ratio({ ...tail, ...alone(tail.baseline.length) }, how)
    close(p95.point, tail.point, 1e-12)
    nearInterval(p95.interval(0.9), tail.i90, 0.05)
  })

  it('takes p from the distribution of the interval', () => {
    const values = differences({ baseline: golden.pairedT.before, candidate: golden.pairedT.after, ...alone(12) })
    const estimates = [
      pairedT(values),
      bonettPrice({ n: 50, onlyBaseline: 7, onlyCandidate: 2 }),
      bcaMean(golden.bca.values, { random: createRandom('p'), resamples: 4_000 }),
      ratioOfSums({ ...golden.ratioOfSums, clusters: 30 }, { random: createRandom('p'), resamples: 4_000 }),
    ]
    for (const estimate of estimates) {
      const { low, high } = estimate.interval(0.9)
      expect(estimate.pAbove(low)).toBeCloseTo(0.05, 3)
      expect(estimate.pBelow(high)).toBeCloseTo(0.05, 3)
      expect(estimate.pAbove(low - 0.01)).toBeLessThan(0.05)
      expect(estimate.pBelow(high - 0.01)).toBeGreaterThan(0.05)
    }
  })
})

function nearInterval(actual: { low: number; high: number }, expected: readonly number[], share: number): void {
  const [low = Number.NaN, high = Number.NaN] = expected
  expect(Math.abs(actual.low - low)).toBeLessThan(share * (high - low))
  expect(Math.abs(actual.high - high)).toBeLessThan(share * (high - low))
}
