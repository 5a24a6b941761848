import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PairRow } from '../../../src/replay/types.ts'
import { openDatabase } from '../../../src/store/open.ts'
import { createResponseStore } from '../../../src/store/responses.ts'
import { createRunStore } from '../../../src/store/runs.ts'

const arm = {
  model: 'm',
  tier: 'free',
  provider: 'p',
  rule: null,
  reason: 'policy',
  evidence: 'R',
  costNanoUsd: 5,
  costBasis: 'counted',
  firstTokenMs: null,
  totalMs: null,
  latencyBasis: null,
  inputTokens: 1,
  outputTokens: 1,
  metrics: { 'quality.score': 1 },
  scores: [],
  error: null,
  refused: false,
} as const

function row(fixture: string): PairRow {
  const place = {
    fixture,
    file: 'f.jsonl',
    line: 2,
    session: 's',
    turn: 0,
    intent: 'math',
    tags: [],
    weight: 1,
  } as const
  return { ...place, baseline: arm, candidate: arm, routeChanged: false }
}

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-store-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const path = (): string => join(directory, '.gateway', 'gateway.db')

describe('run store', () => {
  it('keeps the rows of an interrupted run for the next process', () => {
    const first = createRunStore(openDatabase(path()))
    first.begin({ id: 'abc123', spec: { seed: 7 }, at: 1000, fresh: true })
    first.append('abc123', [{ candidate: 0, ordinal: 1, row: row('fx_b') }])
    first.append('abc123', [{ candidate: 0, ordinal: 0, row: row('fx_a') }])
    first.close()

    const second = createRunStore(openDatabase(path()))
    expect(second.find('abc')?.status).toBe('running')
    expect([...second.rows('abc123', 0)].map((stored) => stored.row.fixture)).toEqual(['fx_a', 'fx_b'])
    second.begin({ id: 'abc123', spec: { seed: 7 }, at: 2000, fresh: false })
    expect([...second.rows('abc123', 0)]).toHaveLength(2)
    second.begin({ id: 'abc123', spec: { seed: 7 }, at: 3000, fresh: true })
    expect([...second.rows('abc123', 0)]).toHaveLength(0)
    second.close()
  })

  it('gives back more rows than fit into one page, each once and in order', () => {
    const store = createRunStore(openDatabase(path()))
    store.begin({ id: 'abc', spec: {}, at: 1, fresh: true })
    const ordinals = Array.from({ length: 2500 }, (_, index) => index)
    store.append(
      'abc',
      ordinals.map((ordinal) => ({ candidate: 0, ordinal, row: row(`fx_${ordinal}`) })),
    )
    expect([...store.rows('abc', 0)].map(({ ordinal }) => ordinal)).toEqual(ordinals)
    store.close()
  })

  it('finds by an unambiguous beginning only, lists newest first, removes rows with the run', () => {
    const store = createRunStore(openDatabase(path()))
    store.begin({ id: 'aa1', spec: {}, at: 1, fresh: true })
    store.begin({ id: 'aa2', spec: {}, at: 2, fresh: true })
    store.append('aa1', [{ candidate: 0, ordinal: 0, row: row('fx_a') }])
    expect(store.find('aa')).toBeUndefined()
    expect(store.find("aa1'; DROP TABLE run; --")).toBeUndefined()
    expect(store.find('aa1')?.id).toBe('aa1')
    expect(store.list().map(({ id }) => id)).toEqual(['aa2', 'aa1'])
    expect(store.remove('aa1')).toBe(true)
    expect(store.remove('aa1')).toBe(false)
    expect([...store.rows('aa1', 0)]).toEqual([])
    store.close()
  })
})

describe('database file', () => {
  it('is readable by its owner alone', () => {
    openDatabase(path()).close()
    expect(statSync(path()).mode & 0o777).toBe(0o600)
  })

  it('refuses a newer schema and a file that is no database, and leaves both as they are', () => {
    openDatabase(path()).close()
    const newer = new Database(path())
    newer.pragma('user_version = 99')
    newer.close()
    expect(() => openDatabase(path())).toThrow(/schema 99/u)

    const broken = join(directory, 'broken.db')
    writeFileSync(broken, 'this is not a database, and long enough to be looked at as one '.repeat(20))
    expect(() => openDatabase(broken)).toThrow(/damaged or no database/u)
    expect(statSync(broken).size).toBe(1260)
  })
})

describe('response store', () => {
  it('gives back what was saved for the same key and model, and nothing for another', () => {
    const store = createResponseStore(openDatabase(path()))
    const response = { status: 200, model: 'm', finish: 'stop', message: { text: 'hi' }, usage: null } as const
    store.save({ key: 'k', model: 'm', response, at: 1 })
    expect(store.find('k', 'm')).toEqual(response)
    expect(store.find('k', 'other')).toBeUndefined()
    expect(store.find('other', 'm')).toBeUndefined()
  })
})
