import type { PlannedAttempt } from '../../engine/decision.ts'
import type { LedgerClosing, LedgerOpening, LedgerRow, SpentPart, SpentQuery } from '../../engine/ledger.ts'
import type { Cost, RateLimitFacts, UpstreamFailureClass } from '../../engine/record.ts'
import type { BudgetLeft } from '../../engine/state.ts'
import type { GatewayError } from '../../wire/errors.ts'
import type { TokenUsage } from '../../wire/usage.ts'
import type { Decided, Generation, Incoming } from '../ports.ts'

export interface AdmissionRequest {
  readonly incoming: Incoming
  readonly decided: Decided
  readonly generation: Generation
  readonly target: PlannedAttempt
  /** From 0, over all targets. */
  readonly attempt: number
  readonly at: number
}

/** How an admitted attempt ended. */
export interface Settlement {
  readonly outcome: LedgerClosing['outcome']
  readonly failure: UpstreamFailureClass | null
  readonly status: number | null
  readonly usage: TokenUsage | null
  /** `none`: nothing was billed. `unknown`: what was reserved is charged. */
  readonly cost: Cost
  readonly at: number
}

export interface Admitted {
  readonly kind: 'admitted'
  /** The most that a budget holds for the attempt; 0 without budgets. */
  readonly reservedNanoUsd: number
  /** Output limit to send upstream because the client set none and a hard budget needs one; null for none. */
  readonly maxOutputTokens: number | null
  /** Once; what comes later changes nothing. Gives the nano-dollars charged. */
  settle(settlement: Settlement): number
}

export interface AdmissionRefused {
  readonly kind: 'refused'
  readonly error: GatewayError
  /** `budget`: another target of the plan may still fit; `final`: nothing will. */
  readonly why: 'budget' | 'final'
}

export type Admission = Admitted | AdmissionRefused

export interface EntryRequest {
  readonly incoming: Incoming
  readonly decided: Decided
  readonly generation: Generation
  readonly at: number
}

/** One exchange under the rate limits. */
export type Entry =
  | {
      readonly kind: 'entered'
      readonly limits: readonly RateLimitFacts[]
      /** Exactly once, when the exchange is over: frees its place and corrects the tokens. Null usage: none was used. */
      leave(usage: TokenUsage | null, at: number): void
    }
  | { readonly kind: 'refused'; readonly error: GatewayError; readonly limits: readonly RateLimitFacts[] }

/**
 * Every exchange of every endpoint enters here, and every attempt is admitted here before an upstream is called; what was
 * admitted is always settled. All calls are synchronous: a reservation is one uninterrupted step.
 */
export interface AdmissionPort {
  /** Rate limits; once for an exchange, after its decision. Absent: none. */
  enter?(request: EntryRequest): Entry
  admit(request: AdmissionRequest): Admission
  /** What is left in the budgets that concern the caller. Absent: none concern anybody. */
  budgets?(incoming: Incoming, generation: Generation, now: number): readonly BudgetLeft[]
  /** Resolves once all that was settled before is committed; at once where nothing is kept. */
  durable?(): Promise<void>
}

/** Where attempts are written down. Writing never blocks and never throws; trouble is told to whoever opened it. */
export interface LedgerPort {
  /** False while so much waits to be written that more would be in danger of being lost. Absent: always true. */
  accepts?(): boolean
  /** An attempt was admitted. Written with the next group, so that an attempt cut short by a crash is not forgotten. */
  opened(opening: LedgerOpening): void
  closed(row: LedgerRow): void
  /** Resolves once everything told so far is committed, or the store has failed to take it. */
  durable(): Promise<void>
  /**
   * What was charged, committed or still waiting to be written. Reads synchronously; asked once for an account. Throws
   * `store_failed` when it can not be read: not to know must not pass for nothing spent.
   */
  spent(query: SpentQuery): readonly SpentPart[]
  /**
   * False while the store fails and no more may wait in memory: what is admitted then may never be charged, so nothing
   * should be. Absent: always true.
   */
  accepts?(): boolean
}
