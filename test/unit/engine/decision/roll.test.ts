import { describe, expect, it } from 'vitest'
import { rollOf } from '../../../../src/engine/roll.ts'

function rolls(seed: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => rollOf(seed, `req_${index}`))
}

describe('roll of an exchange', () => {
  it('depends on seed and exchange alone', () => {
    expect(rollOf(7, 'req_1')).toBe(rollOf(7, 'req_1'))
    expect(rollOf(7, 'req_1')).not.toBe(rollOf(8, 'req_1'))
    expect(rollOf(7, 'req_1')).not.toBe(rollOf(7, 'req_2'))
    expect(rollOf(7, 'ab')).not.toBe(rollOf(7, 'ba'))
  })

  it('keeps its values over versions, since recorded decisions depend on them', () => {
    expect([rollOf(0, ''), rollOf(1, 'req_1'), rollOf(42, 'fx_ünï')]).toMatchInlineSnapshot(`
      [
        0.6650137901306152,
        0.2208868891817557,
        0.5628021637647928,
      ]
    `)
  })

  it('lies in [0, 1) for odd seeds and texts too', () => {
    for (const seed of [0, -1, 2 ** 53 - 1, -(2 ** 40), 1.5, Number.NaN, Infinity]) {
      for (const id of ['', 'a', '\u{1F600}', 'x'.repeat(1_001)]) {
        const roll = rollOf(seed, id)
        expect(roll).toBeGreaterThanOrEqual(0)
        expect(roll).toBeLessThan(1)
      }
    }
  })

  it('uses the high half of large seeds', () => {
    expect(rollOf(2 ** 32, 'a')).not.toBe(rollOf(0, 'a'))
    expect(rollOf(2 ** 32 + 1, 'a')).not.toBe(rollOf(1, 'a'))
  })

  it('spreads evenly over consecutive ids and over consecutive seeds', () => {
    const overIds = rolls(1, 20_000)
    const overSeeds = Array.from({ length: 20_000 }, (_, seed) => rollOf(seed, 'req_1'))
    for (const sample of [overIds, overSeeds]) {
      const bins = Array.from({ length: 50 }, () => 0)
      for (const roll of sample) bins[Math.floor(roll * 50)] = (bins[Math.floor(roll * 50)] ?? 0) + 1
      const chiSquare = bins.reduce((sum, bin) => sum + (bin - 400) ** 2 / 400, 0)
      // 49 degrees of freedom: 99.99 % of even spreads stay below 98.
      expect(chiSquare).toBeLessThan(98)
    }
  })

  it('does not tie the draws of two seeds together', () => {
    const [a, b] = [rolls(1, 20_000), rolls(2, 20_000)]
    const both = a.filter((roll, index) => roll < 0.1 && (b[index] ?? 1) < 0.1).length
    expect(Math.abs(both - 200)).toBeLessThan(60)
  })
})
