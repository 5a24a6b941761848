import type { Connection } from '../open.ts'
import { QUARTER_MS } from './codes.ts'

export interface RetentionLimits {
  /** Rows older than this are dropped. */
  readonly keepMs: number
  /** While the used part of the file is larger, the oldest rows are dropped. */
  readonly maxBytes: number
}

/** Drops old rows; their sums stay. */
export interface Retention {
  /** One short transaction; true when more is to be dropped. */
  step(now: number): boolean
}

/** Rows dropped in one transaction: some milliseconds. */
const STEP_ROWS = 500
/** However small the size that is allowed: rolling windows of an hour cut through rows of that age. */
const ALWAYS_KEPT_MS = 4_500_000

export function createRetention(connection: Connection, limits: RetentionLimits): Retention {
  const usedBytes = usedBytesReader(connection)
  const oldest = connection
    .prepare<[], number>(`SELECT at_ms / ${QUARTER_MS} FROM attempt ORDER BY at_ms / ${QUARTER_MS} LIMIT 1`)
    .pluck()
  const mark = connection.prepare('UPDATE ledger_state SET rows_from_quarter = max(rows_from_quarter, ? + 1)')
  // Only what the roll-ups hold.
  const drop = connection.prepare(
    `DELETE FROM attempt WHERE seq IN (
       SELECT seq FROM attempt WHERE at_ms / ${QUARTER_MS} = ? AND seq <= (SELECT rolled_seq FROM ledger_state)
       LIMIT ${STEP_ROWS})`,
  )
  const dropSome = connection.transaction((quarter: number) => {
    const dropped = drop.run(quarter).changes > 0
    if (dropped) mark.run(quarter)
    return dropped
  })
  return {
    step(now) {
      const quarter = oldest.get()
      if (quarter === undefined) return false
      const ageLimit = Math.floor((now - limits.keepMs) / QUARTER_MS)
      const sizeLimit = Math.floor((now - ALWAYS_KEPT_MS) / QUARTER_MS)
      if (quarter >= ageLimit && (quarter >= sizeLimit || usedBytes() <= limits.maxBytes)) return false
      return dropSome.immediate(quarter)
    },
  }
}

/** Bytes of the file that hold something; the rest is used again before the file grows. */
export function usedBytesReader(connection: Connection): () => number {
  const number = (sql: string) => connection.prepare<[], number>(sql).pluck()
  const [pages, free, size] = [number('PRAGMA page_count'), number('PRAGMA freelist_count'), number('PRAGMA page_size')]
  return () => ((pages.get() ?? 0) - (free.get() ?? 0)) * (size.get() ?? 0)
}
