import { existsSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { chainEntry } from '../auth/audit-chain.ts'
import type { Act } from '../auth/key-events.ts'
import type { KeyStore } from '../auth/ports.ts'
import { createAuditStore, type SqliteAudit } from '../store/audit.ts'
import { createKeyStore } from '../store/keys.ts'
import { storeFailure } from '../store/failure.ts'
import { openDatabase, type Connection, type OpenOptions } from '../store/open.ts'
import { GatewayError } from '../wire/errors.ts'
import { auditHeadPath, databasePath, stateDir } from './state-dir.ts'

/** Keys and audit log of a project over one connection. */
export interface KeyStores {
  readonly keys: KeyStore
  readonly audit: SqliteAudit
}

/**
 * Opens the database that decides who may do what. One that others may write, or that came with a checkout, could hold keys
 * of a stranger, so only a file that is the user's alone is taken.
 */
export function openOwnDatabase(projectDir: string, options: OpenOptions = {}): Connection {
  const path = databasePath(projectDir)
  try {
    refuseForeignFile(path)
    keepOutOfGit(stateDir(projectDir))
  } catch (error) {
    throw storeFailure(path, error)
  }
  return openDatabase(path, options)
}

function refuseForeignFile(path: string): void {
  const status = lstatSync(path, { throwIfNoEntry: false })
  const uid = process.getuid?.()
  if (status === undefined || uid === undefined) return
  if (status.isFile() && status.uid === uid && (status.mode & 0o077) === 0) return
  throw new GatewayError('store_failed', `"${path}" is not a file of yours alone, so its keys are not trusted`, {
    hint: `if you made it, \`chmod 600 "${path}"\`; if it came with a checkout, delete it`,
  })
}

/** What lies beside the database must never be committed, whichever command came first. */
function keepOutOfGit(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = join(dir, '.gitignore')
  if (!existsSync(file)) writeFileSync(file, '*\n')
}

/** Keys and audit log of a project over its one connection. `tell` hears once that the end of the log can not be noted. */
export function openKeyStores(
  connection: Connection,
  projectDir: string,
  tell: (text: string) => void = () => undefined,
): KeyStores {
  const headFile = auditHeadPath(projectDir)
  let told = false
  const onHeadTrouble = (cause: unknown): void => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    if (!told) tell(`the end of the audit log can not be noted in "${headFile}" (${code}): cutting it might go unseen`)
    told = true
  }
  const audit = createAuditStore(connection, { chain: chainEntry, headFile, onHeadTrouble })
  return { keys: createKeyStore(connection, audit), audit }
}

/** What the audit log says of whoever sits at the command line. */
export function cliAct(at: number): Act {
  try {
    return { at, actor: 'cli', by: userInfo().username }
  } catch {
    // In a container the user may have no name.
    return { at, actor: 'cli' }
  }
}
