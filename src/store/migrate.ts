import type { Database } from 'better-sqlite3'
import { GatewayError } from '../wire/errors.ts'
import { MIGRATIONS } from './migrations.ts'

/** Set by migration 2; files of schema 1 have none. */
const APPLICATION_ID = 1734440037

/** Refuses a database of another program and a newer schema, before anything is changed. */
export function refuseForeign(connection: Database, path: string): void {
  const version = number(connection, 'PRAGMA user_version')
  if (version > MIGRATIONS.length) {
    throw new GatewayError(
      'store_failed',
      `"${path}" has schema ${version}, this version knows up to ${MIGRATIONS.length}`,
      { hint: 'update the gateway, or move the file away' },
    )
  }
  const ours = version === 1 ? 0 : APPLICATION_ID
  const used = number(connection, 'SELECT count(*) FROM sqlite_schema') > 0
  if (version === 0 ? used : number(connection, 'PRAGMA application_id') !== ours) {
    throw new GatewayError('store_failed', `"${path}" is a database of another program`, {
      hint: 'move the file away; a new one is made',
    })
  }
}

/**
 * Each migration runs in one transaction with the new version number, so a crash leaves the old schema or the new one. The
 * version is read inside the transaction: of two processes that start at once, one finds the work done.
 */
export function migrate(connection: Database, path: string): void {
  const step = connection.transaction(() => {
    refuseForeign(connection, path)
    const version = number(connection, 'PRAGMA user_version')
    const sql = MIGRATIONS[version]
    if (sql === undefined) return false
    connection.exec(sql)
    connection.exec(`PRAGMA user_version = ${version + 1}`)
    return true
  })
  if (number(connection, 'PRAGMA user_version') === MIGRATIONS.length) return
  while (step.immediate());
}

function number(connection: Database, sql: string): number {
  return Number(connection.prepare(sql).pluck().get())
}
