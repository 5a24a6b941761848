import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOfUsage, nanoCost, priceStepFor } from '../../../../src/engine/cost.ts'
import type { PriceList, PriceStep } from '../../../../src/engine/matrix.ts'
import type { TokenUsage } from '../../../../src/wire/usage.ts'

/** Pico-dollars per token; 3_000_000 is 3 USD per million tokens. */
function priceStep(over: Partial<PriceStep> = {}): PriceStep {
  return {
    aboveInputTokens: 0,
    input: 3_000_000,
    output: 15_000_000,
    cacheRead: 300_000,
    cacheWrite5m: 3_750_000,
    cacheWrite1h: 6_000_000,
    reasoning: null,
    ...over,
  }
}

function prices(...steps: readonly PriceStep[]): PriceList {
  return { steps, source: 'list', asOf: '2026-02-03' }
}

function usage(over: Partial<TokenUsage>): TokenUsage {
  return {
    input: 0,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 0,
    reasoning: 0,
    basis: 'reported',
    ...over,
  }
}

function nano(over: Partial<TokenUsage>, step: PriceStep = priceStep()): number | null {
  return nanoCost(step, usage(over))
}

describe('cost of a request', () => {
  it('sums every bucket at its own price', () => {
    // 1000×3 + 2000×0.3 + 100×3.75 + 10×6 + 500×15 + 200×15 = 14535 micro-dollars.
    const spent = { input: 1_000, cacheRead: 2_000, cacheWrite5m: 100, cacheWrite1h: 10, output: 500, reasoning: 200 }
    expect(costOfUsage(usage(spent), prices(priceStep()))).toEqual({
      kind: 'known',
      nanoUsd: 14_535_000,
      usageBasis: 'reported',
      priceSource: 'list',
      priceAsOf: '2026-02-03',
    })
  })

  it('rounds the request up once, not each bucket', () => {
    const odd = priceStep({ input: 1, output: 1 })
    expect(nano({ input: 1 }, odd)).toBe(1)
    expect(nano({ input: 500, output: 500 }, odd)).toBe(1)
    expect(nano({ input: 500, output: 501 }, odd)).toBe(2)
    expect(nano({}, odd)).toBe(0)
  })

  it('never takes an unknown price for nothing', () => {
    expect(costOfUsage(usage({ input: 1 }), null)).toEqual({ kind: 'unknown', why: 'no_price' })
    expect(costOfUsage(usage({ input: 1 }), prices())).toEqual({ kind: 'unknown', why: 'no_price' })
    expect(costOfUsage(usage({ output: 1 }), prices(priceStep({ output: null })))).toEqual({
      kind: 'unknown',
      why: 'no_price',
    })
    expect(costOfUsage(null, prices(priceStep()))).toEqual({ kind: 'unknown', why: 'no_usage' })
    expect(nano({ cacheRead: 1 }, priceStep({ cacheRead: null, input: null }))).toBeNull()
  })

  it('does not miss a price that no token needs', () => {
    expect(nano({ input: 10 }, priceStep({ output: null, cacheRead: null }))).toBe(30_000)
  })

  it('keeps a price of zero apart from no price', () => {
    expect(nano({ input: 1_000_000, output: 9 }, priceStep({ input: 0, output: 0 }))).toBe(0)
  })

  it('puts an upper bound where a special bucket has no price of its own', () => {
    expect(nano({ cacheRead: 100 }, priceStep({ cacheRead: null }))).toBe(300_000)
    expect(nano({ cacheWrite5m: 100 }, priceStep({ cacheWrite5m: null }))).toBe(375_000)
    expect(nano({ cacheWrite1h: 100 }, priceStep({ cacheWrite1h: null }))).toBe(600_000)
    expect(nano({ reasoning: 100 })).toBe(1_500_000)
    expect(nano({ reasoning: 100 }, priceStep({ reasoning: 20_000_000 }))).toBe(2_000_000)
  })

  it('prices the whole request at the step that its input exceeds', () => {
    const list = prices(priceStep(), priceStep({ aboveInputTokens: 200_000, input: 6_000_000 }))
    expect(priceStepFor(list, 200_000)?.input).toBe(3_000_000)
    expect(priceStepFor(list, 200_001)?.input).toBe(6_000_000)
    const cost = costOfUsage(usage({ input: 100_000, cacheRead: 100_001 }), list)
    // 100,000 × 6 µ$ + 100,001 × 0.3 µ$: cached tokens count towards the size.
    expect(cost).toMatchObject({ kind: 'known', nanoUsd: 600_000_000 + 30_000_300 })
  })

  it('stays exact beyond 2^53 pico-dollars', () => {
    const dear = priceStep({ input: 1_000_000_007 })
    expect(nano({ input: 9_007_199_254 }, dear)).toBe(Number((9_007_199_254n * 1_000_000_007n + 999n) / 1000n))
  })

  it('agrees with exact arithmetic on any sizes and prices', () => {
    const tokens = fc.integer({ min: 0, max: 2_000_000_000 })
    const price = fc.integer({ min: 0, max: 1_000_000_000 })
    fc.assert(
      fc.property(tokens, tokens, tokens, price, price, (input, output, cacheRead, inputPrice, outputPrice) => {
        const step = priceStep({ input: inputPrice, output: outputPrice, cacheRead: 77 })
        const exact =
          BigInt(input) * BigInt(inputPrice) + BigInt(output) * BigInt(outputPrice) + BigInt(cacheRead) * 77n
        const got = nano({ input, output, cacheRead }, step) ?? -1
        const wanted = (exact + 999n) / 1000n
        // A double above 2^53 nano-dollars may be too high by its own step, never too low.
        expect(BigInt(got)).toBeGreaterThanOrEqual(wanted)
        expect(BigInt(got) - wanted).toBeLessThanOrEqual(wanted / 2n ** 50n)
      }),
      { seed: 20, numRuns: 500 },
    )
  })
})
