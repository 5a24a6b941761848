import { closeSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { entriesAfter, withAudit } from './entries.ts'

/** `gateway audit export`: one JSON object an entry, with its hashes, so that the chain can be checked elsewhere. */
export function runExport(context: CliContext, file: string | undefined): void {
  withAudit(context, (audit) => {
    if (file === undefined) {
      for (const entry of entriesAfter(audit, 0)) context.out(JSON.stringify(entry))
      return
    }
    const handle = openNew(resolve(context.cwd, file), file)
    let count = 0
    try {
      for (const entry of entriesAfter(audit, 0)) {
        writeSync(handle, `${JSON.stringify(entry)}\n`)
        count += 1
      }
    } finally {
      closeSync(handle)
    }
    context.note(`${count} entries in ${file}`)
  })
}

/** Never over something that is there: an older export may be the only trace of what was cut since. */
function openNew(path: string, shown: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    throw new GatewayError('usage_error', `"${shown}" ${exists ? 'exists already' : 'can not be written'}`, {
      hint: 'name a new file',
      cause,
    })
  }
}
