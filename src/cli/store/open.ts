import { storeFailureOrBug } from '../../store/failure.ts'
import { openExisting, type Connection } from '../../store/open.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { projectDirOf } from '../keys/stores.ts'
import { databasePath } from '../state-dir.ts'

export interface OpenedStore {
  readonly path: string
  readonly connection: Connection
}

export function noStore(path: string): GatewayError {
  return new GatewayError('store_failed', `there is no store at "${path}"`, {
    hint: 'run this in the directory of the project, or name its config with `--config`',
  })
}

/** Runs `work` on the store of the project; none is made. */
export function withStore<T>(context: CliContext, work: (store: OpenedStore) => T): T {
  const path = databasePath(projectDirOf(context))
  const connection = openExisting(path)
  if (connection === null) throw noStore(path)
  try {
    return work({ path, connection })
  } catch (error) {
    throw storeFailureOrBug(path, error)
  } finally {
    connection.close()
  }
}
