import type { TokenUsage } from '../wire/usage.ts'
import { totalInput } from '../wire/usage.ts'
import type { PriceList, PriceStep } from './matrix.ts'
import type { Cost } from './record.ts'

const PICO_PER_NANO = 1000

/** The price step of a request of this size: the last one whose threshold the input exceeds. Undefined without steps. */
export function priceStepFor(prices: PriceList, inputTokens: number): PriceStep | undefined {
  let chosen: PriceStep | undefined
  for (const step of prices.steps) {
    if (step.aboveInputTokens > 0 && inputTokens <= step.aboveInputTokens) break
    chosen = step
  }
  return chosen
}

/** What a request cost: integer nano-dollars, rounded up once. Unknown usage or an unstated price is never 0. */
export function costOfUsage(usage: TokenUsage | null, prices: PriceList | null): Cost {
  if (usage === null) return { kind: 'unknown', why: 'no_usage' }
  const { reportedNanoUsd, basis: usageBasis } = usage
  if (reportedNanoUsd !== undefined)
    return { kind: 'known', nanoUsd: reportedNanoUsd, usageBasis, priceSource: 'provider', priceAsOf: 'its answer' }
  const step = prices === null ? undefined : priceStepFor(prices, totalInput(usage))
  if (prices === null || step === undefined) return { kind: 'unknown', why: 'no_price' }
  const nanoUsd = nanoCost(step, usage)
  if (nanoUsd === null) return { kind: 'unknown', why: 'no_price' }
  return { kind: 'known', nanoUsd, usageBasis: usage.basis, priceSource: prices.source, priceAsOf: prices.asOf }
}

/**
 * Nano-dollars of the buckets at one price step, rounded up; null when a bucket holds tokens and has no price. Where the
 * source states no price for a special bucket, an upper bound stands in: cache reads cost the input price, five-minute
 * writes 5/4 and one-hour writes twice the input price (the highest surcharges in use), reasoning the output price.
 */
export function nanoCost(step: PriceStep, usage: TokenUsage): number | null {
  const { input, output } = step
  const reasoning = step.reasoning ?? output
  const cacheRead = step.cacheRead ?? input
  const write5m = step.cacheWrite5m ?? (input === null ? null : Math.ceil((input * 5) / 4))
  const write1h = step.cacheWrite1h ?? (input === null ? null : input * 2)
  if (usage.input > 0 && input === null) return null
  if (usage.output > 0 && output === null) return null
  if (usage.reasoning > 0 && reasoning === null) return null
  if (usage.cacheRead > 0 && cacheRead === null) return null
  if (usage.cacheWrite5m > 0 && write5m === null) return null
  if (usage.cacheWrite1h > 0 && write1h === null) return null
  const pico =
    usage.input * (input ?? 0) +
    usage.output * (output ?? 0) +
    usage.reasoning * (reasoning ?? 0) +
    usage.cacheRead * (cacheRead ?? 0) +
    usage.cacheWrite5m * (write5m ?? 0) +
    usage.cacheWrite1h * (write1h ?? 0)
  // All terms are non-negative, so a safe sum means that every product was exact.
  if (pico <= Number.MAX_SAFE_INTEGER) return Math.ceil(pico / PICO_PER_NANO)
  return exactNano([
    [usage.input, input],
    [usage.output, output],
    [usage.reasoning, reasoning],
    [usage.cacheRead, cacheRead],
    [usage.cacheWrite5m, write5m],
    [usage.cacheWrite1h, write1h],
  ])
}

function exactNano(terms: readonly (readonly [tokens: number, price: number | null])[]): number {
  let pico = 0n
  for (const [tokens, price] of terms) {
    if (tokens > 0 && price !== null) pico += whole(tokens) * whole(price)
  }
  const nano = (pico + 999n) / 1000n
  const rounded = Number(nano)
  // Above 2^53 nano-dollars (9 million USD) a double can fall below the exact sum; the ledger must not.
  return BigInt(rounded) < nano ? rounded * (1 + Number.EPSILON) : rounded
}

function whole(value: number): bigint {
  return BigInt(Number.isFinite(value) ? Math.ceil(value) : Number.MAX_SAFE_INTEGER)
}
