import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { makeKeyId } from '../../auth/key-format.ts'
import { importedKeys, importKeys } from '../../auth/key-import.ts'
import { importRows } from '../../auth/import-rows.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { cliAct } from '../open-store.ts'
import { withStores } from './stores.ts'

const MAX_BYTES = 32 * 1024 * 1024

/** `gateway keys import`: all keys of the file or none. Secrets are read, and never shown or kept. */
export async function runImport(context: CliContext, file: string, now: number): Promise<void> {
  const keys = importedKeys(importRows(await textOf(context, file)))
  withStores(context, (stores) => {
    stores.keys.update((state) => importKeys(state, keys, { ...cliAct(now), makeId: () => makeKeyId() }))
  })
  const names = keys.flatMap(({ spec }) => spec.aliases)
  if (context.json) context.out(JSON.stringify({ imported: names }, null, 2))
  else context.out(`${names.length} ${names.length === 1 ? 'key' : 'keys'} imported`)
  if (file !== '-') context.note('the file still holds the secrets: delete it when you do not need it any more')
  context.note('next: gateway keys list, and `gateway keys set` or a group for what they may do')
}

async function textOf(context: CliContext, file: string): Promise<string> {
  if (file === '-') return fromStdin()
  const path = resolve(context.cwd, file)
  try {
    const { size } = await stat(path)
    if (size > MAX_BYTES) throw tooLarge()
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError('usage_error', `"${file}" can not be read`, { hint: 'name a file, or `-` for stdin', cause })
  }
}

async function fromStdin(): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of process.stdin) {
    const chunk = Buffer.from(piece)
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw tooLarge()
    pieces.push(chunk)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function tooLarge(): GatewayError {
  return new GatewayError('usage_error', 'the import is larger than 32 MiB', { hint: 'split it' })
}
