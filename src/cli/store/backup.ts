import { resolve } from 'node:path'
import { bytesText } from '../../report/format.ts'
import { backupDatabase } from '../../store/backup.ts'
import type { CliContext } from '../context.ts'
import { withStore } from './open.ts'

/** `gateway store backup`. */
export function runBackup(context: CliContext, file: string): void {
  const bytes = withStore(context, ({ connection }) => backupDatabase(connection, resolve(context.cwd, file)))
  if (context.json) context.out(JSON.stringify({ file: resolve(context.cwd, file), bytes }, null, 2))
  else context.out(`${file}  ${bytesText(bytes)}`)
  context.note('it holds the digests of all keys: keep it as private as the store')
}
