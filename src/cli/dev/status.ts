import type { Totals } from './totals.ts'

/** What the header of a view shows; asked for whenever it draws. */
export interface DevStatus {
  readonly url: string
  readonly config: {
    /** Null: the bundled defaults. */
    readonly file: string | null
    readonly hash: string
    /** Why the newest version of the file is not in force; null when it is. */
    readonly rejected: string | null
  }
  readonly upstream: 'live' | 'recorded' | 'simulated'
  readonly keyRequired: boolean
  readonly recording: RecordingStatus | null
  readonly maxSpendNanoUsd: number | null
  /** The budget that is closest to its end; null without budgets. */
  readonly budget: {
    readonly name: string
    readonly subject: string
    readonly usedNanoUsd: number
    readonly limitNanoUsd: number
  } | null
  readonly inFlight: number
  readonly totals: Totals
}

export interface RecordingStatus {
  readonly mode: 'new' | 'all'
  readonly file: string
  readonly written: number
  /** Left out because something secret would have stayed in the line. */
  readonly dropped: number
}
