import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { SpentPart } from '../../../src/engine/ledger.ts'
import { createSpentReader } from '../../../src/store/ledger/spent.ts'
import { recoverOrphans } from '../../../src/store/ledger/orphans.ts'
import { openDatabase } from '../../../src/store/open.ts'
import { closing, DAY, HOUR, MINUTE, NOON, opening, openLedger, spend, storeDirectory } from './support.ts'

const { path } = storeDirectory()
const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER }
const sum = (parts: readonly SpentPart[]): number => parts.reduce((total, { nanoUsd }) => total + nanoUsd, 0)

/** What another process sees. */
function lookFromOutside(): { rows: number; open: number } {
  const other = new Database(path(), { readonly: true })
  const number = (sql: string): number => Number(other.prepare(sql).pluck().get())
  const seen = { rows: number('SELECT count(*) FROM attempt'), open: number('SELECT count(*) FROM attempt_open') }
  other.close()
  return seen
}

describe('group commit', () => {
  it('shows everything told before to a second connection once durable() resolves', async () => {
    const { ledger } = openLedger(path(), { groupMs: 60_000 })
    for (let n = 0; n < 30; n += 1) spend(ledger)
    expect(lookFromOutside().rows).toBe(0)
    await ledger.durable()
    expect(lookFromOutside()).toEqual({ rows: 30, open: 0 })
    await ledger.close()
  })

  it('never writes an attempt as open that ends within its group', async () => {
    const { ledger, connection } = openLedger(path(), { groupMs: 60_000 })
    connection.exec(`CREATE TABLE seen (id TEXT);
      CREATE TRIGGER watch AFTER INSERT ON attempt_open BEGIN INSERT INTO seen VALUES (new.id); END`)
    spend(ledger)
    const long = opening()
    ledger.opened(long)
    await ledger.durable()
    expect(connection.prepare('SELECT id FROM seen').pluck().all()).toEqual([long.id])
    expect(lookFromOutside()).toEqual({ rows: 1, open: 1 })
    ledger.closed(closing(long))
    await ledger.durable()
    expect(lookFromOutside()).toEqual({ rows: 2, open: 0 })
    await ledger.close()
  })

  it('writes by itself when nobody waits', async () => {
    const { ledger } = openLedger(path(), { groupMs: 1 })
    ledger.opened(opening())
    await expect.poll(() => lookFromOutside().open).toBe(1)
    await ledger.close()
  })

  it('takes a queue longer than one transaction', async () => {
    const { ledger } = openLedger(path(), { groupMs: 60_000 })
    for (let n = 0; n < 2500; n += 1) spend(ledger)
    await ledger.durable()
    expect(lookFromOutside().rows).toBe(2500)
    await ledger.close()
    expect(sum(ledger.spent({ scope: 'global', subject: '', ...EVER }))).toBe(2500 * 1234)
  })

  it('does nothing when nothing waits', async () => {
    const { ledger } = openLedger(path())
    await expect(ledger.durable()).resolves.toBeUndefined()
    await ledger.close()
  })
})

