import { closeSync, fsyncSync, linkSync, lstatSync, openSync, rmSync, statSync } from 'node:fs'
import { GatewayError } from '../wire/errors.ts'
import { sqliteCode, storeFailure } from './failure.ts'
import type { Connection } from './open.ts'

/**
 * Copies one moment of the store into a new file, also while a proxy writes; gives its bytes. The file is the owner's alone
 * and appears under its name only when it is whole. Never replaces anything.
 */
export function backupDatabase(connection: Connection, target: string): number {
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw exists(target)
  const draft = `${target}.${process.pid}.part`
  try {
    // SQLite writes into an empty file; made by us, it is never readable by others.
    closeSync(openSync(draft, 'wx', 0o600))
    connection.prepare('VACUUM INTO ?').run(draft)
    flush(draft)
    linkSync(draft, target)
    return statSync(target).size
  } catch (error) {
    throw sqliteCode(error) === 'EEXIST' ? exists(target) : storeFailure(target, error)
  } finally {
    rmSync(draft, { force: true })
  }
}

function flush(file: string): void {
  const handle = openSync(file, 'r+')
  fsyncSync(handle)
  closeSync(handle)
}

function exists(target: string): GatewayError {
  return new GatewayError('usage_error', `"${target}" exists already`, {
    hint: 'name a new file; a backup never replaces one',
  })
}
