import { describe, expect, it } from 'vitest'
import { routerFigures } from '../../../../src/replay/router-figures/router-figures.ts'
import type { OutcomeRow } from '../../../../src/replay/router-figures/types.ts'

/**
 * Worked by hand. Four fixtures, three models:
 *
 *            f1      f2      f3      f4      quality  cost
 *   weak     1 / 10  0 / 10  1 / 10  0 / 10   0.50     10
 *   middle   1 / 30  1 / 30  0 / 30  0 / 30   0.50     30   (under the mix of weak and strong)
 *   strong   1 / 90  1 / 90  0 / 90  1 / 90   0.75     90
 */
const SCORES = { weak: [1, 0, 1, 0], middle: [1, 1, 0, 0], strong: [1, 1, 0, 1] } as const
const COSTS = { weak: 10, middle: 30, strong: 90 } as const
const LENGTHS = [100, 400, 200, 300]
/** "smart" sends f2 and f4 to strong, the rest to weak: quality 1, cost (90 + 90 + 10 + 10) / 4 = 50. */
const SMART = ['weak', 'strong', 'weak', 'strong']

function rows(): OutcomeRow[] {
  const outcome = (model: keyof typeof SCORES, i: number): { score: number; costNanoUsd: number } => ({
    score: SCORES[model][i] ?? 0,
    costNanoUsd: COSTS[model],
  })
  return LENGTHS.map((inputTokens, i) => ({
    fixture: `f${i + 1}`,
    inputTokens,
    outcomes: { weak: outcome('weak', i), middle: outcome('middle', i), strong: outcome('strong', i) },
    choices: { smart: SMART[i] ?? null, partly: i === 0 ? 'elsewhere' : 'middle', never: null },
  }))
}

describe('router figures', () => {
  const figures = routerFigures(rows())

  it('give every single model, the cheapest, the best and the oracle', () => {
    expect(figures?.models).toEqual([
      { name: 'weak', quality: 0.5, costNanoUsd: 10 },
      { name: 'middle', quality: 0.5, costNanoUsd: 30 },
      { name: 'strong', quality: 0.75, costNanoUsd: 90 },
    ])
    expect(figures?.alwaysCheapest.name).toBe('weak')
    expect(figures?.alwaysBest.name).toBe('strong')
    // f1 weak 10, f2 middle 30, f3 weak 10, f4 strong 90: all right, 140 / 4.
    expect(figures?.oracle).toEqual({ name: 'oracle', quality: 1, costNanoUsd: 35 })
  })

  it('mix single models at random along the convex hull', () => {
    expect(figures?.zeroRouter.map(({ name }) => name)).toEqual(['weak', 'strong'])
    // Straight line from 0.5 to 0.75 over the whole range.
    expect(figures?.aiq).toBeCloseTo(0.625, 12)
  })

  it('place a config against those that need no intelligence', () => {
    const smart = figures?.configs.find(({ name }) => name === 'smart')
    expect(smart).toMatchObject({ quality: 1, costNanoUsd: 50, covered: 4, of: 4 })
    // (1 − 0.5) / (0.75 − 0.5)
    expect(smart?.gapRecovered).toBeCloseTo(2, 12)
    // The mix at 50 has 0.5 + 0.25 · 40 / 80 = 0.625.
    expect(smart?.aboveZeroRouter).toBeCloseTo(0.375, 12)
    // No mix reaches 1, so nothing can be said to be saved.
    expect(smart?.savedNanoUsd).toBeNull()
    expect(smart?.qnc).toBeCloseTo(50 / 90, 12)
    // From (10, 0.5) to (50, 1), then flat to 90: (40 · 0.75 + 40 · 1) / 80.
    expect(smart?.aiqWithModels).toBeCloseTo(0.875, 12)
  })

  it('say how much of a config is on record, and leave out what needs all of it', () => {
    const partly = figures?.configs.find(({ name }) => name === 'partly')
    expect(partly).toMatchObject({ covered: 3, of: 4, gapRecovered: null, aboveZeroRouter: null, qnc: null })
    expect(figures?.configs.some(({ name }) => name === 'never')).toBe(false)
  })

  it('sweep the length-only router', () => {
    // Longest first: f2, f4, f3, f1. Quality with 0…4 strong calls: .5, .75, 1, .75, .75. Gap recovered: 0, 1, 2, 1, 1.
    const { lengthOnly } = figures ?? {}
    expect(lengthOnly?.points.map(({ quality }) => quality)).toEqual([
      0.5, 0.5, 0.75, 0.75, 1, 1, 1, 0.75, 0.75, 0.75, 0.75,
    ])
    // Recovered at 11 shares: 0 0 1 1 2 2 2 1 1 1 1; ends at half weight: (0.5 + 11) / 10.
    expect(lengthOnly?.apgr).toBeCloseTo(1.15, 12)
    expect(lengthOnly?.cpt50).toBe(0.25)
    expect(lengthOnly?.cpt80).toBe(0.25)
    // One strong call already has 0.75: (90 + 30) / 4 = 30 of 90.
    expect(lengthOnly?.qnc).toBeCloseTo(1 / 3, 12)
  })

  it('are absent without several recorded models', () => {
    expect(routerFigures([])).toBeNull()
    expect(
      routerFigures(rows().map((row) => ({ ...row, outcomes: { weak: { score: 1, costNanoUsd: 1 } } }))),
    ).toBeNull()
  })

  it('leave out the length-only router when a length is unknown, and the gap when the cheapest is the best', () => {
    expect(routerFigures(rows().map((row) => ({ ...row, inputTokens: null })))?.lengthOnly).toBeNull()
    const flat = rows().map((row) => ({
      ...row,
      outcomes: { weak: { score: 1, costNanoUsd: 10 }, strong: { score: 1, costNanoUsd: 90 } },
    }))
    const equal = routerFigures(flat)
    expect(equal?.alwaysBest.name).toBe('weak')
    expect(equal?.lengthOnly?.apgr).toBeNull()
  })
})
