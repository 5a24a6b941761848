/**
 * Sources state prices as floats. A price becomes integer pico-dollars per token once, here; a value that is no number,
 * negative or not finite is unknown.
 */
export function picoPerToken(value: unknown, unit: 'per_million' | 'per_token'): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null
  const pico = Math.round(value * (unit === 'per_million' ? 1e6 : 1e12))
  return Number.isSafeInteger(pico) ? pico : null
}

/** Pico-dollars per token as USD per million tokens, for people: 2500000 is "2.5". */
export function usdPerMillion(pico: number | null): string {
  return pico === null ? '?' : String(pico / 1e6)
}
