import type { ErrorCode } from '../wire/errors.ts'
import type { FinishReason } from '../wire/canonical.ts'
import type { TokenUsage } from '../wire/usage.ts'
import type { Decision } from './decision.ts'
import type { BudgetScope } from './routing-config.ts'

/**
 * A decision plus what happened. The only source of headers, log lines, spans, metric labels, screens and replay rows.
 * Holds no prompt and no answer text.
 */
export interface ExchangeRecord {
  readonly schema: 'gateway.record/1'
  readonly requestId: string
  /** Arrival, ms since the epoch. */
  readonly at: number
  readonly decision: Decision
  readonly session: { readonly id: string; readonly turn: number }
  readonly cache: { readonly kind: 'bypass'; readonly why: string }
  readonly attempts: readonly AttemptRecord[]
  readonly result: ExchangeResult
  readonly usage: TokenUsage | null
  readonly cost: Cost
  readonly timing: Timing
  /** Parameters left out because the chosen provider has no place for them. */
  readonly droppedParams: readonly string[]
  /** Set when the upstream was simulated, recorded, or disturbed on purpose. */
  readonly upstreamMode: 'live' | 'simulated' | 'recorded'
  /** Absent when no budget concerned the request. */
  readonly budget?: BudgetFacts
  /** State of the rate limits right after admission; absent when none concerned the request. */
  readonly rateLimits?: readonly RateLimitFacts[]
  /** Number of the client's own retry, from its headers; 0 when it sent none. */
  readonly clientRetry: number
}

export type ExchangeResult =
  | { readonly kind: 'answered'; readonly status: 200; readonly finish: FinishReason | null }
  | { readonly kind: 'refused'; readonly status: number; readonly code: ErrorCode }
  | { readonly kind: 'failed'; readonly status: number; readonly code: ErrorCode; readonly afterFirstByte: boolean }
  | { readonly kind: 'client_gone'; readonly status: 499 }

/** What the budgets had to do with an exchange, over all its attempts. */
export interface BudgetFacts {
  readonly reservedNanoUsd: number
  /** 0 while an attempt runs. */
  readonly settledNanoUsd: number
  /** Output limit that was sent upstream because the client set none and a hard budget needed one. */
  readonly imposedMaxOutputTokens?: number
  /** Targets of the plan that a budget kept out once others had failed, in order. Absent: none. */
  readonly keptOut?: readonly { readonly model: string; readonly provider: string; readonly budget: string }[]
  /** After the exchange, or as known now for a stream that runs. */
  readonly left: readonly {
    readonly budget: string
    readonly scope: BudgetScope
    /** Empty for global. */
    readonly subject: string
    readonly leftNanoUsd: number
    readonly limitNanoUsd: number
    /** ms since the epoch; null for windows that never end or roll. */
    readonly resetsAt: number | null
  }[]
}

export interface RateLimitFacts {
  readonly limit: string
  readonly scope: BudgetScope
  readonly kind: 'requests' | 'tokens' | 'concurrent'
  readonly amount: number
  readonly remaining: number
  /** Milliseconds until the whole amount is there again. */
  readonly resetMs: number
}

export interface AttemptRecord {
  readonly model: string
  readonly provider: string
  readonly upstreamModel: string
  /** HTTP status of the upstream; null when none arrived. */
  readonly status: number | null
  readonly failure: UpstreamFailureClass | null
  readonly ms: number
  readonly firstTokenMs: number | null
  readonly retryAfterMs: number | null
  /** Injected by `--chaos`. */
  readonly injected: boolean
  /** Milliseconds for which the failure keeps the target out of use; absent when it does not. */
  readonly cooldownMs?: number
  /** Position of the attempt on the same target that this one repeats. */
  readonly retryOf?: number
  /** Milliseconds waited before this attempt. */
  readonly waitedMs?: number
  /** What other credentials of the provider were refused with before this one was tried; absent when none was. */
  readonly refusedCredentials?: readonly { readonly status: number | null; readonly failure: UpstreamFailureClass }[]
  /** The attempt failed before the provider was called. */
  readonly uncalled?: true
  /** An estimate of what the provider may bill for a failed attempt; absent when it bills nothing. */
  readonly costNanoUsd?: number
}

export type UpstreamFailureClass =
  | 'connect'
  | 'timeout_first_token'
  | 'timeout_idle'
  | 'timeout_total'
  | 'rate_limited'
  | 'quota'
  | 'auth'
  | 'bad_request'
  | 'context_overflow'
  /** The provider has no place for a parameter, and `strict_params` forbids to leave it out. */
  | 'parameter_unsupported'
  | 'not_found'
  | 'overloaded'
  | 'server_error'
  | 'empty'
  | 'malformed'
  | 'cut_mid_stream'
  | 'missing'
  | 'aborted'

/** Cost in integer nano-dollars, rounded up once per request. */
export type Cost =
  | {
      readonly kind: 'known'
      readonly nanoUsd: number
      readonly usageBasis: TokenUsage['basis']
      readonly priceSource: string
      readonly priceAsOf: string
    }
  | { readonly kind: 'unknown'; readonly why: 'no_price' | 'no_usage' }
  /** A stream that has not ended. */
  | { readonly kind: 'pending' }
  /** No upstream was called. */
  | { readonly kind: 'none' }

/** Milliseconds; null for a phase that was not reached. */
export interface Timing {
  readonly parseMs: number | null
  readonly authMs: number | null
  readonly decideMs: number | null
  readonly firstTokenMs: number | null
  readonly upstreamMs: number | null
  readonly totalMs: number
  /** Time spent in the gateway itself: total minus waiting for the upstream. */
  readonly overheadMs: number
}
