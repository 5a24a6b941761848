import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { GatewayError } from '../wire/errors.ts'
import { isJsonObject } from '../wire/json.ts'
import { isBusy, storeFailure } from './failure.ts'
import { connect } from './open.ts'

/** The right to be the one writing proxy of a store, held until `release` or the end of the process, however it ends. */
export interface StoreLock {
  /** Tells others who holds the lock, for their message. */
  announce(holder: { readonly port: number }): void
  release(): void
}

interface Holder {
  readonly pid: number
  readonly port: number | null
}

/**
 * Takes the lock, or throws `store_locked` at once. It is an exclusive transaction on an empty database of its own, so the
 * operating system gives it back when the process dies. Nothing else in this process may open that file: under POSIX, closing
 * any handle of a file drops all locks that the process holds on it.
 */
export function lockStore(path: string): StoreLock {
  const file = `${path}.lock`
  const holderFile = `${path}.holder`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const connection = connect(file, { fileMustExist: false, busyMs: 0 })
    try {
      // In memory, as a journal file would be readable by others.
      connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    } catch (error) {
      connection.close()
      throw isBusy(error) ? lockedError(path, readHolder(holderFile), error) : error
    }
    chmodSync(file, 0o600)
    const announce = (port: number | null): void =>
      writeFileSync(holderFile, JSON.stringify({ pid: process.pid, port } satisfies Holder), { mode: 0o600 })
    announce(null)
    return {
      announce: ({ port }) => announce(port),
      release() {
        if (!connection.open) return
        rmSync(holderFile, { force: true })
        connection.close()
      },
    }
  } catch (error) {
    throw storeFailure(file, error)
  }
}

function lockedError(path: string, holder: Holder | null, cause: unknown): GatewayError {
  const port = holder?.port ?? null
  const who = holder === null ? '' : ` (process ${holder.pid}${port === null ? '' : `, port ${port}`})`
  return new GatewayError('store_locked', `another gateway writes "${path}"${who}`, {
    hint: 'stop it first, or use its address',
    cause,
  })
}

/** Null when it is not known: the file is of an earlier holder, or not written yet. */
function readHolder(file: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (!isJsonObject(value)) return null
    const { pid, port } = value
    if (typeof pid !== 'number' || !isAlive(pid)) return null
    return { pid, port: typeof port === 'number' ? port : null }
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It lives, but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
