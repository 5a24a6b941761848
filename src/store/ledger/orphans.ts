import type { LedgerOpening, LedgerRow } from '../../engine/ledger.ts'
import type { Connection } from '../open.ts'
import { createLedgerWriter } from './writer.ts'

export interface Orphans {
  readonly count: number
  /** What they are charged. */
  readonly nanoUsd: number
}

/** Attempts that are under way, or were when their proxy died. */
export function openAttempts(connection: Connection): LedgerOpening[] {
  const openings = connection.prepare<[], string>('SELECT opening FROM attempt_open ORDER BY id').pluck().all()
  return openings.map((text): LedgerOpening => JSON.parse(text))
}

/**
 * Closes what an earlier run left open: it is charged what was reserved, as nobody knows what it came to. To be called once,
 * by the holder of the store's lock, before anything else is written.
 */
export function recoverOrphans(connection: Connection, now: number): Orphans {
  const closings = openAttempts(connection).map((opening) => orphan(opening, now))
  if (closings.length > 0) {
    createLedgerWriter(connection)({ openings: [], ended: closings.map(({ id }) => id), closings })
  }
  return { count: closings.length, nanoUsd: closings.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0) }
}

function orphan(opening: LedgerOpening, now: number): LedgerRow {
  return {
    ...opening,
    endedAt: Math.max(now, opening.at),
    outcome: 'orphaned',
    failure: null,
    status: null,
    usage: null,
    costNanoUsd: opening.reservedNanoUsd,
    costBasis: opening.reservedNanoUsd > 0 ? 'reserved' : 'unknown',
    priceSource: null,
    priceAsOf: null,
    cache: '',
  }
}
