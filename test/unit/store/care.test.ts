import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backupDatabase } from '../../../src/store/backup.ts'
import { integrityProblems } from '../../../src/store/integrity.ts'
import { checkLedger } from '../../../src/store/ledger/check.ts'
import { createRetention } from '../../../src/store/ledger/retention.ts'
import { createSpendReader } from '../../../src/store/ledger/spend.ts'
import { lockStore } from '../../../src/store/lock.ts'
import { openDatabase } from '../../../src/store/open.ts'
import { vacuumDatabase } from '../../../src/store/vacuum.ts'
import { DAY, MINUTE, NOON, opening, openLedger, spend, storeDirectory } from './support.ts'

const { dir, path } = storeDirectory()
const cost = (file: string): number => {
  const connection = openDatabase(file)
  const { total } = createSpendReader(connection)({ by: [], since: null, until: null, filter: {} })
  connection.close()
  return total.costNanoUsd
}

describe('lock', () => {
  it('is had by one at a time, who is named, and is free after release', () => {
    const lock = lockStore(path())
    expect(() => lockStore(path())).toThrow(
      expect.objectContaining({ code: 'store_locked', message: expect.stringContaining(`process ${process.pid})`) }),
    )
    lock.announce({ port: 4100 })
    expect(() => lockStore(path())).toThrow(/process \d+, port 4100/u)
    lock.release()
    lock.release()
    lockStore(path()).release()
  })

  it('names nobody when what is written is of a process that is gone', () => {
    const lock = lockStore(path())
    writeFileSync(`${path()}.holder`, '{"pid":2147483646,"port":1}')
    expect(() => lockStore(path())).toThrow(/^another gateway writes "[^"]+"$/u)
    writeFileSync(`${path()}.holder`, 'not json')
    expect(() => lockStore(path())).toThrow(/^another gateway writes "[^"]+"$/u)
    lock.release()
  })

  it('does not stand in the way of the command line, which reads and writes beside it', () => {
    const lock = lockStore(path())
    const { ledger, connection } = openLedger(path())
    const beside = openDatabase(path())
    expect(beside.prepare("INSERT INTO word (text) VALUES ('x')").run().changes).toBe(1)
    beside.close()
    connection.close()
    void ledger
    lock.release()
  })

  it('leaves nothing that others can read', () => {
    const lock = lockStore(path())
    for (const name of readdirSync(join(dir(), '.gateway'))) {
      expect(statSync(join(dir(), '.gateway', name)).mode & 0o077, name).toBe(0)
    }
    lock.release()
  })
})

