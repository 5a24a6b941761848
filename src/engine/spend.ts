/** What spend can be split by. A call with several groups or tags counts for each of them. */
export const SPEND_DIMENSIONS = [
  'day',
  'month',
  'user',
  'project',
  'key',
  'alias',
  'group',
  'model',
  'tier',
  'provider',
  'intent',
  'endpoint',
  'tag',
] as const

export type SpendDimension = (typeof SPEND_DIMENSIONS)[number]

/** Which calls are meant: all named members must hold. */
export interface SpendFilter {
  /** Id or alias of a key. */
  readonly key?: string
  readonly user?: string
  readonly project?: string
  readonly group?: string
  readonly model?: string
  readonly tier?: string
  readonly provider?: string
  readonly intent?: string
  readonly tag?: string
}

export interface SpendQuery {
  readonly by: readonly SpendDimension[]
  /** `[since, until)` in ms since the epoch; null: from the beginning, or up to now. Days are those of UTC. */
  readonly since: number | null
  readonly until: number | null
  readonly filter: SpendFilter
}

/** Sums over attempts. */
export interface SpendTotals {
  readonly calls: number
  readonly failed: number
  /** Admitted, but no provider was called. */
  readonly refused: number
  /** Cut short by the end of the proxy, and charged at what was reserved. */
  readonly orphaned: number
  /** Calls whose cost nobody knows; they are in no sum of money. */
  readonly unknown: number
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
  readonly costNanoUsd: number
  /** The part of the cost whose tokens were estimated. */
  readonly estimatedNanoUsd: number
  /** The part of the cost that is only what was reserved. */
  readonly reservedNanoUsd: number
}

export interface SpendLine {
  /** One text for each member of `by`, in its order; empty for none. Days as `2026-08-01`, months as `2026-08`. */
  readonly values: readonly string[]
  readonly totals: SpendTotals
}

export interface SpendReport {
  readonly by: readonly SpendDimension[]
  /** Days and months in order of time, then the most expensive first. */
  readonly lines: readonly SpendLine[]
  /** Each call once, also when it is in several lines. */
  readonly total: SpendTotals
  /** The range that was summed; wider than asked where single rows were dropped and only whole days are left. */
  readonly since: number | null
  readonly until: number | null
  readonly widened: boolean
  /** Set when lines by tag begin later than asked, since tags go with the rows. */
  readonly tagsSince: number | null
  /** Attempts that have not ended, and what is reserved for them; in no sum. */
  readonly open: { readonly attempts: number; readonly reservedNanoUsd: number }
}
