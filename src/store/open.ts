import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { GatewayError } from '../wire/errors.ts'
import { MIGRATIONS } from './migrations.ts'

export type Connection = Database.Database

/**
 * Opens the one database file under `.gateway/`, makes it when it is missing and brings its schema up to date.
 * Never resets anything: a damaged, locked or newer file is a `store_failed` error.
 */
export function openDatabase(path: string): Connection {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const existed = existsSync(path)
  try {
    const connection = new Database(path, { timeout: 2000 })
    if (!existed) chmodSync(path, 0o600)
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = NORMAL')
    connection.pragma('foreign_keys = ON')
    migrate(connection, path)
    return connection
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw failure(path, error)
  }
}

/** Each migration runs in one transaction with the new version number, so a crash leaves the old schema or the new one. */
function migrate(connection: Connection, path: string): void {
  const version = Number(connection.pragma('user_version', { simple: true }))
  if (version > MIGRATIONS.length) {
    throw new GatewayError(
      'store_failed',
      `"${path}" has schema ${version}, this version knows up to ${MIGRATIONS.length}`,
      {
        hint: 'update the gateway, or move the file away',
      },
    )
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue
    connection.transaction(() => {
      connection.exec(sql)
      connection.pragma(`user_version = ${index + 1}`)
    })()
  }
}

function failure(path: string, error: unknown): GatewayError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED') {
    return new GatewayError('store_failed', `"${path}" is locked by another process`, {
      hint: 'stop the other process, then try again',
      cause: error,
    })
  }
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return new GatewayError('store_failed', `"${path}" is damaged or no database`, {
      hint: 'move the file away; a new one is made',
      cause: error,
    })
  }
  return new GatewayError('store_failed', `can not open "${path}"${code === '' ? '' : ` (${code})`}`, {
    hint: 'check that the directory can be written',
    cause: error,
  })
}
