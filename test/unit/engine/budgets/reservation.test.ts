import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  askFor,
  reservationFor,
  reservationsFor,
  worstCostNanoUsd,
  type Ask,
  type Reservation,
} from '../../../../src/engine/budgets/reservation.ts'
import { costOfUsage } from '../../../../src/engine/cost.ts'
import { decide } from '../../../../src/engine/decide.ts'
import type { InputBound } from '../../../../src/engine/features.ts'
import type { ModelRow, PriceStep } from '../../../../src/engine/matrix.ts'
import type { BudgetRule } from '../../../../src/engine/routing-config.ts'
import { budget, features, given, matrix, needs, rejectionCode, row, step } from '../decision/world.ts'

/** 1 USD per million tokens is 1,000 nano-dollars a token. */
const USD = 1_000
const HARD = { onExceed: 'block' } as const
const SOFT = { onExceed: 'downgrade' } as const

function ask(
  over: Partial<Ask> & { readonly tokens?: number | null; readonly cacheWrite?: InputBound['cacheWrite'] } = {},
): Ask {
  const { tokens = 100, cacheWrite = 'none', features: own, ...rest } = over
  return {
    row: row('m', { price: { input: 1, output: 2 }, can: { promptCaching: false } }),
    endpoint: 'chat',
    features: { ...features(own), inputBound: { tokens, cacheWrite } },
    intent: 'chat',
    history: undefined,
    defaultMaxOutput: 1_000,
    ...rest,
  }
}

function reserved(rule: Partial<BudgetRule>, leftNanoUsd: number, of: Ask): Reservation {
  return reservationFor(budget({ ...rule, leftNanoUsd }), of)
}

const limited = (maxOutputTokens: number) => features({ maxOutputTokens })