describe('backup', () => {
  it('is one moment of a store that is being written, whole, and for its owner alone', async () => {
    const { ledger } = openLedger(path(), { groupMs: 1, rollUpMs: 1 })
    for (let n = 0; n < 2000; n += 1) spend(ledger, { at: NOON + n * MINUTE, costNanoUsd: 1 })
    await ledger.durable()
    ledger.opened(opening())
    await ledger.durable()
    const reader = openDatabase(path())
    const target = join(dir(), 'copy.db')
    const bytes = backupDatabase(reader, target)
    spend(ledger, { costNanoUsd: 1_000_000 })
    await ledger.durable()
    expect(statSync(target)).toMatchObject({ size: bytes, mode: 0o100600 })
    expect(cost(target)).toBe(2000)
    expect(cost(path())).toBe(1_002_000)
    const copy = openDatabase(target)
    expect(integrityProblems(copy)).toEqual([])
    expect(checkLedger(copy).problems).toEqual([])
    expect(copy.prepare('SELECT count(*) FROM attempt_open').pluck().get()).toBe(1)
    copy.close()
    reader.close()
    await ledger.close()
    expect(readdirSync(dir()).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('never replaces anything, not even an empty file or a link that leads nowhere', () => {
    const connection = openDatabase(path())
    const file = join(dir(), 'there')
    writeFileSync(file, '')
    expect(() => backupDatabase(connection, file)).toThrow(/exists already/u)
    expect(readFileSync(file, 'utf8')).toBe('')
    const link = join(dir(), 'link')
    symlinkSync(join(dir(), 'nowhere'), link)
    expect(() => backupDatabase(connection, link)).toThrow(/exists already/u)
    expect(existsSync(join(dir(), 'nowhere'))).toBe(false)
    expect(() => backupDatabase(connection, join(dir(), 'no', 'such', 'place'))).toThrow(
      expect.objectContaining({ code: 'store_failed' }),
    )
    connection.close()
  })
})

describe('vacuum', () => {
  it('gives room back, drops unused texts, and keeps every sum and row', async () => {
    const { ledger, connection } = openLedger(path())
    for (let n = 0; n < 3000; n += 1) {
      spend(ledger, { at: NOON + n * MINUTE, user: `u${n % 5}`, tags: [`tag ${n} ${'x'.repeat(100)}`], costNanoUsd: n })
    }
    await ledger.close()
    const retention = createRetention(connection, { keepMs: DAY, maxBytes: Number.MAX_SAFE_INTEGER })
    while (retention.step(NOON + 3000 * MINUTE));
    const report = (file: string) => {
      const opened = openDatabase(file)
      const lines = createSpendReader(opened)({ by: ['user', 'day'], since: null, until: null, filter: {} })
      const tags = createSpendReader(opened)({ by: ['tag'], since: null, until: null, filter: {} })
      const words = Number(opened.prepare('SELECT count(*) FROM word').pluck().get())
      opened.close()
      return { lines, tags, words }
    }
    const before = report(path())
    connection.close()
    const done = vacuumDatabase(path())
    const after = report(path())
    expect(done?.bytesAfter).toBeLessThan((done?.bytesBefore ?? 0) / 1.5)
    expect(statSync(path()).size).toBe(done?.bytesAfter)
    expect(after.lines).toEqual(before.lines)
    expect(after.tags).toEqual(before.tags)
    expect(after.words).toBeLessThan(before.words - 1000)
    const opened = openDatabase(path())
    expect(checkLedger(opened).problems).toEqual([])
    // Every column that holds a word is known to it.
    expect(integrityProblems(opened)).toEqual([])
    opened.close()
  })

  it('knows every column that holds a word', async () => {
    const { ledger, connection } = openLedger(path())
    spend(ledger, {
      keyId: 'w-key',
      alias: 'w-alias',
      user: 'w-user',
      project: 'w-project',
      endpoint: 'w-endpoint',
      model: 'w-model',
      tier: 'w-tier',
      provider: 'w-provider',
      upstreamModel: 'w-upstream',
      intent: 'w-intent',
      configHash: 'w-config',
      priceSource: 'w-source',
      priceAsOf: 'w-as-of',
      cache: 'w-cache',
      groups: ['w-group'],
      tags: ['w-tag'],
      failure: 'timeout_idle',
    })
    await ledger.close()
    const words = (opened: typeof connection): unknown[] =>
      opened.prepare('SELECT text FROM word ORDER BY id').pluck().all()
    const before = words(connection)
    expect(before.length).toBe(19)
    connection.close()
    vacuumDatabase(path())
    const opened = openDatabase(path())
    expect(words(opened)).toEqual(before)
    opened.close()
  })

  it('refuses while a proxy runs, and says which', () => {
    openDatabase(path()).close()
    const lock = lockStore(path())
    lock.announce({ port: 4321 })
    expect(() => vacuumDatabase(path())).toThrow(/port 4321/u)
    lock.release()
    expect(vacuumDatabase(path())).not.toBeNull()
  })

  it('makes no store where there is none', () => {
    expect(vacuumDatabase(path())).toBeNull()
    expect(existsSync(path())).toBe(false)
  })
})

describe('integrity', () => {
  it('lists what is wrong inside of a file that opens', async () => {
    const { ledger, connection } = openLedger(path())
    for (let n = 0; n < 2000; n += 1) spend(ledger, { at: NOON + n * MINUTE })
    await ledger.close()
    const page = Number(
      connection.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'attempt_quarter'").pluck().get(),
    )
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    connection.close()
    const bytes = readFileSync(path())
    bytes.fill(0x55, (page - 1) * 4096 + 200, page * 4096)
    writeFileSync(path(), bytes)
    const damaged = openDatabase(path())
    expect(integrityProblems(damaged).length).toBeGreaterThan(0)
    damaged.close()
  })
})