describe('spent', () => {
  it('counts a row for its key, user, project and each of its groups, and for nobody else', async () => {
    const { ledger } = openLedger(path())
    spend(ledger, { keyId: 'key_a', user: 'ada', project: 'docs', groups: ['staff', 'beta'], costNanoUsd: 1 })
    spend(ledger, { keyId: 'key_b', user: null, project: 'docs', groups: [], costNanoUsd: 10 })
    const asked = (): number[] =>
      (
        [
          ['global', ''],
          ['key', 'key_a'],
          ['key', 'key_b'],
          ['user', 'ada'],
          ['user', ''],
          ['user', 'bob'],
          ['project', 'docs'],
          ['group', 'staff'],
          ['group', 'beta'],
          ['group', 'sta'],
        ] as const
      ).map(([scope, subject]) => sum(ledger.spent({ scope, subject, ...EVER })))
    const expected = [11, 1, 10, 1, 0, 0, 11, 1, 1, 0]
    // While they wait, when they are committed, and when the roll-ups hold them.
    expect(asked()).toEqual(expected)
    await ledger.durable()
    expect(asked()).toEqual(expected)
    await ledger.close()
    expect(asked()).toEqual(expected)
  })

  it('cuts the range to the millisecond at both ends and names model and tier', async () => {
    const { ledger } = openLedger(path())
    const moments = [NOON - 1, NOON, NOON + 7 * MINUTE, NOON + 3 * HOUR, NOON + 5 * HOUR + 1]
    for (const [index, at] of moments.entries()) {
      spend(ledger, { at, costNanoUsd: 10 ** index, model: `m${index}`, tier: 'premium' })
    }
    await ledger.close()
    const between = (from: number, to: number): number => sum(ledger.spent({ scope: 'user', subject: 'ada', from, to }))
    expect(between(NOON, NOON + 5 * HOUR + 1)).toBe(1110)
    expect(between(NOON - 1, NOON + 5 * HOUR + 2)).toBe(11111)
    expect(between(NOON + 1, NOON + 8 * MINUTE)).toBe(100)
    expect(between(NOON + 7 * MINUTE, NOON + 7 * MINUTE)).toBe(0)
    const parts = ledger.spent({ scope: 'user', subject: 'ada', from: NOON, to: NOON + 8 * MINUTE })
    expect(parts).toContainEqual({ at: NOON + 7 * MINUTE, model: 'm2', tier: 'premium', nanoUsd: 100 })
  })

  it('reads the same from another process, before and after the roll-up', async () => {
    const { ledger } = openLedger(path(), { rollUpMs: 60_000 })
    for (let n = 0; n < 20; n += 1) spend(ledger, { at: NOON + n * 11 * MINUTE, costNanoUsd: n + 1 })
    await ledger.durable()
    const outside = createSpentReader(openDatabase(path()))
    const query = { scope: 'global', subject: '', from: NOON + 11 * MINUTE, to: NOON + DAY } as const
    expect(sum(outside(query))).toBe(209)
    await ledger.close()
    expect(sum(outside(query))).toBe(209)
  })

  it('throws when it can not read, since not to know is not nothing', async () => {
    const { ledger, connection } = openLedger(path())
    await ledger.close()
    connection.exec('DROP TABLE spend_quarter; DROP TABLE attempt_open')
    connection.close()
    expect(() => ledger.spent({ scope: 'global', subject: '', ...EVER })).toThrow('the ledger can not be read')
  })
})

describe('orphans', () => {
  it('are charged what was reserved, once, in the window of their admission', async () => {
    const first = openLedger(path(), { rollUpMs: 60_000 })
    const lost = opening({ at: NOON, reservedNanoUsd: 777, user: 'ada' })
    first.ledger.opened(lost)
    first.ledger.opened(opening({ at: NOON, reservedNanoUsd: 0, user: 'bob' }))
    spend(first.ledger, { user: 'ada', costNanoUsd: 1 })
    await first.ledger.durable()
    // The process dies here: nothing is closed.
    first.connection.close()

    const connection = openDatabase(path())
    expect(recoverOrphans(connection, NOON + HOUR)).toEqual({ count: 2, nanoUsd: 777 })
    expect(recoverOrphans(connection, NOON + HOUR)).toEqual({ count: 0, nanoUsd: 0 })
    connection.close()
    const { ledger } = openLedger(path())
    expect(ledger.spent({ scope: 'user', subject: 'ada', from: NOON, to: NOON + MINUTE })).toContainEqual({
      at: NOON,
      model: lost.model,
      tier: lost.tier,
      nanoUsd: 777,
    })
    await ledger.close()
    expect(sum(ledger.spent({ scope: 'user', subject: 'ada', from: NOON, to: NOON + MINUTE }))).toBe(778)
    expect(lookFromOutside()).toEqual({ rows: 3, open: 0 })
  })
})
