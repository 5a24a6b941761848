import type { SpendQuery } from '../../engine/spend.ts'
import { DAY_MS, QUARTER_MS } from './codes.ts'

/** Where the sums of a range come from. */
export interface SpendRange {
  readonly since: number | null
  readonly until: number | null
  readonly widened: boolean
  readonly tagsSince: number | null
  /** Whole days `[first, end)` of the roll-up; null when only rows can answer. */
  readonly days: readonly [number, number] | null
  /** Ranges `[from, to)` in ms that are summed from rows which the roll-up holds as well. */
  readonly edges: readonly (readonly [number, number])[]
  /** Rows above it are in no roll-up and count wherever they fall into the range. */
  readonly rolled: number
}

interface Known {
  readonly rolled: number
  /** Rows of quarters before it may have been dropped. */
  readonly rowsFrom: number
}

/** No moment is later; leaves room for the arithmetic of SQLite's integers and of ours. */
const END_MS = 8.64e15

/** Cuts a range into whole days and edges. Edges whose rows are gone widen to their whole day. */
export function spendRange({ by, filter, since, until }: SpendQuery, { rolled, rowsFrom }: Known): SpendRange {
  const from = Math.max(0, since ?? 0)
  const to = Math.min(END_MS, until ?? END_MS)
  if (by.includes('tag') || filter.tag !== undefined) {
    const rowsFromMs = rowsFrom * QUARTER_MS
    const late = from < rowsFromMs
    const start = late ? rowsFromMs : from
    return {
      since: late ? start : since,
      until,
      widened: false,
      tagsSince: late ? start : null,
      days: null,
      edges: [[start, to]],
      rolled,
    }
  }
  const gone = (ms: number): boolean => Math.floor(ms / QUARTER_MS) < rowsFrom
  const wideFrom = from % DAY_MS !== 0 && gone(from) ? dayStart(from) : from
  const wideTo = to % DAY_MS !== 0 && gone(dayStart(to)) ? dayStart(to) + DAY_MS : to
  const firstDay = Math.ceil(wideFrom / DAY_MS)
  const endDay = Math.floor(wideTo / DAY_MS)
  const edges: (readonly [number, number])[] =
    firstDay > endDay
      ? [[wideFrom, wideTo]]
      : [
          [wideFrom, firstDay * DAY_MS],
          [endDay * DAY_MS, wideTo],
        ]
  return {
    since: wideFrom === from ? since : wideFrom,
    until: wideTo === to ? until : wideTo,
    widened: wideFrom !== from || wideTo !== to,
    tagsSince: null,
    days: [firstDay, Math.max(firstDay, endDay)],
    edges: edges.filter(([start, end]) => start < end),
    rolled,
  }
}

function dayStart(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS
}
