import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { closest } from '../../config/closest.ts'
import { findKey } from '../../auth/key-views.ts'
import type { KeyRecord, KeyState } from '../../auth/ports.ts'
import { storeFailure } from '../../store/failure.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { openKeyStores, openOwnDatabase, type KeyStores } from '../open-store.ts'
import { wantedConfigFile } from '../project/config-file.ts'
import { databasePath } from '../state-dir.ts'

/** The directory that holds `.gateway/`, without reading the config. */
export function projectDirOf(context: CliContext): string {
  const file = wantedConfigFile(context)
  return file === null ? context.cwd : dirname(file)
}

interface OpenedStores extends KeyStores {
  readonly projectDir: string
  close(): void
}

/** Opens keys and audit log of the project. */
export function openStores(context: CliContext): OpenedStores {
  const projectDir = projectDirOf(context)
  const connection = openOwnDatabase(projectDir)
  const stores = openKeyStores(connection, projectDir, (text) => context.note(text))
  return { ...stores, projectDir, close: () => connection.close() }
}

/** Opens them for one piece of work that does not wait. */
export function withStores<T>(context: CliContext, work: (stores: OpenedStores) => T): T {
  const stores = openStores(context)
  try {
    return work(stores)
  } catch (error) {
    // What SQLite says of a full disk or another writer is no bug of ours.
    if (error instanceof GatewayError || !isOfStore(error)) throw error
    throw storeFailure(databasePath(stores.projectDir), error)
  } finally {
    stores.close()
  }
}

function isOfStore(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')
}

/** The state of keys for commands that only look: nothing is made where there is nothing. */
export function readState(context: CliContext): KeyState {
  if (!existsSync(databasePath(projectDirOf(context)))) return { keys: [], groups: [] }
  return withStores(context, ({ keys }) => ({ keys: keys.keys(), groups: keys.groups() }))
}

/** The key of an alias or id, or an error that names the closest. A text that may be a secret is not repeated. */
export function keyNamed(keys: readonly KeyRecord[], name: string): KeyRecord {
  const found = findKey(keys, name)
  if (found !== null) return found
  const suggestion = closest(
    name,
    keys.flatMap(({ id, aliases }) => [id, ...aliases]),
  )
  const shown = name.length <= 32 && !name.startsWith('gw_') ? ` "${name}"` : ' of this name'
  throw new GatewayError('key_not_found', `there is no key${shown}`, {
    hint: suggestion === undefined ? '`gateway keys list` shows them' : `did you mean "${suggestion}"?`,
  })
}
