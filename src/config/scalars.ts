import { z } from 'zod'
import * as units from './units.ts'

/** Schema pieces for values with units. Input is what people write; output is the number in the unit of the name. */

type Read<T> = (raw: string | number) => T | undefined

interface Shown {
  readonly example: string | number
  /** For editors; numbers are not concerned by it. */
  readonly pattern?: RegExp
}

function withUnit<T>(read: Read<T>, expected: string, shown: Shown) {
  return z
    .union([z.string(), z.number()], { error: () => `expected ${expected}` })
    .transform((raw, context): T => {
      const value = read(raw)
      if (value !== undefined) return value
      context.issues.push({ code: 'custom', message: `expected ${expected}`, input: raw })
      return z.NEVER
    })
    .meta({
      description: expected,
      examples: [shown.example],
      ...(shown.pattern === undefined ? {} : { pattern: shown.pattern.source }),
    })
}

const positive =
  (read: Read<number>): Read<number> =>
  (raw) => {
    const value = read(raw)
    return value === undefined || value <= 0 ? undefined : value
  }

const { PATTERNS } = units
const seconds = { example: '5s', pattern: /^(0|\d+(\.\d+)?\s*(ms|s|m|h|d|w))$/ }
const percent = { example: '5%', pattern: PATTERNS.share }

export const durationMs = withUnit(units.readDurationMs, 'a duration with a unit, such as "5s" or "10m"', seconds)
export const positiveMs = withUnit(
  positive(units.readDurationMs),
  'a duration above zero with a unit, such as "5s" or "10m"',
  seconds,
)
export const tokenCount = withUnit(positive(units.readCount), 'a number of tokens above zero, such as 4096 or "32k"', {
  example: '32k',
  pattern: PATTERNS.count,
})
export const count = withUnit(positive(units.readCount), 'a whole number above zero, such as 64 or "100k"', {
  example: 64,
  pattern: PATTERNS.count,
})
export const share = withUnit(units.readShare, 'a share such as "5%" or 0.05', percent)
export const nanoUsd = withUnit(units.readNanoUsd, 'an amount such as "5 USD"', {
  example: '5 USD',
  pattern: /^(\$\s*)?\d+(\.\d+)?(\s*USD)?$/,
})
export const picoPerToken = withUnit(
  units.readPicoPerToken,
  'a price in USD per million tokens with at most six decimals, such as 0.75',
  { example: 0.75 },
)
export const byteCount = withUnit(positive(units.readBytes), 'a size such as "500MB"', {
  example: '500MB',
  pattern: PATTERNS.bytes,
})
export const rate = withUnit(units.readRate, 'a rate such as "60/min" or "200k/min"', {
  example: '60/min',
  pattern: PATTERNS.rate,
})
export const comparison = withUnit(units.readComparison, 'a comparison such as ">= 0.6" or "> 100k"', {
  example: '>= 0.6',
  pattern: PATTERNS.comparison,
})
export const delta = withUnit(units.readDelta, 'a comparison with the baseline, such as "<= +1pp" or "> +20%"', {
  example: '<= +1pp',
  pattern: PATTERNS.delta,
})
export const timeOfDay = withUnit(units.readTimeOfDay, 'a span of the day in UTC, such as "22:00-06:00"', {
  example: '22:00-06:00',
  pattern: PATTERNS.timeOfDay,
})

/** 0..1. */
export const fraction = z.number().min(0).max(1)

/** One text or a list of texts; a list afterwards. */
export const texts = z
  .union([z.string(), z.array(z.string())], { error: () => 'expected a text or a list of texts' })
  .transform((raw) => (typeof raw === 'string' ? [raw] : raw))

export const isoDate = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, { error: () => 'expected a date such as 2026-07-02' })

/** Names that people choose: providers, models, aliases, policies, tiers. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][\w./@:+ -]{0,127}$/, { error: () => 'expected a name of letters, digits and . _ - / @ :' })
