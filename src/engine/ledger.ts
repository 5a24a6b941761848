import type { UpstreamFailureClass } from './record.ts'
import type { BudgetScope } from './routing-config.ts'
import type { TokenUsage, UsageBasis } from '../wire/usage.ts'

/** Who spent, as every ledger row says it. Identities outlive secrets, so a rotated key goes on in the same rows. */
export interface Spender {
  readonly keyId: string
  readonly alias: string
  readonly groups: readonly string[]
  readonly user: string | null
  readonly project: string | null
  readonly tags: readonly string[]
}

/** One attempt on an upstream, when it was admitted. Holds no prompt and no answer text. */
export interface LedgerOpening extends Spender {
  /** `<request id>.<attempt>`; unique. */
  readonly id: string
  readonly requestId: string
  readonly attempt: number
  /** Admission, ms since the epoch. The attempt counts in the windows that hold this moment, whenever it ends. */
  readonly at: number
  readonly endpoint: string
  readonly model: string
  readonly tier: string
  readonly provider: string
  readonly upstreamModel: string
  readonly intent: string
  readonly configHash: string
  /** The most that any budget holds for it; 0 without budgets. */
  readonly reservedNanoUsd: number
}

/** What an attempt came to. */
export interface LedgerClosing {
  readonly endedAt: number
  /** `orphaned`: the proxy died under it; `refused`: it passed admission, and no provider was called. */
  readonly outcome: 'answered' | 'failed' | 'client_gone' | 'refused' | 'orphaned'
  readonly failure: UpstreamFailureClass | null
  readonly status: number | null
  readonly usage: TokenUsage | null
  /** Integer nano-dollars charged to every budget that concerns the row. */
  readonly costNanoUsd: number
  /**
   * `reserved`: the cost is not known, and what a budget reserved is charged; `unknown`: it is not known and no budget
   * asked, so 0 stands for a gap, never for a price; `none`: nothing was billed.
   */
  readonly costBasis: UsageBasis | 'reserved' | 'unknown' | 'none'
  /** Source and date of the price; null when none was used. */
  readonly priceSource: string | null
  readonly priceAsOf: string | null
  readonly cache: string
}

export interface LedgerRow extends LedgerOpening, LedgerClosing {}

/** Asks what one subject spent in `[from, to)`, by the model and the tier it had then. */
export interface SpentQuery {
  readonly scope: BudgetScope
  /** Empty for global. */
  readonly subject: string
  readonly from: number
  readonly to: number
}

export interface SpentPart {
  /** Start of the quarter of an hour, or the exact moment at the edges of the range. */
  readonly at: number
  readonly model: string
  readonly tier: string
  readonly nanoUsd: number
}
