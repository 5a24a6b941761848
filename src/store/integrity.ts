import { sqliteCode } from './failure.ts'
import type { Connection } from './open.ts'

const MOST_PROBLEMS = 20

/** What SQLite itself finds wrong with the file; empty when nothing. */
export function integrityProblems(connection: Connection): readonly string[] {
  try {
    const found = connection.prepare<[], string>(`PRAGMA integrity_check(${MOST_PROBLEMS})`).pluck().all()
    const references = connection.prepare<[], { table: string }>('PRAGMA foreign_key_check').all()
    return [
      ...found.filter((line) => line !== 'ok'),
      ...references.slice(0, MOST_PROBLEMS).map(({ table }) => `a row of "${table}" refers to one that is missing`),
    ]
  } catch (error) {
    if (!/^SQLITE_(?:CORRUPT|NOTADB)/u.test(sqliteCode(error))) throw error
    return [error instanceof Error ? error.message : 'the file is damaged']
  }
}
