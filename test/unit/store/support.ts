import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { LedgerOpening, LedgerRow } from '../../../src/engine/ledger.ts'
import { createLedger, type Ledger, type LedgerOptions } from '../../../src/store/ledger/ledger.ts'
import type { ToldTrouble } from '../../../src/store/ledger/trouble.ts'
import { openDatabase, type Connection } from '../../../src/store/open.ts'

/** A directory of its own for every test; gives the path of the database in it. */
export function storeDirectory(): { readonly dir: () => string; readonly path: () => string } {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gateway-store-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))
  return { dir: () => directory, path: () => join(directory, '.gateway', 'gateway.db') }
}

export const NOON = Date.UTC(2026, 2, 10, 12)
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

let count = 0

export function opening(changes: Partial<LedgerOpening> = {}): LedgerOpening {
  count += 1
  const requestId = changes.requestId ?? `req_${count.toString(16).padStart(32, '0')}`
  const attempt = changes.attempt ?? 0
  return {
    id: `${requestId}.${attempt}`,
    requestId,
    attempt,
    at: NOON,
    keyId: 'key_a',
    alias: 'team-a',
    groups: ['staff'],
    user: 'ada',
    project: 'docs',
    tags: [],
    endpoint: 'chat.completions',
    model: 'gpt-5-nano',
    tier: 'free',
    provider: 'openai',
    upstreamModel: 'gpt-5-nano-2026',
    intent: 'math',
    configHash: 'abcdef012345',
    reservedNanoUsd: 5000,
    ...changes,
  }
}

export function closing(opened: LedgerOpening, changes: Partial<LedgerRow> = {}): LedgerRow {
  return {
    ...opened,
    endedAt: opened.at + 1200,
    outcome: 'answered',
    failure: null,
    status: 200,
    usage: { input: 100, cacheRead: 20, cacheWrite5m: 3, cacheWrite1h: 4, output: 50, reasoning: 7, basis: 'reported' },
    costNanoUsd: 1234,
    costBasis: 'reported',
    priceSource: 'models.dev',
    priceAsOf: '2026-02-01',
    cache: 'bypass',
    ...changes,
  }
}

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
