import type { Estimate } from './estimate.ts'
import { normalQuantile, studentQuantile } from './special.ts'

/** One-sided error of a verdict: the 90 % interval leaves 5 % on each side. */
const ALPHA = 0.05
const POWER = 0.8

/**
 * Smallest true change that the set shows with 80 % probability: (t₀.₉₅ + t₀.₈₀) · standard error, as a positive amount
 * in the unit of the change (for ratios exp(·) − 1). Equally: the margin that "no true difference" keeps in 80 %.
 */
export function minimumDetectable(estimate: Estimate): number {
  const { standardError, df, scale } = estimate.spread
  const reach = quantileSum(df) * standardError
  return scale === 'log' ? Math.expm1(reach) : reach
}

/** Pairs needed so that the margin can be seen at the observed variance; at least 1. `margin` > 0, as a change. */
export function neededPairs(estimate: Estimate, margin: number): number {
  const { standardError, scale } = estimate.spread
  const goal = scale === 'log' ? Math.log1p(margin) : margin
  return Math.max(1, Math.ceil(estimate.n * ((quantileSum(Infinity) * standardError) / goal) ** 2))
}

/**
 * Pairs needed for non-inferiority of a pass rate when the arms are truly alike: (z₀.₉₅ + z₀.₈₀)² · ψ / m² = 6.18 ψ / m²,
 * with ψ the share of all pairs where exactly one arm passes and m the margin.
 */
export function neededPairsForShares(discordant: number, margin: number): number {
  return Math.ceil((quantileSum(Infinity) ** 2 * discordant) / (margin * margin))
}

function quantileSum(df: number): number {
  if (df === Infinity) return normalQuantile(1 - ALPHA) + normalQuantile(POWER)
  return studentQuantile(1 - ALPHA, df) + studentQuantile(POWER, df)
}
