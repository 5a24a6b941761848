/**
 * Readers for values with units, as people write them in a config. Each returns undefined when the text does not fit, so
 * that the caller can say what was expected. Money is read digit by digit: no float gets into the ledger.
 */

const DURATION_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const COUNT = { '': 1, k: 1_000, m: 1_000_000, M: 1_000_000 } as const
const BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const
const RATE_MS = { s: 1_000, sec: 1_000, min: 60_000, h: 3_600_000, hour: 3_600_000, day: 86_400_000 } as const

export const PATTERNS = {
  duration: /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/,
  count: /^(\d+(?:\.\d+)?)\s*(k|m|M)?$/,
  share: /^(\d+(?:\.\d+)?)\s*(%|pp)$/,
  money: /^(?:(\d+(?:\.\d+)?)\s*USD|\$\s*(\d+(?:\.\d+)?))$/,
  bytes: /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|KiB|MiB|GiB)$/,
  rate: /^(\d+(?:\.\d+)?)(k|m|M)?\s*\/\s*(s|sec|min|h|hour|day)$/,
  comparison: /^(>=|<=|==|>|<)\s*(\d+(?:\.\d+)?)\s*(k|M|%)?$/,
  delta: /^(>=|<=|>|<)\s*([+-]?\d+(?:\.\d+)?)\s*(pp|%)$/,
  timeOfDay: /^([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)$/,
} as const

/** `250ms`, `5s`, `10m`, `24h`, `30d`; milliseconds. A bare number has no unit and is refused, except 0. */
export function readDurationMs(raw: string | number): number | undefined {
  if (raw === 0 || raw === '0') return 0
  const match = PATTERNS.duration.exec(String(raw))
  return match === null ? undefined : whole(Number(match[1]) * unit(DURATION_MS, match[2]))
}

/** `32k`, `1.5M` or a plain number; a whole number. */
export function readCount(raw: string | number): number | undefined {
  const match = PATTERNS.count.exec(String(raw))
  return match === null ? undefined : whole(Number(match[1]) * unit(COUNT, match[2] ?? ''))
}

/** `5%`, `5pp` or 0.05; a fraction. Fractions above 1 need the percent sign, so that `80` is not read as 8,000 %. */
export function readShare(raw: string | number): number | undefined {
  if (typeof raw === 'number') return raw >= 0 && raw <= 1 ? raw : undefined
  const match = PATTERNS.share.exec(raw)
  return match === null ? undefined : Number((Number(match[1]) / 100).toPrecision(12))
}

/** `5 USD`, `$5` or 5; integer nano-dollars. */
export function readNanoUsd(raw: string | number): number | undefined {
  const match = PATTERNS.money.exec(String(raw))
  return readDecimal(match === null ? String(raw) : (match[1] ?? match[2] ?? ''), 9)
}

/** USD per million tokens as integer pico-dollars per token: one dollar per million is 10^6 pico-dollars a token. */
export function readPicoPerToken(raw: string | number): number | undefined {
  return readDecimal(String(raw), 6)
}

/** `500MB`; bytes. */
export function readBytes(raw: string | number): number | undefined {
  const match = PATTERNS.bytes.exec(String(raw))
  return match === null ? undefined : whole(Number(match[1]) * unit(BYTES, match[2]))
}

export interface Rate {
  readonly amount: number
  readonly perMs: number
}

/** `60/min`, `200k/min`. */
export function readRate(raw: string | number): Rate | undefined {
  const match = PATTERNS.rate.exec(String(raw))
  const amount = match === null ? undefined : whole(Number(match[1]) * unit(COUNT, match[2] ?? ''))
  return match === null || amount === undefined ? undefined : { amount, perMs: unit(RATE_MS, match[3]) }
}

export type ComparisonOp = '>' | '>=' | '<' | '<=' | '=='

/** `">= 0.6"`, `"> 100k"`, `"< 30%"`. */
export function readComparison(
  raw: string | number,
): { readonly op: ComparisonOp; readonly value: number } | undefined {
  const match = PATTERNS.comparison.exec(String(raw))
  if (match === null) return undefined
  const factor = match[3] === 'k' ? 1_000 : match[3] === 'M' ? 1_000_000 : match[3] === '%' ? 0.01 : 1
  const op = COMPARISON_OPS.find((known) => known === match[1])
  return op === undefined ? undefined : { op, value: Number((Number(match[2]) * factor).toPrecision(12)) }
}

const COMPARISON_OPS: readonly ComparisonOp[] = ['>', '>=', '<', '<=', '==']

export interface Delta {
  readonly op: ComparisonOp
  /** A fraction: 0.03 for both `3pp` and `3%`. */
  readonly value: number
  /** Points are a difference, percent a ratio to the baseline. */
  readonly unit: 'pp' | '%'
}

/** `"<= +1pp"`, `"> +20%"`: a comparison with the baseline. */
export function readDelta(raw: string | number): Delta | undefined {
  const match = PATTERNS.delta.exec(String(raw))
  const op = COMPARISON_OPS.find((known) => known === match?.[1])
  if (match === null || op === undefined) return undefined
  return { op, value: Number((Number(match[2]) / 100).toPrecision(12)), unit: match[3] === 'pp' ? 'pp' : '%' }
}

/** `22:00-06:00`, UTC; minutes since midnight. */
export function readTimeOfDay(
  raw: string | number,
): { readonly fromMinute: number; readonly toMinute: number } | undefined {
  const match = PATTERNS.timeOfDay.exec(String(raw))
  if (match === null) return undefined
  const [from, to] = [Number(match[1]) * 60 + Number(match[2]), Number(match[3]) * 60 + Number(match[4])]
  return from === to ? undefined : { fromMinute: from, toMinute: to }
}

/** A decimal number times 10^places, exactly; undefined when digits would be lost or the result is no safe integer. */
export function readDecimal(text: string, places: number): number | undefined {
  const match = /^(\d{1,15})(?:\.(\d+))?(?:e([+-]?\d{1,2}))?$/i.exec(text)
  if (match === null) return undefined
  const fraction = (match[2] ?? '').replace(/0+$/, '')
  const shift = places + Number(match[3] ?? 0) - fraction.length
  let digits = `${match[1] ?? ''}${fraction}`
  if (shift < 0) {
    if (!/^0*$/.test(digits.slice(shift))) return undefined
    digits = digits.slice(0, shift)
  } else digits += '0'.repeat(shift)
  const value = Number(digits === '' ? '0' : digits)
  return Number.isSafeInteger(value) ? value : undefined
}

function whole(value: number): number | undefined {
  const rounded = Math.round(value)
  return Number.isSafeInteger(rounded) && Math.abs(rounded - value) < 1e-6 ? rounded : undefined
}

function unit(table: Readonly<Record<string, number>>, name: string | undefined): number {
  return table[name ?? ''] ?? Number.NaN
}
