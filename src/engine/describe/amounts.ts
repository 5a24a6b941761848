const NANO = 1_000_000_000
const MINUTE_S = 60

/** `$0`, `$.00091` (two significant digits under a cent), `$.0143`, `$12.30`. */
export function usd(nanoUsd: number): string {
  const sign = nanoUsd < 0 ? '-' : ''
  const value = Math.abs(nanoUsd) / NANO
  if (value === 0) return '$0'
  if (value >= 1) return `${sign}$${value.toFixed(2)}`
  const digits = value < 0.01 ? 2 : 3
  const decimals = Math.min(9, digits - 1 - Math.floor(Math.log10(value)))
  return `${sign}$${value.toFixed(decimals).replace(/^0(?=\.)/, '')}`
}

/** `900`, `41k`, `1.2k`, `1.05M`. */
export function count(value: number): string {
  if (value < 1_000) return String(Math.round(value))
  if (value < 10_000) return `${trimmed(value / 1_000, 1)}k`
  if (value < 1_000_000) return `${Math.round(value / 1_000)}k`
  return `${trimmed(value / 1_000_000, 2)}M`
}

/** `.812`, `1.00`, `-.03`: a score or share without its leading zero. */
export function share(value: number, digits = 3): string {
  const fixed = value.toFixed(digits)
  // A hair below zero must not read as minus zero.
  return Number(fixed) === 0 ? `.${'0'.repeat(digits)}` : fixed.replace(/^(-?)0\./, '$1.')
}

/** `850ms`, `3.2s`, `14m`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)}ms`
  const seconds = milliseconds / 1_000
  if (seconds < MINUTE_S * 2) return `${trimmed(seconds, 1)}s`
  return `${Math.round(seconds / MINUTE_S)}m`
}

function trimmed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, '')
}
