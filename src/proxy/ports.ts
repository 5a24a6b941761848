import type { Rights } from '../engine/decision.ts'
import type { SpendQuery, SpendReport } from '../engine/spend.ts'
import type { BudgetStanding } from '../engine/state.ts'
import type { ErrorCode } from '../wire/errors.ts'

/** Who a key or token stands for, and what it may do. */
export interface Principal {
  /** `admin` opens `/gateway/…`; it exempts from nothing. */
  readonly kind: 'user' | 'admin'
  /** A request may say for which user and project it is where the rights fix none. */
  readonly rights: Rights
  /** Endpoints by their names in the route table; null for all. */
  readonly endpoints: readonly string[] | null
  /** Hint headers, without `x-gateway-`, that may be sent; null for all. */
  readonly hints: readonly string[] | null
  /** May ask for the decision record. */
  readonly mayExplain: boolean
  /** Names that a request may go by; the first, which is also in the rights, when it names none. */
  readonly aliases: readonly string[]
  /** Nobody was recognised, and the config lets everybody in. */
  readonly anonymous?: true
}

/** Why nobody was recognised. For the audit log alone: a client must not learn whether a key exists. */
export interface Denied {
  readonly kind: 'denied'
  readonly reason: DenialReason
  /** The key that it would have been; null when it is none of ours. */
  readonly keyId: string | null
}

export type DenialReason =
  'missing' | 'malformed' | 'unknown' | 'revoked' | 'expired' | 'grace_over' | 'group_missing' | 'token_invalid'

/** Null: refused, and nothing is known of why. */
export type Authenticated = Principal | Denied | null

export interface AuthPort {
  authenticate(secret: string | null, now: number): Authenticated | Promise<Authenticated>
  /**
   * Whether what was granted still holds. Asked again after every wait between the check and the work: for the answer
   * itself, and for the body of the request. Absent: it always does.
   */
  stillHolds?(principal: Principal, now: number): boolean
}

export interface ModelEntry {
  readonly id: string
  /** Provider or, for names that stand for several models, `gateway`. */
  readonly ownedBy: string
  /** Seconds since the epoch; 0 when unknown. */
  readonly created: number
  /** Absent for names that stand for several models. */
  readonly kind?: 'chat' | 'embedding'
  /** Tokens that a prompt may have; absent when unknown. */
  readonly inputTokens?: number
  readonly outputTokens?: number
}

export interface CatalogPort {
  /** What this caller may name in `model`, in a stable order. */
  models(rights: Rights): readonly ModelEntry[]
}

export interface ReadinessPort {
  /** Empty when ready, else the names of what is missing. */
  missing(): readonly string[]
}

/** What administrators may read. Everything is ready for JSON, and no digest or secret is in it. */
export interface AdminPort {
  keys(now: number): readonly unknown[]
  /** By id or alias; null when there is none. */
  key(name: string, now: number): unknown
  groups(): readonly unknown[]
  /** The newest entry of the audit log; null when it is empty. */
  auditHead(): unknown
  /** Sums of the ledger. Absent: none is kept. */
  spend?(query: SpendQuery): SpendReport
  /** Budget accounts that are open now. Absent: none are kept. */
  budgets?(now: number): readonly BudgetStanding[]
}

/** A request that was refused before it reached the pipeline, so that no record exists. Never holds what the client sent. */
export interface Refusal {
  readonly requestId: string
  readonly at: number
  readonly endpoint: string
  readonly status: number
  readonly code: ErrorCode
  readonly ms: number
  /** The key it came with. Absent: nobody was recognised. */
  readonly keyId?: string
  /** Why nobody was recognised. */
  readonly reason?: DenialReason
}
