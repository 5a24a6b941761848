import type { MetricFacts } from '../summary/metric-facts.ts'

/** A change of a relative metric, or an amount in the metric's own unit. */
export type AmountOf = 'relative' | 'absolute'

/**
 * Reads `5%`, `+5%`, `3pp`, `0.03`, `$0.50`, `900ms`, `2s` in the unit of the metric: nano-dollars, milliseconds, shares
 * or factors. Numbers without a unit are dollars, milliseconds, shares. Undefined when the text is no such amount.
 */
export function readAmount(value: number | string, facts: MetricFacts, of: AmountOf): number | undefined {
  const parts = typeof value === 'number' ? ['', '', String(value), ''] : AMOUNT.exec(value.trim())
  if (parts === null) return undefined
  const [, dollar = '', digits = '', unit = ''] = parts
  const number = Number(digits)
  if (!Number.isFinite(number)) return undefined
  if (dollar !== '' && unit !== '') return undefined
  const factor = (of === 'relative' ? SHARE_UNITS : UNITS[facts.unit]).get(dollar + unit)
  return factor === undefined ? undefined : number * factor
}

const AMOUNT = /^\+?(\$?)(-?(?:\d+(?:\.\d*)?|\.\d+)(?:e-?\d+)?)\s*(%|pp|ms|s|usd)?$/i

const SHARE_UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['%', 0.01],
])

const POINT_UNITS: ReadonlyMap<string, number> = new Map([...SHARE_UNITS, ['pp', 0.01]])

const UNITS: Readonly<Record<MetricFacts['unit'], ReadonlyMap<string, number>>> = {
  nano_usd: new Map([
    ['', 1e9],
    ['$', 1e9],
    ['usd', 1e9],
  ]),
  ms: new Map([
    ['', 1],
    ['ms', 1],
    ['s', 1000],
  ]),
  score: POINT_UNITS,
  share: POINT_UNITS,
  tokens: new Map([['', 1]]),
}
