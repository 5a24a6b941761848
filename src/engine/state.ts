import type { Intent } from './intents.ts'
import type { LatencyProfile, ModelId } from './matrix.ts'
import type { Slot } from './budgets/account.ts'
import type { BudgetRule } from './routing-config.ts'

/**
 * A snapshot of everything that changes over time, as one request sees it. In a replay, what the world did (health,
 * latency, output lengths) comes from the recording; what the router's own choices cause (session, budgets) is computed
 * again along the virtual clock.
 */
export interface StateSnapshot {
  /** Keyed by `targetKey()`; a missing entry means healthy. */
  readonly health: Readonly<Record<string, TargetHealth>>
  readonly budgets: readonly BudgetLeft[]
  readonly session: SessionState | null
  /** Measured on the live rolling window; wins over the matrix row. */
  readonly latency: Readonly<Partial<Record<ModelId, LatencyProfile>>>
  /** Keyed by `<intent>|<model>`. */
  readonly outputTokens: Readonly<Record<string, OutputHistory>>
}

export const EMPTY_STATE: StateSnapshot = { health: {}, budgets: [], session: null, latency: {}, outputTokens: {} }

export function targetKey(provider: string, upstreamModel: string): string {
  return `${provider}/${upstreamModel}`
}

export interface TargetHealth {
  readonly state: 'down' | 'open' | 'half_open' | 'rate_limited'
  /** When the target may be tried again, in ms since the epoch; null when unknown. */
  readonly retryAt: number | null
  readonly reason: string
}

export interface BudgetLeft {
  readonly rule: BudgetRule
  /** The user, project, key or group it is about; empty for global. */
  readonly subject: string
  readonly leftNanoUsd: number
  readonly resetsAt: number | null
  /** Of a rolling window that holds something: when each part of it leaves is known by its slot. */
  readonly slots?: readonly Slot[]
}

/** An account as whoever answers for a budget sees it. */
export interface BudgetStanding extends BudgetLeft {
  readonly spentNanoUsd: number
  readonly reservedNanoUsd: number
  /** The furthest that spend has been over the limit since the account was opened. */
  readonly overshootNanoUsd: number
  /**
   * The furthest that it can have been, had every attempt under way cost the most that it allowed: 0 for a hard budget.
   * Null where nothing bounds a cost, and for budgets that only warn.
   */
  readonly overshootBoundNanoUsd: number | null
}

export interface SessionState {
  readonly id: string
  readonly turn: number
  readonly model: ModelId | null
  readonly intent: Intent | null
  /** Prompt tokens that the provider of `model` probably holds in its prefix cache. */
  readonly cachedTokens: number
  readonly lastAt: number
}

export interface OutputHistory {
  readonly mean: number
  readonly p99: number
  readonly n: number
}
