import { statSync } from 'node:fs'
import { storeFailureOrBug } from './failure.ts'
import { lockStore } from './lock.ts'
import { openExisting, type Connection } from './open.ts'

export interface Vacuumed {
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/**
 * Gives free room back to the disk and drops texts that no row uses any more; null when there is no store. Throws
 * `store_locked` while a proxy writes: it knows those texts by number.
 */
export function vacuumDatabase(path: string): Vacuumed | null {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return null
  const lock = lockStore(path)
  try {
    const connection = openExisting(path)
    if (connection === null) return null
    const bytesBefore = statSync(path).size
    try {
      connection.transaction(() => dropUnused(connection)).immediate()
      connection.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (error) {
      throw storeFailureOrBug(path, error)
    } finally {
      connection.close()
    }
    return { bytesBefore, bytesAfter: statSync(path).size }
  } finally {
    lock.release()
  }
}

/** Where words are used; a column that is missing here would lose its texts. */
const WORD_COLUMNS = {
  who: ['key', 'alias', 'user', 'project', 'groups'],
  who_group: ['name'],
  what: ['endpoint', 'model', 'tier', 'provider', 'upstream_model', 'intent'],
  attempt: ['tags', 'config', 'failure', 'price_source', 'price_as_of', 'cache'],
  spend_quarter: ['subject', 'model', 'tier'],
} as const

function dropUnused(connection: Connection): void {
  for (const table of ['who', 'what']) {
    connection.exec(`DELETE FROM ${table} WHERE id NOT IN
      (SELECT ${table} FROM attempt UNION SELECT ${table} FROM spend_day)`)
  }
  connection.exec('DELETE FROM who_group WHERE who NOT IN (SELECT id FROM who)')
  const used = Object.entries(WORD_COLUMNS).flatMap(([table, columns]) =>
    columns.map((column) => `SELECT ${column} FROM ${table}`),
  )
  connection.exec(`DELETE FROM word WHERE id > 0 AND id NOT IN (${used.join(' UNION ')})`)
}
