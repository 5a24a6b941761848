import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { SpentPart } from '../../../src/engine/ledger.ts'
import { closing, opening, openLedger, spend, storeDirectory } from './support.ts'

const { path } = storeDirectory()
const ALL = { scope: 'global', subject: '', from: 0, to: Number.MAX_SAFE_INTEGER } as const
const sum = (parts: readonly SpentPart[]): number => parts.reduce((total, { nanoUsd }) => total + nanoUsd, 0)
const PATIENT = { timeout: 10_000 }

function rowsOnDisk(): number {
  const other = new Database(path(), { readonly: true })
  const rows = Number(other.prepare('SELECT count(*) FROM attempt').pluck().get())
  other.close()
  return rows
}

/** No page may be added any more, as on a full disk. */
const FULL = 'PRAGMA max_page_count = 1'
const ROOM = 'PRAGMA max_page_count = 1000000'
/** Long enough to need a new page for every few rows. */
const bulky = (n: number): string => `project ${n} ${'x'.repeat(900)}`

describe('a store that fails', () => {
  it('on a full disk keeps the rows, lets answers go, goes on counting, and writes later', async () => {
    const { ledger, connection, troubles } = openLedger(path(), { retryMs: 20 })
    spend(ledger)
    await ledger.durable()
    connection.exec(FULL)
    for (let n = 0; n < 50; n += 1) spend(ledger, { project: bulky(n) })
    await ledger.durable()
    await ledger.durable()
    expect(troubles).toEqual([
      expect.objectContaining({
        kind: 'failing',
        error: expect.objectContaining({ code: 'store_failed' }),
        waiting: 50,
      }),
    ])
    expect(ledger.failing()).toBe(true)
    expect(rowsOnDisk()).toBe(1)
    expect(sum(ledger.spent(ALL))).toBe(51 * 1234)

    connection.exec(ROOM)
    await expect.poll(() => ledger.failing(), PATIENT).toBe(false)
    expect(rowsOnDisk()).toBe(51)
    expect(troubles.map(({ kind }) => kind)).toEqual(['failing', 'recovered'])
    await ledger.close()
    expect(sum(ledger.spent(ALL))).toBe(51 * 1234)
  })

  it('names the right words after a rolled-back group', async () => {
    const { ledger, connection } = openLedger(path(), { retryMs: 20 })
    spend(ledger, { user: 'first' })
    await ledger.durable()
    connection.exec(FULL)
    for (let n = 0; n < 50; n += 1) spend(ledger, { user: `user ${n}`, project: bulky(n), costNanoUsd: n })
    await ledger.durable()
    connection.exec(ROOM)
    await expect.poll(() => ledger.failing(), PATIENT).toBe(false)
    await ledger.close()
    for (const n of [1, 17, 49]) expect(sum(ledger.spent({ ...ALL, scope: 'user', subject: `user ${n}` }))).toBe(n)
    expect(sum(ledger.spent({ ...ALL, scope: 'user', subject: 'first' }))).toBe(1234)
  })

  it('takes whatever a provider says of its own usage: no number of theirs may hold up the rows behind it', async () => {
    const { ledger, troubles } = openLedger(path(), { retryMs: 20 })
    const absurd = { input: 1e300, cacheRead: 1e20, cacheWrite5m: 0, cacheWrite1h: 0, output: 9e15, reasoning: 0.5 }
    for (let n = 0; n < 1_500; n += 1)
      spend(ledger, { usage: { ...absurd, basis: 'reported', reportedNanoUsd: 1e259 }, costNanoUsd: 1e259 })
    spend(ledger)
    await ledger.durable()
    await ledger.close()
    expect(troubles).toEqual([])
    expect(rowsOnDisk()).toBe(1_501)
    expect(sum(ledger.spent(ALL))).toBeGreaterThan(1e15)
  })

  it('waits out a short lock without a word', async () => {
    const { ledger, troubles } = openLedger(path())
    const other = new Database(path())
    other.exec('BEGIN IMMEDIATE')
    spend(ledger)
    const written = ledger.durable()
    setTimeout(() => other.close(), 30)
    await written
    expect(rowsOnDisk()).toBe(1)
    expect(troubles).toEqual([])
    await ledger.close()
  })

  it('does not hang on a lock that stays, and says which kind of trouble it is', async () => {
    const { ledger, troubles } = openLedger(path(), { retryMs: 20 })
    const other = new Database(path())
    other.exec('BEGIN IMMEDIATE')
    spend(ledger)
    await ledger.durable()
    expect(troubles).toEqual([
      expect.objectContaining({ kind: 'failing', waiting: 1, text: expect.stringContaining('locked') }),
    ])
    other.exec('ROLLBACK')
    await expect.poll(() => ledger.failing(), PATIENT).toBe(false)
    expect(rowsOnDisk()).toBe(1)
    await ledger.close()
    other.close()
  })

  it('accepts nothing more when too much waits, and still keeps what ends', async () => {
    const { ledger, connection, troubles } = openLedger(path(), { retryMs: 20, mostWaiting: 10 })
    await ledger.durable()
    connection.exec(FULL)
    const openings = Array.from({ length: 20 }, (_, n) => opening({ project: bulky(n) }))
    for (const opened of openings) ledger.opened(opened)
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (const opened of openings) ledger.closed(closing(opened))
    expect(ledger.accepts()).toBe(false)
    expect(troubles.map(({ kind }) => kind)).toEqual(['failing', 'full'])
    connection.exec(ROOM)
    await expect.poll(() => ledger.accepts(), PATIENT).toBe(true)
    expect(troubles.map(({ kind }) => kind)).toEqual(['failing', 'full', 'recovered'])
    expect(rowsOnDisk()).toBe(20)
    await ledger.close()
  })

  it('says what is lost when the process ends before the store is well', async () => {
    const { ledger, connection, troubles } = openLedger(path(), { retryMs: 20 })
    await ledger.durable()
    connection.exec(FULL)
    for (let n = 0; n < 50; n += 1) spend(ledger, { project: bulky(n), costNanoUsd: 2 })
    await ledger.close()
    expect(troubles.at(-1)).toMatchObject({ kind: 'lost', rows: 50, nanoUsd: 100 })
    expect(troubles.at(-1)?.text).toContain('50 ledger rows of $0.000000100')
  })
})

describe('a closed ledger', () => {
  it('still writes what is settled late, and tells what it can not write', async () => {
    const { ledger, connection, troubles } = openLedger(path())
    const [late, tooLate] = [opening(), opening()]
    for (const opened of [late, tooLate]) ledger.opened(opened)
    await ledger.close()
    ledger.closed(closing(late))
    expect(rowsOnDisk()).toBe(1)
    connection.close()
    ledger.closed(closing(tooLate, { costNanoUsd: 7 }))
    expect(troubles.at(-1)).toMatchObject({ kind: 'lost', rows: 1, nanoUsd: 7 })
    expect(rowsOnDisk()).toBe(1)
  })
})
