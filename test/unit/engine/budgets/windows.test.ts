import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowAt, type WindowRule } from '../../../../src/engine/budgets/windows.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString().replace(':00.000Z', 'Z')
}

function windowOf(rule: WindowRule, now: string): readonly (string | null)[] {
  const { from, to } = windowAt(rule, Date.parse(now))
  return [iso(from), iso(to)]
}

describe('calendar windows', () => {
  it.each([
    ['hour', '2026-06-10T11:59:59.999Z', '2026-06-10T11:00Z', '2026-06-10T12:00Z'],
    ['hour', '2026-06-10T12:00:00.000Z', '2026-06-10T12:00Z', '2026-06-10T13:00Z'],
    ['day', '2026-06-10T23:59:59.999Z', '2026-06-10T00:00Z', '2026-06-11T00:00Z'],
    ['week', '2026-06-14T23:59:59.999Z', '2026-06-08T00:00Z', '2026-06-15T00:00Z'],
    ['week', '2026-06-15T00:00:00.000Z', '2026-06-15T00:00Z', '2026-06-22T00:00Z'],
    ['month', '2024-02-29T12:00:00.000Z', '2024-02-01T00:00Z', '2024-03-01T00:00Z'],
    ['month', '2025-12-31T23:59:59.999Z', '2025-12-01T00:00Z', '2026-01-01T00:00Z'],
    ['month', '2026-01-31T00:00:00.000Z', '2026-01-01T00:00Z', '2026-02-01T00:00Z'],
  ] as const)('%s at %s in UTC', (window, now, from, to) => {
    expect(windowOf({ window }, now)).toEqual([from, to])
    expect(windowOf({ window, timeZone: 'Etc/UTC' }, now)).toEqual([from, to])
  })

  it.each([
    ['a short day', 'day', 'Europe/Berlin', '2026-03-29T12:00Z', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
    ['a long day', 'day', 'Europe/Berlin', '2026-10-25T12:00Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
    ['its last moment', 'day', 'Europe/Berlin', '2026-10-25T22:59Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
    ['a short week', 'week', 'Europe/Berlin', '2026-03-29T12:00Z', '2026-03-22T23:00Z', '2026-03-29T22:00Z'],
    ['a short month', 'month', 'Europe/Berlin', '2026-03-05T12:00Z', '2026-02-28T23:00Z', '2026-03-31T22:00Z'],
    ['a short day', 'day', 'America/New_York', '2026-03-08T12:00Z', '2026-03-08T05:00Z', '2026-03-09T04:00Z'],
    ['a long day', 'day', 'America/New_York', '2026-11-01T12:00Z', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
    ['half an hour more', 'day', 'Australia/Lord_Howe', '2026-04-05T00:00Z', '2026-04-04T13:00Z', '2026-04-05T13:30Z'],
    ['half an hour less', 'day', 'Australia/Lord_Howe', '2026-10-04T00:00Z', '2026-10-03T13:30Z', '2026-10-04T13:00Z'],
    ['a quarter off', 'day', 'Asia/Kathmandu', '2026-06-10T18:14Z', '2026-06-09T18:15Z', '2026-06-10T18:15Z'],
    ['a quarter off', 'day', 'Asia/Kathmandu', '2026-06-10T18:15Z', '2026-06-10T18:15Z', '2026-06-11T18:15Z'],
    ['no midnight', 'day', 'Africa/Cairo', '2026-04-24T12:00Z', '2026-04-23T22:00Z', '2026-04-24T21:00Z'],
    ['midnight twice', 'day', 'America/St_Johns', '2010-11-07T02:45Z', '2010-11-07T02:30Z', '2010-11-08T03:30Z'],
    ['the day before', 'day', 'America/St_Johns', '2010-11-07T02:29Z', '2010-11-06T02:30Z', '2010-11-07T02:30Z'],
    ['before no day', 'day', 'Pacific/Apia', '2011-12-30T09:59Z', '2011-12-29T10:00Z', '2011-12-30T10:00Z'],
    ['after no day', 'day', 'Pacific/Apia', '2011-12-30T10:00Z', '2011-12-30T10:00Z', '2011-12-31T10:00Z'],
    ['an hour skipped', 'hour', 'Europe/Berlin', '2026-03-29T01:30Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'],
    ['an hour', 'hour', 'Europe/Berlin', '2026-10-25T00:30Z', '2026-10-25T00:00Z', '2026-10-25T01:00Z'],
    ['the same again', 'hour', 'Europe/Berlin', '2026-10-25T01:30Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z'],
    ['half of it again', 'hour', 'Australia/Lord_Howe', '2026-04-04T14:30Z', '2026-04-04T14:00Z', '2026-04-04T15:30Z'],
    ['half of it again', 'hour', 'Australia/Lord_Howe', '2026-04-04T15:15Z', '2026-04-04T14:00Z', '2026-04-04T15:30Z'],
    ['half of it', 'hour', 'Australia/Lord_Howe', '2026-10-03T15:45Z', '2026-10-03T15:30Z', '2026-10-03T16:00Z'],
    ['a quarter off', 'hour', 'Asia/Kathmandu', '2026-06-10T18:14Z', '2026-06-10T17:15Z', '2026-06-10T18:15Z'],
  ] as const)('%s: %s in %s at %s', (_what, window, timeZone, now, from, to) => {
    expect(windowOf({ window, timeZone }, now)).toEqual([from, to])
  })

  const ZONES = [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/St_Johns',
    'UTC',
  ]
  const shape = fc.record({
    window: fc.constantFrom('hour', 'day', 'week', 'month'),
    timeZone: fc.constantFrom(...ZONES, 'Africa/Cairo', 'Pacific/Apia'),
    now: fc.integer({ min: Date.parse('2007-01-01'), max: Date.parse('2037-01-01') }),
  })
  // Near a change of the clocks of most of these zones.
  const nearChange = fc
    .tuple(shape, fc.constantFrom('2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-04-04T15:00Z', '2026-11-01T06:00Z'))
    .chain(([one, at]) =>
      fc.integer({ min: -2 * DAY, max: 2 * DAY }).map((by) => ({ ...one, now: Date.parse(at) + by })),
    )

  it('follow each other without gap or overlap, and hold the moment they were asked for', () => {
    const longest = { hour: 1.5 * HOUR, day: 25 * HOUR, week: 7 * DAY + HOUR, month: 31 * DAY + HOUR }
    fc.assert(
      fc.property(fc.oneof(shape, nearChange), ({ window, timeZone, now }) => {
        const rule = { window, timeZone }
        const found = windowAt(rule, now)
        const to = found.to ?? Number.NaN
        expect(found.from).toBeLessThanOrEqual(now)
        expect(to).toBeGreaterThan(now)
        expect(to - found.from).toBeLessThanOrEqual(longest[window])
        expect(windowAt(rule, found.from)).toEqual(found)
        expect(windowAt(rule, to - 1)).toEqual(found)
        expect(windowAt(rule, to).from).toBe(to)
        expect(windowAt(rule, found.from - 1).to).toBe(found.from)
      }),
      { seed: 41, numRuns: 1_500 },
    )
  })

  it('begin when the wall clock shows the beginning of the unit, or jumps over it', () => {
    fc.assert(
      fc.property(fc.oneof(shape, nearChange), ({ window, timeZone, now }) => {
        const { from } = windowAt({ window, timeZone }, now)
        const shown = (at: number): string => wall(timeZone, at)
        const start = shown(from)
        const jumped = Date.parse(`${start}Z`) - Date.parse(`${shown(from - 1_000)}Z`) !== 1_000
        expect(jumped || start.endsWith(window === 'hour' ? ':00:00' : '00:00:00')).toBe(true)
        const weekday = new Date(`${start}Z`).getUTCDay()
        expect(window === 'week' ? weekday : 1).toBe(1)
        expect(window === 'month' ? start.slice(8, 10) : '01').toBe('01')
      }),
      { seed: 42, numRuns: 1_500 },
    )
  })
})

/** What a clock on the wall shows, by another way than the code under test. */
function wall(timeZone: string, at: number): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')
}

describe('other windows', () => {
  it('total has no end', () => {
    expect(windowAt({ window: 'total' }, 1)).toEqual({ from: 0, to: null })
    expect(windowAt({ window: 'total', timeZone: 'Asia/Kathmandu' }, Date.parse('2026-01-01'))).toEqual({
      from: 0,
      to: null,
    })
  })

  it.each([
    ['hour', HOUR],
    ['day', DAY],
    ['week', 7 * DAY],
    ['month', 30 * DAY],
  ] as const)('a rolling %s reaches back its length, and at most a sixtieth more', (window, length) => {
    fc.assert(
      fc.property(fc.integer({ min: 100 * DAY, max: 30_000 * DAY }), (now) => {
        const { from, to } = windowAt({ window, rolling: true }, now)
        expect(to).toBeNull()
        expect(now - from).toBeGreaterThanOrEqual(length)
        expect(now - from).toBeLessThan(length + length / 60)
      }),
      { seed: 43, numRuns: 300 },
    )
  })
})
