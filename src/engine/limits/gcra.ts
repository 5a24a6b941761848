import type { Rate } from '../routing-config.ts'

/**
 * Generic cell rate algorithm: a limiter is one number, the moment at which the whole burst is there again. It is kept in
 * ticks, integers so fine that a unit lasts a whole number of them; so nothing is lost by rounding, however many units
 * are taken one by one.
 */
interface Ticks {
  readonly perMs: number
  readonly perUnit: number
  /** Of the whole burst. */
  readonly capacity: number
}

/** Moments until the year 2100 stay below 2^53 ticks. */
const MOST_PER_MS = 2_000
const COARSE = 1_000

/** A limiter of which nothing was taken yet. */
export const GCRA_FULL = 0

export type Taken =
  | {
      readonly kind: 'taken'
      readonly state: number
      readonly remaining: number
      /** Milliseconds until the whole burst is there again. */
      readonly resetMs: number
    }
  | { readonly kind: 'wait'; readonly retryAfterMs: number; readonly remaining: number; readonly resetMs: number }
  /** More than the limit ever holds at once: waiting does not help. */
  | { readonly kind: 'too_large'; readonly most: number; readonly remaining: number; readonly resetMs: number }

// A memo, not state: the same rate always gives the same ticks.
const memo = new WeakMap<Rate, Ticks>()

function ticksOf(rate: Rate): Ticks {
  const known = memo.get(rate)
  if (known !== undefined) return known
  const ticks = countTicks(rate)
  memo.set(rate, ticks)
  return ticks
}

function countTicks({ amount, perMs }: Rate): Ticks {
  const shared = divisor(amount, perMs)
  const ticksPerMs = Math.max(1, amount / shared)
  if (ticksPerMs <= MOST_PER_MS) {
    const perUnit = perMs / shared
    return { perMs: ticksPerMs, perUnit, capacity: amount * perUnit }
  }
  // Too odd an amount for exact ticks. Either the refill is rounded down by at most 0.1 %, and the burst stays whole; or,
  // where a unit lasts only a few ticks, every taking is rounded up by less than one tick.
  const perUnit = (perMs * MOST_PER_MS) / amount
  return perUnit < COARSE
    ? { perMs: MOST_PER_MS, perUnit, capacity: perMs * MOST_PER_MS }
    : { perMs: MOST_PER_MS, perUnit: Math.ceil(perUnit), capacity: amount * Math.ceil(perUnit) }
}

function divisor(a: number, b: number): number {
  let [high, low] = [a, b]
  while (low > 0) [high, low] = [low, high % low]
  return Math.max(1, high)
}

/** Takes `n` units at once, or says how long to wait for them. */
export function gcraTake(state: number, rate: Rate, { n, now }: { readonly n: number; readonly now: number }): Taken {
  const ticks = ticksOf(rate)
  const present = now * ticks.perMs
  // Rounding must not make the whole burst too large for itself.
  const wanted = Math.min(ticks.capacity, Math.ceil(n * ticks.perUnit))
  const used = Math.max(0, state - present)
  const { remaining, resetMs } = standing(used, ticks)
  if (n > rate.amount) return { kind: 'too_large', most: rate.amount, remaining, resetMs }
  if (used + wanted > ticks.capacity && n > 0) {
    const retryAfterMs = Math.ceil((used + wanted - ticks.capacity) / ticks.perMs)
    return { kind: 'wait', retryAfterMs, remaining, resetMs }
  }
  return { kind: 'taken', state: present + used + wanted, ...standing(used + wanted, ticks) }
}

/** How a limiter stands, without taking anything. */
export function gcraLook(
  state: number,
  rate: Rate,
  now: number,
): { readonly remaining: number; readonly resetMs: number } {
  const ticks = ticksOf(rate)
  return standing(Math.max(0, state - now * ticks.perMs), ticks)
}

/**
 * Corrects what was taken to what was used: gives the difference back, or takes it too. That may leave less than nothing;
 * then later takers wait longer, and nobody is refused for good.
 */
export function gcraSettle(
  state: number,
  rate: Rate,
  { taken, used, now }: { readonly taken: number; readonly used: number; readonly now: number },
): number {
  const ticks = ticksOf(rate)
  const present = now * ticks.perMs
  const from = used > taken ? Math.max(state, present) : state
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, from + Math.ceil((used - taken) * ticks.perUnit)))
}

/** The state under another rate: the burst is whole again at the same moment. */
export function gcraUnder(state: number, from: Rate, to: Rate): number {
  return Math.ceil((state / ticksOf(from).perMs) * ticksOf(to).perMs)
}

/** The state after the clock was set back: what was taken is forgotten no sooner and no later than it would have been. */
export function gcraSetBack(state: number, rate: Rate, byMs: number): number {
  return Math.max(0, state - byMs * ticksOf(rate).perMs)
}

function standing(used: number, ticks: Ticks): { remaining: number; resetMs: number } {
  return {
    remaining: Math.max(0, Math.floor((ticks.capacity - used) / ticks.perUnit)),
    resetMs: Math.ceil(used / ticks.perMs),
  }
}
