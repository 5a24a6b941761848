import type { Connection } from './open.ts'

/**
 * A number that changes whenever another connection, of this process or another, has committed to the file; cheap enough for
 * every request. What the given connection itself commits does not change it.
 */
export function createDataVersion(connection: Connection): () => number {
  const read = connection.prepare<[], number>('PRAGMA data_version').pluck()
  return () => read.get() ?? 0
}
