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
