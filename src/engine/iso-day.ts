const ISO_DAY = /^(\d{4})-(\d{2})(?:-(\d{2}))?/
export const DAY_MS = 86_400_000

/** Days since 1970-01-01 of an ISO date (a month alone means its first day); null when the text is no date. */
export function isoDay(text: string): number | null {
  const match = ISO_DAY.exec(text)
  if (match === null) return null
  const month = Number(match[2])
  const day = Number(match[3] ?? '1')
  if (month < 1 || month > 12 || day < 1 || day > 31) return null
  return dayOf(Number(match[1]), month, day)
}

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
export function dayOf(year: number, month: number, day: number): number {
  // Counting years from March puts the leap day last, so that month lengths follow one formula.
  const since = year - (month <= 2 ? 1 : 0)
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return since * 365 + Math.floor(since / 4) - Math.floor(since / 100) + Math.floor(since / 400) + dayOfYear - 719_468
}
