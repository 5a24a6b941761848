import type { LedgerOpening, LedgerRow } from '../../engine/ledger.ts'
import type { Connection } from '../open.ts'
import { createAttemptTable } from './attempt-row.ts'

/** What is written in one transaction. */
export interface LedgerGroup {
  readonly openings: readonly LedgerOpening[]
  /** Ids of attempts that were written as open and are now closed. */
  readonly ended: readonly string[]
  readonly closings: readonly LedgerRow[]
}

/** Writes whole groups or nothing of them; throws what SQLite throws. */
export function createLedgerWriter(connection: Connection): (group: LedgerGroup) => void {
  const attempts = createAttemptTable(connection)
  const open = connection.prepare('INSERT OR REPLACE INTO attempt_open (id, opening) VALUES (?, ?)')
  const end = connection.prepare('DELETE FROM attempt_open WHERE id = ?')
  const write = connection.transaction(({ openings, ended, closings }: LedgerGroup) => {
    for (const opening of openings) open.run(opening.id, JSON.stringify(opening))
    for (const id of ended) end.run(id)
    for (const row of closings) attempts.insert(row)
  })
  return (group) => {
    try {
      write.immediate(group)
    } catch (error) {
      attempts.rolledBack()
      throw error
    }
  }
}

export interface Orphans {
  readonly count: number
  /** What they are charged. */
  readonly nanoUsd: number
}

/**
 * Closes what an earlier run left open: it is charged what was reserved, as nobody knows what it came to. To be called once,
 * by the holder of the store's lock, before anything else is written.
 */
export function recoverOrphans(connection: Connection, now: number): Orphans {
  const openings = connection.prepare<[], string>('SELECT opening FROM attempt_open').pluck().all()
  const closings = openings.map((text) => orphan(JSON.parse(text), now))
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
