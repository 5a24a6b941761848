import { bytesText } from '../../report/format.ts'
import { vacuumDatabase } from '../../store/vacuum.ts'
import type { CliContext } from '../context.ts'
import { projectDirOf } from '../keys/stores.ts'
import { databasePath } from '../state-dir.ts'
import { noStore } from './open.ts'

/** `gateway store vacuum`. */
export function runVacuum(context: CliContext): void {
  const path = databasePath(projectDirOf(context))
  const done = vacuumDatabase(path)
  if (done === null) throw noStore(path)
  if (context.json) context.out(JSON.stringify({ file: path, ...done }, null, 2))
  else context.out(`${bytesText(done.bytesBefore)} before, ${bytesText(done.bytesAfter)} now`)
}
