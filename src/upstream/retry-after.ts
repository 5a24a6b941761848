/** Nobody means to wait longer; larger values are treated as this. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000

export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** The first value of a header; names are lower case. */
export function headerValue(headers: ResponseHeaders, name: string): string | null {
  const value = headers[name]
  if (value === undefined) return null
  return typeof value === 'string' ? value : (value[0] ?? null)
}

/**
 * How long a provider asks to wait: `retry-after-ms`, else `Retry-After` in seconds or as a date. `now` in milliseconds
 * since the epoch. Null when it says nothing readable.
 */
export function retryAfterMs(headers: ResponseHeaders, now: number): number | null {
  const exact = seconds(headerValue(headers, 'retry-after-ms'))
  if (exact !== null) return clamp(exact)
  const value = headerValue(headers, 'retry-after')
  const given = seconds(value)
  if (given !== null) return clamp(given * 1000)
  const date = value === null || !/[a-z]/i.test(value) ? Number.NaN : Date.parse(value)
  return Number.isNaN(date) ? null : clamp(date - now)
}

function seconds(value: string | null): number | null {
  return value !== null && /^\s*\d{1,12}(?:\.\d{1,9})?\s*$/.test(value) ? Number(value) : null
}

function clamp(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), MAX_RETRY_AFTER_MS)
}