describe('a hard budget', () => {
  it("reserves the input at its bound and the client's whole limit, for every answer asked for", () => {
    const want = { ...ask(), features: { ...ask().features, maxOutputTokens: 500 } }
    expect(reserved(HARD, 1_100 * USD, want)).toEqual({ kind: 'fits', nanoUsd: 1_100 * USD, maxOutputTokens: null })
    expect(reserved(HARD, 1_100 * USD - 1, want)).toEqual({ kind: 'short', neededNanoUsd: 1_100 * USD })
    const three = { ...want, features: { ...want.features, ...needs({ choices: 3 }) } }
    expect(reserved(HARD, 1e9, three)).toMatchObject({ nanoUsd: 3_100 * USD })
  })

  it('takes no list price for a dearer service, which only a declared ceiling can hold', () => {
    const fast = {
      ...ask(),
      features: {
        ...ask().features,
        inputBound: { tokens: 100, cacheWrite: 'none' as const, surcharge: true as const },
      },
    }
    expect(reserved(HARD, 1e12, fast)).toEqual({ kind: 'unpriced' })
    expect(reserved({ ...HARD, unknownPriceNanoUsd: 7 }, 1e12, fast)).toMatchObject({ kind: 'fits', nanoUsd: 7 })
    expect(worstCostNanoUsd(fast)).toBeNull()
  })

  it('imposes a limit where the client set none: the assumed one, or what the remainder affords', () => {
    expect(reserved(HARD, 1e9, ask())).toEqual({ kind: 'fits', nanoUsd: 2_100 * USD, maxOutputTokens: 1_000 })
    expect(reserved(HARD, 1_000 * USD, ask())).toEqual({ kind: 'fits', nanoUsd: 1_000 * USD, maxOutputTokens: 450 })
    // The expected 200 tokens of a chat must be affordable.
    expect(reserved(HARD, 500 * USD, ask())).toEqual({ kind: 'fits', nanoUsd: 500 * USD, maxOutputTokens: 200 })
    expect(reserved(HARD, 500 * USD - 1, ask())).toEqual({ kind: 'short', neededNanoUsd: 500 * USD })
  })

  it("imposes no more than the model's own limit, and less for several answers", () => {
    const small = row('m', { price: { input: 1, output: 2 }, maxOutput: 300, can: { promptCaching: false } })
    expect(reserved(HARD, 1e9, ask({ row: small }))).toMatchObject({ maxOutputTokens: 300 })
    const two = ask({ features: features(needs({ choices: 2 })) })
    expect(reserved(HARD, 1_103 * USD, two)).toEqual({ kind: 'fits', nanoUsd: 1_100 * USD, maxOutputTokens: 250 })
  })

  it('imposes nothing where output is free, and lets what is free through when all is spent', () => {
    const free = row('m', { price: { input: 0, output: 0 } })
    expect(reserved(HARD, -5, ask({ row: free }))).toEqual({ kind: 'fits', nanoUsd: 0, maxOutputTokens: null })
  })

  it('takes the window of the model where nothing else bounds the prompt, and never more than it', () => {
    const tight = row('m', {
      price: { input: 1, output: 2 },
      contextWindow: 5_000,
      maxInput: 4_000,
      can: { promptCaching: false },
    })
    const cost = { nanoUsd: 6_000 * USD }
    expect(reserved(HARD, 1e12, ask({ row: tight, tokens: null }))).toMatchObject(cost)
    expect(reserved(HARD, 1e12, ask({ row: tight, tokens: 90_000 }))).toMatchObject(cost)
    const { inputBound: _bound, ...without } = ask().features
    expect(reserved(HARD, 1e12, { ...ask({ row: tight }), features: without })).toMatchObject(cost)
    const unknown = row('m', { price: { input: 1, output: 0 }, contextWindow: null, can: { promptCaching: false } })
    expect(reserved(HARD, 1e13, ask({ row: unknown, tokens: null }))).toMatchObject({ nanoUsd: 2_097_152 * USD })
  })

  it('counts all texts of a request for embeddings, which together may be longer than the window', () => {
    const embedder = row('e', {
      kind: 'embedding',
      contextWindow: 8_000,
      price: { input: 1, output: 0 },
      can: { promptCaching: false },
    })
    expect(reserved(HARD, 1e12, ask({ row: embedder, endpoint: 'embeddings', tokens: 50_000 }))).toEqual({
      kind: 'fits',
      nanoUsd: 50_000 * USD,
      maxOutputTokens: null,
    })
  })

  it('reserves what writing the prompt into a cache may cost', () => {
    const caching = (prices: Partial<PriceStep>, cacheWrite: InputBound['cacheWrite'], promptCaching: boolean | null) =>
      reserved(
        HARD,
        1e12,
        ask({
          row: {
            ...row('m', { can: { promptCaching } }),
            prices: { steps: [{ ...step({ input: 4, output: 0 }), ...prices }], source: 's', asOf: 'd' },
          },
          cacheWrite,
        }),
      )
    expect(caching({}, 'none', false)).toMatchObject({ nanoUsd: 400 * USD })
    expect(caching({}, 'none', true)).toMatchObject({ nanoUsd: 500 * USD })
    expect(caching({}, '5m', null)).toMatchObject({ nanoUsd: 500 * USD })
    expect(caching({}, '1h', true)).toMatchObject({ nanoUsd: 800 * USD })
    expect(caching({ cacheWrite5m: 6_000_000 }, 'none', true)).toMatchObject({ nanoUsd: 600 * USD })
    expect(caching({ cacheWrite1h: 9_000_000 }, '1h', true)).toMatchObject({ nanoUsd: 900 * USD })
  })
})

describe('a soft budget', () => {
  const history = { mean: 150, p99: 700, n: 20 }
  const of = (over: Partial<Ask> = {}): Ask => ask({ tokens: 90_000, ...over })

  it('reserves the estimated input and the 99th percentile of at least twenty answers', () => {
    expect(reserved(SOFT, 1e12, of({ history }))).toEqual({ kind: 'fits', nanoUsd: 2_400 * USD, maxOutputTokens: null })
    expect(reserved(SOFT, 2_400 * USD - 1, of({ history }))).toEqual({ kind: 'short', neededNanoUsd: 2_400 * USD })
    expect(reserved(SOFT, 1e12, of({ history, features: limited(50) }))).toMatchObject({ nanoUsd: 1_100 * USD })
  })

  it('reserves the assumed output without history, less when less is left, but no less than the expected', () => {
    const few = { ...history, n: 19 }
    for (const past of [undefined, few])
      expect(reserved(SOFT, 1e12, of({ history: past }))).toMatchObject({ nanoUsd: 3_000 * USD })
    expect(reserved(SOFT, 2_000 * USD, of())).toEqual({ kind: 'fits', nanoUsd: 2_000 * USD, maxOutputTokens: null })
    expect(reserved(SOFT, 1_400 * USD, of())).toMatchObject({ kind: 'fits', nanoUsd: 1_400 * USD })
    expect(reserved(SOFT, 1_400 * USD - 1, of())).toEqual({ kind: 'short', neededNanoUsd: 1_400 * USD })
    expect(reserved(SOFT, -5, of({ row: row('m', { price: { input: 0, output: 0 } }) }))).toMatchObject({ nanoUsd: 0 })
  })

  it('may be asked for by a budget that blocks, and hard by one that leads to a lower tier', () => {
    expect(reserved({ ...HARD, mode: 'soft' }, 1e12, of())).toMatchObject({ maxOutputTokens: null })
    expect(reserved({ ...SOFT, mode: 'hard' }, 1e12, ask())).toMatchObject({ maxOutputTokens: 1_000 })
  })
})

