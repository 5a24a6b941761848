import type { LedgerOpening, Spender } from '../../engine/ledger.ts'
import type { Connection } from '../open.ts'

/** Entries kept in memory of each kind; a full memory starts over, since looking up again is cheap. */
const REMEMBERED = 20_000

/** Numbers for texts, spenders and calls that repeat in every row. */
export interface Dictionary {
  /** 0 for null and for the empty text. */
  word(text: string | null): number
  who(spender: Spender): number
  what(opening: LedgerOpening): number
  /** To be called when a transaction was rolled back: what it added is gone. */
  forget(): void
}

/** Adds what is missing; only inside a transaction of the one writer. */
export function createDictionary(connection: Connection): Dictionary {
  const findWord = connection.prepare<[string], number>('SELECT id FROM word WHERE text = ?').pluck()
  const addWord = connection.prepare('INSERT INTO word (text) VALUES (?)')
  const words = new Map<string, number>()
  const word = (text: string | null): number => {
    if (text === null || text === '') return 0
    return remembered(words, text, () => findWord.get(text) ?? Number(addWord.run(text).lastInsertRowid))
  }
  const whos = new Map<string, number>()
  const whats = new Map<string, number>()
  const addSpender = spenderTable(connection, word)
  const addCall = callTable(connection, word)
  return {
    word,
    who: (spender) => remembered(whos, spenderKey(spender), () => addSpender(spender)),
    what: (opening) => remembered(whats, callKey(opening), () => addCall(opening)),
    forget() {
      for (const memory of [words, whos, whats]) memory.clear()
    },
  }
}

function remembered(memory: Map<string, number>, key: string, find: () => number): number {
  const known = memory.get(key)
  if (known !== undefined) return known
  const id = find()
  if (memory.size >= REMEMBERED) memory.clear()
  memory.set(key, id)
  return id
}

function spenderTable(connection: Connection, word: (text: string | null) => number): (spender: Spender) => number {
  const find = connection
    .prepare<number[], number>(
      'SELECT id FROM who WHERE key = ? AND alias = ? AND user = ? AND project = ? AND groups = ?',
    )
    .pluck()
  const add = connection.prepare('INSERT INTO who (key, alias, user, project, groups) VALUES (?, ?, ?, ?, ?)')
  const addGroup = connection.prepare('INSERT OR IGNORE INTO who_group (name, who) VALUES (?, ?)')
  return (spender) => {
    const groups = listText(spender.groups)
    const columns = [spender.keyId, spender.alias, spender.user, spender.project, groups].map((text) => word(text))
    const known = find.get(...columns)
    if (known !== undefined) return known
    const who = Number(add.run(...columns).lastInsertRowid)
    for (const group of spender.groups) addGroup.run(word(group), who)
    return who
  }
}

function callTable(connection: Connection, word: (text: string | null) => number): (opening: LedgerOpening) => number {
  const names = ['endpoint', 'model', 'tier', 'provider', 'upstream_model', 'intent']
  const find = connection
    .prepare<number[], number>(`SELECT id FROM what WHERE ${names.map((name) => `${name} = ?`).join(' AND ')}`)
    .pluck()
  const add = connection.prepare(`INSERT INTO what (${names.join(', ')}) VALUES (?, ?, ?, ?, ?, ?)`)
  return ({ endpoint, model, tier, provider, upstreamModel, intent }) => {
    const columns = [endpoint, model, tier, provider, upstreamModel, intent].map((text) => word(text))
    return find.get(...columns) ?? Number(add.run(...columns).lastInsertRowid)
  }
}

/** A list as one word; null when it is empty. Groups are a set, so their order does not make another spender. */
function listText(list: readonly string[]): string | null {
  return list.length === 0 ? null : JSON.stringify([...list].sort())
}

/** JSON keeps apart what a separator could join: names may come from tokens and hold any character. */
function spenderKey({ keyId, alias, user, project, groups }: Spender): string {
  return JSON.stringify([keyId, alias, user, project, groups])
}

function callKey({ endpoint, model, tier, provider, upstreamModel, intent }: LedgerOpening): string {
  return JSON.stringify([endpoint, model, tier, provider, upstreamModel, intent])
}
