import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { LedgerRow } from '../../../src/engine/ledger.ts'
import { createLedger, type Ledger, type LedgerOptions } from '../../../src/store/ledger/ledger.ts'
import type { ToldTrouble } from '../../../src/store/ledger/trouble.ts'
import { openDatabase, type Connection } from '../../../src/store/open.ts'
import { closing, opening } from './rows.ts'

export { closing, NOON, opening } from './rows.ts'

/** A directory of its own for every test; gives the path of the database in it. */
export function storeDirectory(): { readonly dir: () => string; readonly path: () => string } {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gateway-store-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))
  return { dir: () => directory, path: () => join(directory, '.gateway', 'gateway.db') }
}

export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

/** An attempt from its beginning to its end. */
export function spend(ledger: Ledger, changes: Partial<LedgerRow> = {}): LedgerRow {
  const opened = opening(changes)
  const row = closing(opened, changes)
  ledger.opened(opened)
  ledger.closed(row)
  return row
}

export interface OpenedLedger {
  readonly connection: Connection
  readonly ledger: Ledger
  readonly troubles: ToldTrouble[]
}

export function openLedger(path: string, options: Partial<LedgerOptions> = {}): OpenedLedger {
  const troubles: ToldTrouble[] = []
  const connection = openDatabase(path, { busyMs: 20 })
  const ledger = createLedger(connection, { onTrouble: (trouble) => troubles.push(trouble), ...options })
  return { connection, ledger, troubles }
}
