import { DAY_MS } from '../iso-day.ts'
import type { BudgetRule } from '../routing-config.ts'
import { changeBetween, firstOfMonth, momentOf, offsetAt } from './zone.ts'

const HOUR_MS = 3_600_000
/** A rolling window counts in this many buckets. */
const BUCKETS = 60

export type WindowRule = Pick<BudgetRule, 'window' | 'rolling' | 'timeZone'>

/** `from` inclusive, `to` exclusive, ms since the epoch. Null: the window rolls or never ends. */
export interface Window {
  readonly from: number
  readonly to: number | null
}

const ROLLING_MS = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const

/** The window of a budget that holds `now`. Of a rolling window `from` is where its oldest bucket begins. */
export function windowAt(rule: WindowRule, now: number): Window {
  if (rule.window === 'total') return { from: 0, to: null }
  const bucketMs = bucketMsOf(rule)
  if (bucketMs !== null) return { from: Math.max(0, bucketOf(now, bucketMs) - BUCKETS * bucketMs), to: null }
  return rule.window === 'hour' ? hourAt(rule.timeZone, now) : daysAt(rule.window, rule.timeZone, now)
}

/** Length of the buckets of a rolling window; null for the calendar's and for `total`. */
export function bucketMsOf({ window, rolling }: WindowRule): number | null {
  return rolling !== true || window === 'total' ? null : ROLLING_MS[window] / BUCKETS
}

/** Start of the bucket that holds a moment. */
export function bucketOf(at: number, bucketMs: number): number {
  return Math.floor(at / bucketMs) * bucketMs
}

/** When a bucket lies wholly outside the window. */
export function leavesAt(bucket: number, bucketMs: number): number {
  return bucket + (BUCKETS + 1) * bucketMs
}

/**
 * An hour begins whenever the wall clock strikes the full hour or jumps into another one. An hour that the clock shows
 * twice is two windows; half an hour that it shows twice makes one window longer.
 */
function hourAt(zone: string | undefined, now: number): Window {
  let from = now - hourPart(now + offsetAt(zone, now))
  const change = changeBetween(zone, from, now)
  if (change !== null) {
    const last = change - 1
    from = beginsHour(zone, change) ? change : last - hourPart(last + offsetAt(zone, last))
  }
  return { from, to: hourAfter(zone, now) }
}

function hourAfter(zone: string | undefined, now: number): number {
  let at = now
  for (;;) {
    const next = at + HOUR_MS - hourPart(at + offsetAt(zone, at))
    const moment = changeBetween(zone, at, next) ?? next
    if (beginsHour(zone, moment)) return moment
    at = moment
  }
}

function beginsHour(zone: string | undefined, at: number): boolean {
  const wall = at + offsetAt(zone, at)
  const before = at - 1 + offsetAt(zone, at - 1)
  return hourPart(wall) === 0 || wall - hourPart(wall) !== before - hourPart(before)
}

function hourPart(wall: number): number {
  return ((wall % HOUR_MS) + HOUR_MS) % HOUR_MS
}

function daysAt(unit: 'day' | 'week' | 'month', zone: string | undefined, now: number): Window {
  let day = firstDay(unit, Math.floor((now + offsetAt(zone, now)) / DAY_MS))
  let from = momentOf(zone, day * DAY_MS)
  for (;;) {
    day = firstDay(unit, day + (unit === 'day' ? 1 : unit === 'week' ? 7 : 31))
    const to = momentOf(zone, day * DAY_MS)
    // In an evening that the clock shows again, the next day has already begun.
    if (to > now) return { from, to }
    from = to
  }
}

/** The day on which a day's own unit begins. 1970-01-01 was a Thursday; weeks begin on Monday. */
function firstDay(unit: 'day' | 'week' | 'month', day: number): number {
  if (unit === 'day') return day
  return unit === 'month' ? firstOfMonth(day) : day - ((((day + 3) % 7) + 7) % 7)
}
