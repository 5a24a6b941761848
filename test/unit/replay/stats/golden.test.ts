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

/** Relative error, for values that span many powers of ten; absolute where 0 is expected. */
function off(actual: number, expected: number): number {
  return Math.abs(actual - expected) / (expected === 0 ? 1 : Math.abs(expected))
}

/** The larger relative error of the two ends. */
function endsOff(actual: { low: number; high: number }, expected: readonly number[]): number {
  return Math.max(off(actual.low, expected[0] ?? Number.NaN), off(actual.high, expected[1] ?? Number.NaN))
}

/** The larger error of the two ends as a share of the width. */
function widthsOff(actual: { low: number; high: number }, expected: readonly number[]): number {
  const [low = Number.NaN, high = Number.NaN] = expected
  return Math.max(Math.abs(actual.low - low), Math.abs(actual.high - high)) / (high - low)
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
    for (const [p, df, t] of rows(golden.studentQuantile)) expect(off(studentQuantile(p, df), t)).toBeLessThan(1e-11)
    for (const [t, df, p] of rows(golden.studentCdf)) expect(off(studentCdf(t, df), p)).toBeLessThan(1e-11)
    for (const [p, x] of rows(golden.normalQuantile)) {
      expect(off(normalQuantile(p), x)).toBeLessThan(1e-11)
    }
    for (const [x, p] of rows(golden.normalCdf)) expect(off(normalCdf(x), p)).toBeLessThan(1e-11)
    for (const [k, n, share, p] of rows(golden.binomialCdf))
      expect(off(binomialCdf(k, n, share), p)).toBeLessThan(1e-11)
    for (const [x, y] of rows(golden.lnGamma)) expect(Math.abs(lnGamma(x) - y)).toBeLessThan(1e-11 * (1 + Math.abs(y)))
  })

  it('gives the paired t interval and its one-sided p', () => {
    const { before, after, point, i90, i95, pAboveMinus02 } = golden.pairedT
    const estimate = pairedT(after.map((value, i) => value - (before[i] ?? 0)))
    expect(off(estimate.point, point)).toBeLessThan(1e-12)
    expect(endsOff(estimate.interval(0.9), i90)).toBeLessThan(1e-11)
    expect(endsOff(estimate.interval(0.95), i95)).toBeLessThan(1e-11)
    expect(off(estimate.pAbove(-0.2), pAboveMinus02)).toBeLessThan(1e-11)
    expect(off(estimate.pBelow(-0.2), 1 - pAboveMinus02)).toBeLessThan(1e-11)
    expect(off(minimumDetectable(estimate), golden.power.detectableT)).toBeLessThan(1e-11)
  })

  it('gives the geometric-mean ratio with its interval', () => {
    const { before, after } = golden.pairedT
    const estimate = logRatioT({ baseline: before, candidate: after, ...alone(before.length) })
    expect(off(estimate.point, golden.logRatio.point)).toBeLessThan(1e-12)
    expect(endsOff(estimate.interval(0.9), golden.logRatio.i90)).toBeLessThan(1e-11)
  })

  it('clusters by session like the sandwich estimator', () => {
    const { values, groups, point, se, i90, i95 } = golden.clusterT
    const estimate = clusterT({ values, cluster: groups, clusters: new Set(groups).size })
    expect(off(estimate.point, point)).toBeLessThan(1e-12)
    expect(off(estimate.spread.standardError, se)).toBeLessThan(1e-11)
    expect(endsOff(estimate.interval(0.9), i90)).toBeLessThan(1e-11)
    expect(endsOff(estimate.interval(0.95), i95)).toBeLessThan(1e-11)
  })

  it('gives the Bonett-Price interval and the exact McNemar p', () => {
    for (const cell of golden.bonettPrice) {
      expect(endsOff(bonettPrice(cell).interval(0.9), cell.i90)).toBeLessThan(1e-11)
      expect(endsOff(bonettPrice(cell).interval(0.95), cell.i95)).toBeLessThan(1e-11)
      expect(off(mcnemarExactP(cell), cell.mcnemar)).toBeLessThan(1e-11)
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
    for (const [i, p] of holm(golden.multiple.p).entries())
      expect(off(p, golden.multiple.holm[i] ?? 0)).toBeLessThan(1e-12)
    for (const [i, p] of benjaminiHochberg(golden.multiple.p).entries())
      expect(off(p, golden.multiple.bh[i] ?? 0)).toBeLessThan(1e-12)
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
    expect(endsOff(estimate.interval(0.9), i90)).toBeLessThan(1e-9)
    expect(endsOff(estimate.interval(0.95), i95)).toBeLessThan(1e-9)
  })

  it('draws bootstraps that agree with 100 000 resamples of R within a few percent of the width', () => {
    const sums = golden.ratioOfSums
    const ratio = ratioOfSums({ ...sums, clusters: 30 }, { random: createRandom('golden'), resamples: 20_000 })
    expect(off(ratio.point, sums.point)).toBeLessThan(1e-12)
    expect(widthsOff(ratio.interval(0.9), sums.i90)).toBeLessThan(0.04)
    expect(off(ratio.spread.standardError, sums.se)).toBeLessThan(0.02)
    const tail = golden.p95Ratio
    const how = { random: createRandom('golden'), resamples: 10_000 }
    const p95 = p95Ratio({ ...tail, ...alone(tail.baseline.length) }, how)
    expect(off(p95.point, tail.point)).toBeLessThan(1e-12)
    expect(widthsOff(p95.interval(0.9), tail.i90)).toBeLessThan(0.05)
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