describe('a price that nobody knows', () => {
  const blank = ask({ row: row('m', { price: null }) })

  it.each([HARD, SOFT])('is refused, or charged as declared: %o', (rule) => {
    expect(reserved(rule, 1e12, blank)).toEqual({ kind: 'unpriced' })
    const declared = { ...rule, unknownPriceNanoUsd: 70 }
    expect(reserved(declared, 70, blank)).toEqual({ kind: 'fits', nanoUsd: 70, maxOutputTokens: null })
    expect(reserved(declared, 69, blank)).toEqual({ kind: 'short', neededNanoUsd: 70 })
  })

  it('of the output alone is unknown too, but not for embeddings', () => {
    const half = {
      ...row('m'),
      prices: { steps: [{ ...step({ input: 1, output: 1 }), output: null }], source: 's', asOf: 'd' },
    }
    expect(reserved(HARD, 1e12, ask({ row: half }))).toEqual({ kind: 'unpriced' })
    expect(reserved(HARD, 1e12, ask({ row: half, endpoint: 'embeddings' })).kind).toBe('fits')
  })

  it('never counts as nothing in a decision: the model is out, or in with its declared ceiling', () => {
    const rows = matrix(row('blank', { price: null, quality: 1 }), row('known', { quality: 0.5 }))
    const decided = (unknown: object) =>
      decide(
        given({
          model: 'auto:best',
          matrix: rows,
          state: { budgets: [budget({ ...HARD, ...unknown, leftNanoUsd: 1e12 })] },
        }),
      )
    expect(rejectionCode(decided({}), 'blank')).toBe('price_unknown')
    expect(decided({ unknownPriceNanoUsd: 5 }).outcome).toMatchObject({ model: 'blank' })
  })
})

describe('a budget that only warns', () => {
  it('never refuses', () => {
    const warn = { onExceed: 'warn' } as const
    expect(reserved(warn, -1, ask())).toMatchObject({ kind: 'fits', maxOutputTokens: null })
    expect(reserved(warn, -1, ask({ row: row('m', { price: null }) }))).toMatchObject({ kind: 'fits', nanoUsd: 0 })
  })
})

describe('several budgets', () => {
  const aliases = new Map<string, ReadonlySet<string>>()
  const tight = budget({ ...HARD, name: 'tight', leftNanoUsd: 700 * USD })
  const wide = budget({ ...HARD, name: 'wide', leftNanoUsd: 1e12 })
  const other = budget({ ...HARD, name: 'other', modelClass: { kind: 'tier', tier: 'premium' }, leftNanoUsd: 0 })

  it('share the lowest output limit, and hold what it costs', () => {
    expect(reservationsFor([wide, tight, other], ask(), aliases)).toEqual({
      kind: 'fits',
      maxOutputTokens: 300,
      boundNanoUsd: 700 * USD,
      holds: [
        { budget: wide, nanoUsd: 700 * USD },
        { budget: tight, nanoUsd: 700 * USD },
      ],
    })
  })

  it('say which of them stands in the way', () => {
    const empty = budget({ ...HARD, name: 'empty', leftNanoUsd: 0 })
    expect(reservationsFor([wide, empty], ask(), aliases)).toEqual({
      kind: 'short',
      budget: empty,
      neededNanoUsd: 500 * USD,
    })
    const blank = ask({ row: row('m', { price: null }) })
    expect(reservationsFor([wide], blank, aliases)).toEqual({ kind: 'unpriced', budget: wide })
    expect(reservationsFor([], blank, aliases)).toEqual({
      kind: 'fits',
      holds: [],
      maxOutputTokens: null,
      boundNanoUsd: null,
    })
  })

  it('bound the bill only when one of them is hard and the price is known', () => {
    const soft = budget({ ...SOFT, leftNanoUsd: 1e12 })
    const declared = budget({ ...HARD, unknownPriceNanoUsd: 5, leftNanoUsd: 1e12 })
    const bound = (budgets: Parameters<typeof reservationsFor>[0], of = ask()): unknown => {
      const found = reservationsFor(budgets, of, aliases)
      return found.kind === 'fits' ? found.boundNanoUsd : found.kind
    }
    expect(bound([soft])).toBeNull()
    expect(bound([soft, wide])).toBe(2_100 * USD)
    expect(bound([declared], ask({ row: row('m', { price: null }) }))).toBeNull()
  })

  it('let through on admission exactly what the decision let through', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_000 * USD }),
        fc.constantFrom(HARD, SOFT),
        fc.constantFrom(null, 1, 300, 5_000),
        fc.constantFrom(null, 50, 2_000),
        (leftNanoUsd, rule, maxOutputTokens, tokens) => {
          const input = given({
            features: { maxOutputTokens, ...(tokens === null ? {} : { inputBound: { tokens, cacheWrite: 'none' } }) },
            matrix: matrix(row('m', { price: { input: 1, output: 2 }, contextWindow: 3_000, maxOutput: 5_000 })),
            state: { budgets: [budget({ ...rule, leftNanoUsd })] },
          })
          const decision = decide(input)
          const [only] = input.matrix.rows
          if (only === undefined) return
          const asked = askFor(only, { decision, state: input.state, config: input.config })
          const admission = reservationsFor(input.state.budgets, asked, aliases)
          if (rejectionCode(decision, 'm') === 'context_window_exceeded') return
          expect(rejectionCode(decision, 'm')).toBe(admission.kind === 'fits' ? undefined : 'budget_exhausted')
        },
      ),
      { seed: 5, numRuns: 500 },
    )
  })
})

