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
    const connection = keepAlive(new Database(path, { timeout: 2000 }))
    if (!existed) chmodSync(path, 0o600)
    // By `exec`, since `pragma` makes statements that nobody holds on to (see `keepAlive`).
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
    migrate(connection, path)
    return connection
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw failure(path, error)
  }
}

const kept: unknown[] = []
let exits = false

/**
 * From Node 24.19 on, better-sqlite3 12 aborts the process when one of its objects is collected outside of JavaScript or
 * after the environment is gone (version 13 does not, but needs Node 22). So nothing of it is ever collected: connections
 * and statements are few and stay referenced, and a process that used them leaves by `exit`, which collects nothing.
 */
function keepAlive(connection: Connection): Connection {
  if (!exits) process.once('beforeExit', () => process.exit())
  exits = true
  const prepare = connection.prepare.bind(connection)
  const prepareKept = (sql: string): unknown => {
    const statement = prepare(sql)
    kept.push(statement)
    return statement
  }
  connection.prepare = prepareKept as Connection['prepare']
  kept.push(connection)
  return connection
}

/** Each migration runs in one transaction with the new version number, so a crash leaves the old schema or the new one. */
function migrate(connection: Connection, path: string): void {
  const version = Number(connection.prepare('PRAGMA user_version').pluck().get())
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
      connection.exec(`PRAGMA user_version = ${index + 1}`)
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
