import { chmodSync, linkSync, mkdirSync, rmSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { GatewayError } from '../wire/errors.ts'
import { sqliteCode, storeFailure } from './failure.ts'
import { migrate, refuseForeign } from './migrate.ts'

export type Connection = Database.Database

export interface OpenOptions {
  /** Milliseconds to wait, blocking, while another process writes. */
  readonly busyMs?: number
  /** `full` also survives a power cut, at the price of one disk flush a commit. */
  readonly synchronous?: 'normal' | 'full'
}

/**
 * Opens the one database file under `.gateway/`, makes it when it is missing and brings its schema up to date.
 * Never resets anything: a damaged, locked or newer file is a `store_failed` error.
 */
export function openDatabase(path: string, options: OpenOptions = {}): Connection {
  return guarded(path, () => {
    if (fileAt(path) === null) create(path)
    return open(path, options)
  })
}

/** The same for commands that only look: null when there is no file, and none is made. */
export function openExisting(path: string, options: OpenOptions = {}): Connection | null {
  return guarded(path, () => (fileAt(path) === null ? null : open(path, options)))
}

function guarded<T>(path: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw storeFailure(path, error)
  }
}

function fileAt(path: string): Stats | null {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return null
  if (!stats.isFile()) throw new GatewayError('store_failed', `"${path}" is not a file`, { hint: 'move it away' })
  // Files are put in place when they are whole, so an empty one has lost what it held.
  if (stats.size === 0) {
    throw new GatewayError('store_failed', `"${path}" is empty: what it held is lost`, {
      hint: 'put a backup in its place, or delete it to begin anew',
    })
  }
  return stats
}

/** A new file appears under its name only when it is whole, so that a crash can not leave half a database there. */
function create(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.new`
  rmSync(draft, { force: true })
  const connection = connect(draft, { fileMustExist: false, busyMs: 0 })
  try {
    chmodSync(draft, 0o600)
    connection.exec('PRAGMA journal_mode = WAL')
    migrate(connection, path)
    connection.close()
    linkSync(draft, path)
  } catch (error) {
    // Another process was quicker, and its file is as good.
    if (sqliteCode(error) !== 'EEXIST') throw error
  } finally {
    if (connection.open) connection.close()
    rmSync(draft, { force: true })
  }
}

/** A checkpoint flushes the disk and blocks its process for that long; four times rarer than usual, at 16 MB of log. */
const CHECKPOINT_PAGES = 4000

function open(path: string, { busyMs = 2000, synchronous = 'normal' }: OpenOptions): Connection {
  const connection = connect(path, { fileMustExist: true, busyMs })
  try {
    refuseForeign(connection, path)
    // By `exec`, since `pragma` makes statements that nobody holds on to (see `keepAlive`).
    connection.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    )
    migrate(connection, path)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/** A bare connection that stays referenced; only for files that are no store, such as locks and drafts. */
export function connect(path: string, options: { fileMustExist: boolean; busyMs: number }): Connection {
  return keepAlive(new Database(path, { timeout: options.busyMs, fileMustExist: options.fileMustExist }))
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
