import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import { storeFailure } from '../../../src/store/failure.ts'
import { createDataVersion } from '../../../src/store/data-version.ts'
import { MIGRATIONS } from '../../../src/store/migrations.ts'
import { openDatabase, openExisting } from '../../../src/store/open.ts'
import { createResponseStore } from '../../../src/store/responses.ts'
import { openLedger, spend, storeDirectory } from './support.ts'

const { path } = storeDirectory()
beforeEach(() => mkdirSync(dirname(path())))

const schemaOf = (file: string): unknown[] => {
  const database = new Database(file)
  const found = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all()
  database.close()
  return found
}

describe('opening', () => {
  it('makes a whole file for its owner alone, in a directory for its owner alone, and leaves nothing beside it', () => {
    openDatabase(path()).close()
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    expect(readdirSync(dirname(path()))).toEqual(['gateway.db'])
  })

  it('makes no file for those who only look', () => {
    expect(openExisting(path())).toBeNull()
    expect(readdirSync(dirname(path()))).toEqual([])
  })

  it('keeps the write-ahead log as private as the file', () => {
    const connection = openDatabase(path())
    connection.exec('CREATE TABLE later (x)')
    for (const name of readdirSync(dirname(path()))) {
      expect(statSync(join(dirname(path()), name)).mode & 0o077, name).toBe(0)
    }
    connection.close()
  })

  it('shows by its data version what others commit, not what it commits itself', () => {
    const [mine, theirs] = [openDatabase(path()), openDatabase(path())]
    const version = createDataVersion(mine)
    const before = version()
    mine.exec('CREATE TABLE mine (x)')
    expect(version()).toBe(before)
    theirs.exec('CREATE TABLE theirs (x)')
    expect(version()).not.toBe(before)
    mine.close()
    theirs.close()
  })
})

describe('migrations', () => {
  /** Published ones; a change of any of them would leave files in the world that no test has seen. */
  const PUBLISHED = ['2a2a788f644c7971', '5de43bca8922a67f']

  it('never change once published', () => {
    const hashes = MIGRATIONS.map((sql) => createHash('sha256').update(sql).digest('hex').slice(0, 16))
    expect(hashes.slice(0, PUBLISHED.length)).toEqual(PUBLISHED)
  })

  /** A file as the gateway of that schema left it, with something in every table of schema 1. */
  function earlierFile(version: number): void {
    const database = new Database(path())
    database.pragma('journal_mode = WAL')
    for (const [index, sql] of MIGRATIONS.slice(0, version).entries()) {
      database.exec(`BEGIN; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`)
    }
    database.exec(`INSERT INTO run VALUES ('abc', 'complete', 5, '{}', NULL);
      INSERT INTO run_row VALUES ('abc', 0, 0, '{}');
      INSERT INTO response VALUES ('k', 'm', '{"status":200}', 7)`)
    if (version >= 2) database.exec("INSERT INTO word (text) VALUES ('kept')")
    database.close()
  }

  it.each(MIGRATIONS.map((_, index) => index + 1))('bring schema %i up to date with all that is in it', (version) => {
    earlierFile(version)
    const connection = openDatabase(path())
    expect(Number(connection.prepare('PRAGMA user_version').pluck().get())).toBe(MIGRATIONS.length)
    expect(createResponseStore(connection).find('k', 'm')).toEqual({ status: 200 })
    expect(connection.prepare('SELECT run_id FROM run_row').pluck().all()).toEqual(['abc'])
    const words = connection.prepare('SELECT text FROM word ORDER BY id').pluck().all()
    expect(words).toEqual(version >= 2 ? ['', 'kept'] : [''])
    connection.close()
    const fresh = join(dirname(path()), 'fresh.db')
    openDatabase(fresh).close()
    expect(schemaOf(path())).toEqual(schemaOf(fresh))
  })

  it('leave the old schema when one fails half-way', () => {
    earlierFile(1)
    const blocked = new Database(path())
    blocked.exec('CREATE TABLE who (x)')
    blocked.close()
    const before = schemaOf(path())
    expect(() => openDatabase(path())).toThrow(expect.objectContaining({ code: 'store_failed' }))
    expect(schemaOf(path())).toEqual(before)
  })
})

