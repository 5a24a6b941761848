import type { PriceList } from '../engine/matrix.ts'

/** USD per million tokens, blended three parts input to one part output, the usual mix of chat traffic. */
const FREE_UP_TO = 500_000
const STANDARD_UP_TO = 4_000_000

/**
 * Tier of a model whose config names none, by list price: up to 0.50 USD per million blended tokens `free`, up to 4 USD
 * `standard`, above `premium`; without a price `standard`. Only a starting point: `models.<name>.tier` settles it.
 * The result is a position from 0 (low) to 2 (high).
 */
export function priceClass(prices: PriceList | null): 0 | 1 | 2 {
  const base = prices?.steps[0]
  if (base === undefined || base.input === null) return 1
  const blended = (3 * base.input + (base.output ?? base.input)) / 4
  if (blended <= FREE_UP_TO) return 0
  return blended <= STANDARD_UP_TO ? 1 : 2
}

/** The user's tier at the position of a price class: with three tiers one to one, else scaled. */
export function tierAt(position: 0 | 1 | 2, tiers: readonly string[]): string {
  return tiers[Math.round((position * (tiers.length - 1)) / 2)] ?? 'standard'
}
