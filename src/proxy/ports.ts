import type { Rights } from '../engine/decision.ts'
import type { ErrorCode } from '../wire/errors.ts'

/** Who a key stands for. */
export interface Principal {
  readonly rights: Rights
  /** The key may say for which user and project it acts; other keys have both fixed. */
  readonly mayNameUser: boolean
}

export interface AuthPort {
  /** Null for every failure alike: no key, a malformed one, an unknown one. */
  authenticate(secret: string | null): Principal | null
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

/** A request that was refused before it reached the pipeline, so that no record exists. Never holds what the client sent. */
export interface Refusal {
  readonly requestId: string
  readonly at: number
  readonly endpoint: string
  readonly status: number
  readonly code: ErrorCode
  readonly ms: number
}
