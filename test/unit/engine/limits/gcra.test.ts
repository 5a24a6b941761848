import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeFree, placeTake } from '../../../../src/engine/limits/concurrency.ts'
import { GCRA_FULL, gcraLook, gcraSettle, gcraTake, gcraUnder } from '../../../../src/engine/limits/gcra.ts'
import type { Rate } from '../../../../src/engine/routing-config.ts'

const NOW = Date.parse('2026-06-10T12:00Z')
const MINUTE = 60_000
const SIX: Rate = { amount: 6, perMs: MINUTE }

function takeAll(rate: Rate, n: number, now = NOW, state = GCRA_FULL): { count: number; state: number } {
  for (let count = 0; ; count += 1) {
    const taken = gcraTake(state, rate, { n, now })
    if (taken.kind !== 'taken') return { count, state }
    ;({ state } = taken)
  }
}

describe('a rate limit', () => {
  it('lets the whole amount through at once, then one by one as time passes', () => {
    const first = gcraTake(GCRA_FULL, SIX, { n: 1, now: NOW })
    expect(first).toMatchObject({ kind: 'taken', remaining: 5, resetMs: 10_000 })
    const { count, state } = takeAll(SIX, 1)
    expect(count).toBe(6)
    expect(gcraTake(state, SIX, { n: 1, now: NOW })).toEqual({
      kind: 'wait',
      retryAfterMs: 10_000,
      remaining: 0,
      resetMs: MINUTE,
    })
    expect(gcraTake(state, SIX, { n: 1, now: NOW + 9_999 })).toMatchObject({ kind: 'wait', retryAfterMs: 1 })
    expect(gcraTake(state, SIX, { n: 1, now: NOW + 10_000 }).kind).toBe('taken')
    expect(gcraTake(state, SIX, { n: 3, now: NOW + 10_000 })).toMatchObject({ kind: 'wait', retryAfterMs: 20_000 })
    expect(gcraLook(state, SIX, NOW + 30_000)).toEqual({ remaining: 3, resetMs: 30_000 })
    expect(gcraLook(state, SIX, NOW + 9 * MINUTE)).toEqual({ remaining: 6, resetMs: 0 })
  })

  it.each([
    [1, 86_400_000],
    [7, MINUTE],
    [60, MINUTE],
    [7_919, MINUTE],
    [10_000, 1_000],
  ])('of %d per %d ms holds exactly its amount, taken one by one', (amount, perMs) => {
    expect(takeAll({ amount, perMs }, 1).count).toBe(amount)
  })

  it.each([
    [200_000, 1_000],
    [1_234_567, 1_000],
    [1_000_000_007, 100_000],
  ])('of %d per minute holds its amount in portions of %d', (amount, n) => {
    expect(takeAll({ amount, perMs: MINUTE }, n).count).toBe(Math.floor(amount / n))
  })

  it('says that more than the amount never fits', () => {
    expect(gcraTake(GCRA_FULL, SIX, { n: 7, now: NOW })).toMatchObject({ kind: 'too_large', most: 6, remaining: 6 })
    expect(gcraTake(GCRA_FULL, { amount: 0, perMs: MINUTE }, { n: 1, now: NOW })).toMatchObject({
      kind: 'too_large',
      most: 0,
    })
    expect(gcraTake(GCRA_FULL, SIX, { n: 0, now: NOW }).kind).toBe('taken')
  })

  it('gives back what was not used, never more than the amount', () => {
    const { state } = takeAll(SIX, 6)
    const back = gcraSettle(state, SIX, { taken: 6, used: 2, now: NOW })
    expect(gcraLook(back, SIX, NOW).remaining).toBe(4)
    const late = gcraSettle(state, SIX, { taken: 6, used: 0, now: NOW + 5 * MINUTE })
    expect(takeAll(SIX, 1, NOW + 5 * MINUTE, late).count).toBe(6)
  })

  it('goes into debt for what was used beyond, which then takes longer to refill, and refuses nobody for good', () => {
    const { state } = takeAll(SIX, 6)
    const debt = gcraSettle(state, SIX, { taken: 6, used: 18, now: NOW })
    expect(gcraLook(debt, SIX, NOW)).toEqual({ remaining: 0, resetMs: 3 * MINUTE })
    expect(gcraTake(debt, SIX, { n: 1, now: NOW })).toMatchObject({ kind: 'wait', retryAfterMs: 2 * MINUTE + 10_000 })
    expect(gcraTake(debt, SIX, { n: 6, now: NOW + 3 * MINUTE }).kind).toBe('taken')
    // After an idle time the debt begins now, not in the past.
    const idle = gcraSettle(state, SIX, { taken: 0, used: 6, now: NOW + 9 * MINUTE })
    expect(gcraLook(idle, SIX, NOW + 9 * MINUTE).remaining).toBe(0)
  })

  it('keeps the time of its refill when the rate changes', () => {
    const { state } = takeAll(SIX, 1)
    const dozen = { amount: 12, perMs: MINUTE }
    expect(gcraLook(gcraUnder(state, SIX, dozen), dozen, NOW + 30_000)).toEqual({ remaining: 6, resetMs: 30_000 })
    expect(gcraUnder(GCRA_FULL, SIX, dozen)).toBe(GCRA_FULL)
  })

  const rate: fc.Arbitrary<Rate> = fc.record({
    amount: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 2_000_000 })),
    perMs: fc.constantFrom(1_000, MINUTE, 60 * MINUTE, 24 * 60 * MINUTE),
  })

  it('never admits more than the amount and what time refills, over any span', () => {
    let admitted = 0
    fc.assert(
      fc.property(
        rate,
        fc.array(fc.record({ pause: fc.nat(1_000), part: fc.integer({ min: 1, max: 120 }) }), {
          maxLength: 60,
          size: 'max',
        }),
        (limit, steps) => {
          let [now, state] = [NOW, GCRA_FULL]
          const taken: { at: number; n: number }[] = []
          for (const { pause, part } of steps) {
            now += Math.floor((pause / 1_000) * (limit.perMs / 10))
            const n = Math.max(1, Math.floor((limit.amount * part) / 100))
            const result = gcraTake(state, limit, { n, now })
            // The wait that it asks for is enough, and one millisecond less is not.
            const wait = result.kind === 'wait' ? result.retryAfterMs : 0
            expect(gcraTake(state, limit, { n, now: now + wait }).kind).toBe(n > limit.amount ? 'too_large' : 'taken')
            expect(wait === 0 || gcraTake(state, limit, { n, now: now + wait - 1 }).kind === 'wait').toBe(true)
            if (result.kind !== 'taken') continue
            ;({ state } = result)
            taken.push({ at: now, n })
          }
          admitted += taken.length
          for (let first = 0; first < taken.length; first += 1) {
            let sum = 0
            for (const { at, n } of taken.slice(first)) {
              sum += n
              const span = at - (taken[first]?.at ?? 0)
              expect(sum).toBeLessThanOrEqual(limit.amount * (1 + span / limit.perMs) + 1e-6)
            }
          }
        },
      ),
      { seed: 8, numRuns: 400 },
    )
    expect(admitted).toBeGreaterThan(2_000)
  })

  it('bounds what was used by the amount and what time refills, with corrections in any order', () => {
    fc.assert(
      fc.property(
        rate,
        fc.array(
          fc.record({
            wait: fc.nat(1_000),
            part: fc.integer({ min: 1, max: 100 }),
            used: fc.integer({ min: 0, max: 100 }),
            which: fc.nat(),
          }),
          { maxLength: 40, size: 'max' },
        ),
        (limit, steps) => {
          let [now, state, sum] = [NOW, GCRA_FULL, 0]
          const open: { n: number; used: number }[] = []
          for (const { wait, part, used, which } of steps) {
            now += Math.floor((wait / 1_000) * (limit.perMs / 10))
            const n = Math.max(1, Math.floor((limit.amount * part) / 100))
            const result = gcraTake(state, limit, { n, now })
            if (result.kind === 'taken') {
              ;({ state } = result)
              open.push({ n, used: Math.floor((n * used) / 100) })
            }
            const [done] = which % 2 === 0 ? open.splice(which % Math.max(1, open.length), 1) : []
            if (done !== undefined) {
              state = gcraSettle(state, limit, { taken: done.n, used: done.used, now })
              sum += done.used
            }
            const flying = open.reduce((total, one) => total + one.n, 0)
            expect(sum + flying).toBeLessThanOrEqual(limit.amount * (1 + (now - NOW) / limit.perMs) + 1e-6)
          }
        },
      ),
      { seed: 9, numRuns: 400 },
    )
  })
})

describe('a limit on concurrency', () => {
  it('gives out its places and takes them back', () => {
    expect(placeTake(0, 2)).toEqual({ state: 1, remaining: 1 })
    expect(placeTake(1, 2)).toEqual({ state: 2, remaining: 0 })
    expect(placeTake(2, 2)).toBeNull()
    expect(placeTake(placeFree(2), 2)).toEqual({ state: 2, remaining: 0 })
    // After a reload that lowered the limit more may be in use than it allows.
    expect(placeTake(5, 2)).toBeNull()
    expect(placeFree(0)).toBe(0)
  })
})