describe('a hard reservation', () => {
  const price = fc.integer({ min: 0, max: 80_000_000 })
  const steps: fc.Arbitrary<PriceStep[]> = fc
    .array(
      fc.record({
        input: price,
        output: price,
        cacheRead: fc.option(price),
        cacheWrite5m: fc.option(price),
        cacheWrite1h: fc.option(price),
        reasoning: fc.option(price),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((list) => list.map((one, index) => ({ ...one, aboveInputTokens: index * 1_000 })))
  const share = fc.integer({ min: 0, max: 1_000 })

  it('is never exceeded by any bill within its bounds', () => {
    let fitted = 0
    fc.assert(
      fc.property(
        fc.record({
          steps,
          tokens: fc.nat(4_000),
          cacheWrite: fc.constantFrom('none', '5m', '1h'),
          maxOutputTokens: fc.option(fc.nat(3_000)),
          choices: fc.integer({ min: 1, max: 3 }),
          left: fc.nat(2_000_000_000),
          inputShares: fc.tuple(share, share, share, share),
          used: share,
          thought: share,
        }),
        ({ steps: list, tokens, cacheWrite, maxOutputTokens, choices, left, inputShares, used, thought }) => {
          const priced: ModelRow = { ...row('m'), prices: { steps: list, source: 's', asOf: 'd' } }
          const asked = ask({
            row: priced,
            tokens,
            cacheWrite,
            features: features({ maxOutputTokens, ...needs({ choices }) }),
          })
          const found = reserved(HARD, left, asked)
          if (found.kind !== 'fits') return
          fitted += 1
          expect(found.nanoUsd).toBeLessThanOrEqual(Math.max(left, 0))
          const limit = maxOutputTokens ?? found.maxOutputTokens ?? asked.defaultMaxOutput
          const output = Math.floor((limit * choices * used) / 1_000)
          const reasoning = Math.floor((output * thought) / 1_000)
          const total = inputShares.reduce((sum, part) => sum + part, 1)
          const part = (index: number): number => Math.floor((tokens * (inputShares[index] ?? 0)) / total)
          const cost = costOfUsage(
            {
              input: part(0),
              cacheRead: part(1),
              cacheWrite5m: part(2),
              cacheWrite1h: cacheWrite === '1h' ? part(3) : 0,
              output: output - reasoning,
              reasoning,
              basis: 'reported',
            },
            priced.prices,
          )
          expect(cost.kind === 'known' ? cost.nanoUsd : Infinity).toBeLessThanOrEqual(found.nanoUsd)
          const worst = worstCostNanoUsd(asked)
          expect(worst).toBeGreaterThanOrEqual(found.nanoUsd)
        },
      ),
      { seed: 6, numRuns: 3_000 },
    )
    expect(fitted).toBeGreaterThan(1_000)
  })
})
