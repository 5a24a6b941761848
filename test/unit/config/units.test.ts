import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as units from '../../../src/config/units.ts'

describe('values with units', () => {
  it.each([
    [units.readDurationMs, '250ms', 250],
    [units.readDurationMs, '1.5s', 1_500],
    [units.readDurationMs, '10m', 600_000],
    [units.readDurationMs, '30d', 2_592_000_000],
    [units.readDurationMs, 0, 0],
    [units.readCount, '32k', 32_000],
    [units.readCount, '1.5M', 1_500_000],
    [units.readShare, '5%', 0.05],
    [units.readShare, '5pp', 0.05],
    [units.readShare, 0.05, 0.05],
    [units.readNanoUsd, '5 USD', 5_000_000_000],
    [units.readNanoUsd, '$0.05', 50_000_000],
    [units.readNanoUsd, 1000, 1_000_000_000_000],
    [units.readPicoPerToken, 0.0028, 2_800],
    [units.readPicoPerToken, 15, 15_000_000],
    [units.readBytes, '500MB', 500_000_000],
    [units.readBytes, '1KiB', 1_024],
    [units.readRate, '60/min', { amount: 60, perMs: 60_000 }],
    [units.readRate, '200k/min', { amount: 200_000, perMs: 60_000 }],
    [units.readComparison, '>= 0.6', { op: '>=', value: 0.6 }],
    [units.readComparison, '> 100k', { op: '>', value: 100_000 }],
    [units.readDelta, '<= +1pp', { op: '<=', value: 0.01, unit: 'pp' }],
    [units.readDelta, '> +60%', { op: '>', value: 0.6, unit: '%' }],
    [units.readDelta, '>= -3pp', { op: '>=', value: -0.03, unit: 'pp' }],
    [units.readTimeOfDay, '22:00-06:30', { fromMinute: 1_320, toMinute: 390 }],
  ] as const)('%o reads %j as %j', (read, text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it.each([
    [units.readDurationMs, 60],
    [units.readDurationMs, '5 sec'],
    [units.readDurationMs, '-5s'],
    [units.readCount, '1.5'],
    [units.readCount, '32kb'],
    [units.readShare, 80],
    [units.readShare, '0.8'],
    [units.readNanoUsd, '5 EUR'],
    [units.readNanoUsd, '0.0000000001 USD'],
    [units.readPicoPerToken, 0.1234567],
    [units.readPicoPerToken, -1],
    [units.readRate, '60'],
    [units.readComparison, '0.6'],
    [units.readDelta, '<= 1'],
    [units.readTimeOfDay, '24:00-06:00'],
    [units.readTimeOfDay, '06:00-06:00'],
  ] as const)('%o refuses %j', (read, text) => {
    expect(read(text)).toBeUndefined()
  })

  it('money is exact: equal to the same sum in big integers', () => {
    fc.assert(
      fc.property(fc.nat({ max: 8_000_000 }), fc.nat({ max: 999_999_999 }), (whole, nano) => {
        const text = `${whole}.${String(nano).padStart(9, '0')}`
        const exact = BigInt(whole) * 1_000_000_000n + BigInt(nano)
        expect(BigInt(units.readNanoUsd(`${text} USD`) ?? -1)).toBe(exact)
      }),
      { seed: 1 },
    )
  })

  it('a decimal is read as what it is, or not at all', () => {
    const isExact = (value: number, places: number): boolean => {
      const read = units.readDecimal(String(value), places)
      return read === undefined || Math.abs(read / 10 ** places - value) <= 1e-9 * value
    }
    const holds = fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat({ max: 12 }), isExact)
    expect(fc.check(holds, { seed: 2 }).failed).toBe(false)
  })
})