describe('a file that can not be used', () => {
  /** What a user is told; the file must stay as it is. */
  function refusal(): { message: string; hint: string | undefined } {
    const before = readFileSync(path())
    let told: unknown
    try {
      openDatabase(path())
    } catch (error) {
      told = error
    }
    expect(readFileSync(path()).equals(before)).toBe(true)
    expect(told).toMatchObject({ code: 'store_failed' })
    const { message, hint } = told as { message: string; hint: string | undefined }
    expect(hint).toBeDefined()
    return { message, hint }
  }

  function fill(): void {
    const { ledger, connection } = openLedger(path())
    for (let n = 0; n < 500; n += 1) spend(ledger, { user: `user ${n} ${'x'.repeat(200)}` })
    void ledger.close()
    connection.close()
  }

  it('of a newer gateway', () => {
    openDatabase(path()).close()
    const newer = new Database(path())
    newer.pragma('user_version = 99')
    newer.close()
    expect(refusal().message).toContain('schema 99')
  })

  it('that is empty, since only a whole file ever gets its name', () => {
    writeFileSync(path(), '')
    expect(refusal().message).toContain('is empty')
  })

  it('that holds text', () => {
    writeFileSync(path(), 'this is not a database, and long enough to be looked at as one '.repeat(20))
    expect(refusal().message).toContain('damaged or no database')
  })

  it.each([0.1, 0.5, 0.97])('that was cut to %d of its size', (share) => {
    fill()
    truncateSync(path(), Math.floor((statSync(path()).size * share) / 4096) * 4096)
    expect(refusal().message).toContain('damaged')
  })

  it('that was cut in the middle of its header', () => {
    fill()
    truncateSync(path(), 60)
    expect(refusal().message).toContain('damaged')
  })

  it('that was overwritten in its first page', () => {
    fill()
    const bytes = readFileSync(path())
    bytes.fill(0xaa, 100, 3000)
    writeFileSync(path(), bytes)
    expect(refusal().message).toContain('damaged')
  })

  it('of another program', () => {
    const other = new Database(path())
    other.exec('CREATE TABLE theirs (x)')
    other.close()
    expect(refusal().message).toContain('another program')
    const sameVersion = new Database(path())
    sameVersion.pragma(`user_version = ${MIGRATIONS.length}`)
    sameVersion.close()
    expect(refusal().message).toContain('another program')
  })

  it('locked by another process', () => {
    openDatabase(path()).close()
    const other = new Database(path())
    other.pragma('journal_mode = DELETE')
    other.exec('BEGIN EXCLUSIVE')
    expect(() => openDatabase(path(), { busyMs: 10 })).toThrow(/locked by another process/u)
    other.close()
    openDatabase(path()).close()
  })

  it('that is a directory', () => {
    mkdirSync(path())
    expect(() => openDatabase(path())).toThrow(expect.objectContaining({ code: 'store_failed' }))
    expect(() => openDatabase(path())).toThrow(/is not a file/u)
  })

  it('under a directory that is a file', () => {
    const file = join(dirname(path()), 'plain')
    writeFileSync(file, 'x')
    expect(() => openDatabase(join(file, 'gateway.db'))).toThrow(expect.objectContaining({ code: 'store_failed' }))
  })

  it('on a full disk, read-only, or without permission is told in words', () => {
    const connection = openDatabase(path())
    connection.close()
    const readonly = new Database(path(), { readonly: true })
    const thrown = (run: () => unknown): unknown => {
      try {
        return run()
      } catch (error) {
        return error
      }
    }
    const readOnlyError = thrown(() => readonly.exec('CREATE TABLE t (x)'))
    expect(storeFailure('f.db', readOnlyError).message).toBe('"f.db" can not be written')
    const full = new Database(':memory:')
    full.exec('CREATE TABLE t (x); PRAGMA max_page_count = 2')
    const fullError = thrown(() => full.exec(`INSERT INTO t VALUES (zeroblob(100000))`))
    expect(storeFailure('f.db', fullError).message).toBe('the disk of "f.db" is full')
    const denied = Object.assign(new Error('denied'), { code: 'EACCES' })
    expect(storeFailure('f.db', denied).message).toBe('"f.db" can not be written')
    expect(storeFailure('f.db', new Error('x'))).toMatchObject({ code: 'store_failed', message: 'can not use "f.db"' })
  })
})
