import type { RunStatus, RunStore, StoredRow, StoredRun } from '../replay/ports.ts'
import type { Connection } from './open.ts'

interface RunColumns {
  readonly id: string
  readonly status: RunStatus
  readonly at_ms: number
  readonly spec: string
  readonly summary: string | null
}

interface RowColumns {
  readonly candidate: number
  readonly ordinal: number
  readonly row: string
}

/** Replay runs in SQLite. */
export function createRunStore(connection: Connection): RunStore {
  const upsert = connection.prepare(
    `INSERT INTO run (id, status, at_ms, spec, summary) VALUES (?, 'running', ?, ?, NULL)
     ON CONFLICT (id) DO UPDATE SET status = 'running', at_ms = excluded.at_ms, spec = excluded.spec, summary = NULL`,
  )
  const clear = connection.prepare('DELETE FROM run_row WHERE run_id = ?')
  const insert = connection.prepare(
    'INSERT OR REPLACE INTO run_row (run_id, candidate, ordinal, row) VALUES (?, ?, ?, ?)',
  )
  const end = connection.prepare('UPDATE run SET status = ?, summary = ?, at_ms = ? WHERE id = ?')
  const all = connection.prepare<[], RunColumns>('SELECT * FROM run ORDER BY at_ms DESC, id')
  // A prefix search without LIKE: ids are hexadecimal, so every id that begins with p lies in [p, p + 'g').
  const byPrefix = connection.prepare<[string, string], RunColumns>(
    'SELECT * FROM run WHERE id >= ? AND id < ? ORDER BY id LIMIT 2',
  )
  const rows = connection.prepare<[string, number, number], RowColumns>(
    'SELECT candidate, ordinal, row FROM run_row WHERE run_id = ? AND candidate = ? AND ordinal > ? ORDER BY ordinal LIMIT 1000',
  )
  const remove = connection.prepare('DELETE FROM run WHERE id = ?')
  const begin = connection.transaction((run: Parameters<RunStore['begin']>[0]) => {
    upsert.run(run.id, run.at, JSON.stringify(run.spec))
    if (run.fresh) clear.run(run.id)
  })
  const append = connection.transaction((id: string, group: readonly StoredRow[]) => {
    for (const { candidate, ordinal, row } of group) insert.run(id, candidate, ordinal, JSON.stringify(row))
  })
  return {
    begin,
    append,
    finish: (id, { status, summary, at }) => void end.run(status, JSON.stringify(summary), at, id),
    list: () => all.all().map((columns) => storedRun(columns)),
    find(id) {
      if (!/^[0-9a-f]+$/u.test(id)) return undefined
      const [first, second] = byPrefix.all(id, `${id}g`)
      const exact = first?.id === id || second === undefined
      return first !== undefined && exact ? storedRun(first) : undefined
    },
    *rows(id, candidate) {
      // In pages and not by an iterator of the driver, which must not be collected either (see `keepAlive`).
      for (let last = -1; ;) {
        const page = rows.all(id, candidate, last)
        for (const columns of page) yield { ...columns, row: JSON.parse(columns.row) }
        const newest = page.at(-1)
        if (newest === undefined) return
        last = newest.ordinal
      }
    },
    remove: (id) => remove.run(id).changes > 0,
    close: () => connection.close(),
  }
}

function storedRun(columns: RunColumns): StoredRun {
  const { id, status, at_ms: at } = columns
  return {
    id,
    status,
    at,
    spec: JSON.parse(columns.spec),
    summary: columns.summary === null ? null : JSON.parse(columns.summary),
  }
}
