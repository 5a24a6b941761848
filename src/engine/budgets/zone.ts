import { DAY_MS, dayOf } from '../iso-day.ts'

/** Wall clocks are at most 15 h 13 min from UTC in the whole history of time zones; a day is a safe distance. */
const FARTHEST_MS = DAY_MS

// A memo, not state: making a formatter is dear, and the same zone always gives the same one.
const formatters = new Map<string, Intl.DateTimeFormat>()

/** Milliseconds that the wall clock of an IANA zone is ahead of UTC at a moment; no zone means UTC. */
export function offsetAt(zone: string | undefined, at: number): number {
  if (zone === undefined || zone === 'UTC') return 0
  const part: Record<string, number> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(at)) part[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part
  const wall = dayOf(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000
  return wall - Math.floor(at / 1_000) * 1_000
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (formatter === undefined) {
    const numeric = 'numeric' as const
    const parts = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric }
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts })
    formatters.set(zone, formatter)
  }
  return formatter
}

/** The first moment in `(from, to]` with another offset than at `from`; null when the ends agree. */
export function changeBetween(zone: string | undefined, from: number, to: number): number | null {
  const before = offsetAt(zone, from)
  if (offsetAt(zone, to) === before) return null
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(zone, middle) === before) low = middle
    else high = middle
  }
  return high
}

/**
 * The first moment at which the wall clock shows `wall` (milliseconds as if it were UTC) or later. A time that the clock
 * skips is the moment of the skip; a time that it shows twice is the first of the two. So moments follow the order of
 * the wall times, and days that begin at them neither overlap nor leave gaps.
 */
export function momentOf(zone: string | undefined, wall: number): number {
  const [low, high] = [wall - FARTHEST_MS, wall + FARTHEST_MS]
  const early = offsetAt(zone, low)
  const change = changeBetween(zone, low, high)
  if (change === null || wall - early < change) return wall - early
  return Math.max(change, wall - offsetAt(zone, change))
}

/** The day (since 1970-01-01) on which the month of a day begins. */
export function firstOfMonth(day: number): number {
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const month = Math.floor((5 * dayOfYear + 2) / 153)
  return day - (dayOfYear - Math.floor((153 * month + 2) / 5))
}
