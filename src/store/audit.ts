import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { AuditChain, AuditEntry, AuditEvent, AuditStore } from '../auth/ports.ts'
import type { Connection } from './open.ts'

export interface AuditSetup {
  readonly chain: AuditChain
  /** A second place for the newest hash: whoever cuts the log alone is found out. Absent: none. */
  readonly headFile?: string
  /** Told when the second place can not be written. What was committed stays so; the place names an older entry. */
  readonly onHeadTrouble?: (cause: unknown) => void
}

interface AuditColumns {
  readonly seq: number
  readonly at_ms: number
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly facts: string
  readonly previous: string
  readonly hash: string
}

/** The audit log in SQLite. */
export interface SqliteAudit extends AuditStore {
  /** For a transaction that is open already: the entries are there when it commits. To be followed by `committed`. */
  add(events: readonly AuditEvent[]): void
  /** Writes the newest hash to the second place. Never throws: whoever heard of a failure would do what is done again. */
  committed(): void
}

/** The log over a connection that the keys share, so that a change and its entry are one transaction. */
export function createAuditStore(connection: Connection, { chain, headFile, onHeadTrouble }: AuditSetup): SqliteAudit {
  const insert = connection.prepare(
    'INSERT INTO audit (seq, at_ms, actor, action, target, facts, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const newest = connection.prepare<[], AuditColumns>('SELECT * FROM audit ORDER BY seq DESC LIMIT 1')
  const page = connection.prepare<[number, number], AuditColumns>(
    'SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  const head = (): AuditEntry | null => {
    const columns = newest.get()
    return columns === undefined ? null : entryOf(columns)
  }
  function add(events: readonly AuditEvent[]): void {
    let last = head()
    for (const event of events) {
      last = chain(last, event)
      const { seq, at, actor, action, target, facts, previous, hash } = last
      insert.run(seq, at, actor, action, target, JSON.stringify(facts), previous, hash)
    }
  }
  function committed(): void {
    try {
      const last = head()
      if (last !== null && headFile !== undefined) keepHead(headFile, last)
    } catch (cause) {
      onHeadTrouble?.(cause)
    }
  }
  const append = connection.transaction(add)
  return {
    append(events) {
      if (events.length === 0) return
      // At once as a writer: the newest entry is read before the new ones are linked to it.
      append.immediate(events)
      committed()
    },
    add,
    committed,
    after: (seq, limit) => page.all(seq, limit).map((columns) => entryOf(columns)),
    head,
  }
}

function entryOf({ at_ms: at, facts, ...same }: AuditColumns): AuditEntry {
  return { ...same, at, facts: JSON.parse(facts) }
}

/** Entry and hash that the second place names; null when there is no such file or it says nothing. */
export function readHead(file: string): { readonly seq: number; readonly hash: string } | null {
  try {
    const [, seq, hash] = /^(\d{1,15}) ([0-9a-f]{64})\n$/.exec(readFileSync(file, 'utf8')) ?? []
    return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Replaced as a whole. Of two processes that write at once the later entry stays; a crash in between leaves an older one. */
function keepHead(file: string, { seq, hash }: AuditEntry): void {
  const known = readHead(file)
  if (known !== null && known.seq > seq) return
  const aside = `${file}.${process.pid}`
  rmSync(aside, { force: true })
  writeFileSync(aside, `${seq} ${hash}\n`, { flag: 'wx', mode: 0o600 })
  renameSync(aside, file)
}
