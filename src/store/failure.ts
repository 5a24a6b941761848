import { GatewayError } from '../wire/errors.ts'

/** SQLite's name for what went wrong, such as `SQLITE_BUSY`; empty when it is no error of SQLite or the system. */
export function sqliteCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** True when another process holds the file and trying again later may help. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED)/u.test(sqliteCode(error))
}

const REASONS: readonly (readonly [RegExp, (path: string) => string, string])[] = [
  [
    /^SQLITE_(?:BUSY|LOCKED)/u,
    (path) => `"${path}" is locked by another process`,
    'stop the other process, then try again',
  ],
  [
    /^SQLITE_(?:NOTADB|CORRUPT)/u,
    (path) => `"${path}" is damaged or no database`,
    'move the file away, or put a backup in its place; a new one is made',
  ],
  [/^(?:SQLITE_FULL|ENOSPC)/u, (path) => `the disk of "${path}" is full`, 'make room, then try again'],
  [
    /^(?:SQLITE_READONLY|EACCES|EPERM|EROFS)/u,
    (path) => `"${path}" can not be written`,
    'check who owns the file and its directory, and that the disk is not read-only',
  ],
]

/** What a user is told when the database can not be used. Never suggests that anything was reset, since nothing is. */
export function storeFailure(path: string, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error
  const code = sqliteCode(error)
  const reason = REASONS.find(([pattern]) => pattern.test(code))
  if (reason !== undefined) {
    const [, message, hint] = reason
    return new GatewayError('store_failed', message(path), { hint, cause: error })
  }
  return new GatewayError('store_failed', `can not use "${path}"${code === '' ? '' : ` (${code})`}`, {
    hint: 'check that the directory can be written',
    cause: error,
  })
}

/** The same for work that may also hold a bug of ours, which must not pass for a fault of the disk. */
export function storeFailureOrBug(path: string, error: unknown): unknown {
  return sqliteCode(error) === '' ? error : storeFailure(path, error)
}
