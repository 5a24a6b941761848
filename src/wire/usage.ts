/** Where token counts come from: the provider's own bill, an exact count of ours, or an estimate. */
export type UsageBasis = 'reported' | 'counted' | 'estimated'

/** Token counts in disjoint buckets: no token is in two of them, so cost is one sum of products. */
export interface TokenUsage {
  /** Prompt tokens that were neither read from nor written to the provider's prompt cache. */
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  /** Visible answer tokens, without reasoning. */
  readonly output: number
  readonly reasoning: number
  readonly basis: UsageBasis
  /** What the provider itself says it charged, in nano-dollars rounded up; it wins over any price list. */
  readonly reportedNanoUsd?: number
}

export function totalInput(usage: TokenUsage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
}

export function totalOutput(usage: TokenUsage): number {
  return usage.output + usage.reasoning
}
