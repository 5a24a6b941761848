import type { Interval, MetricSummary, MetricUnit } from '../replay/summary/types.ts'

/** `$0.41`; under a cent two significant digits: `$0.00091`. Nano-dollars in. */
export function money(nanoUsd: number): string {
  const dollars = Math.abs(nanoUsd) / 1e9
  const sign = nanoUsd < 0 ? '-' : ''
  return `${sign}$${dollarDigits(dollars)}`
}

function dollarDigits(dollars: number): string {
  if (dollars === 0) return '0'
  if (dollars >= 1) return dollars.toFixed(2)
  if (dollars >= 0.01) return dollars.toFixed(3)
  // Two significant digits without exponent; 1e-9 dollars are the smallest amount there is.
  const decimals = Math.min(12, 1 - Math.floor(Math.log10(dollars)))
  return dollars.toFixed(decimals)
}

function duration(ms: number): string {
  if (ms >= 9_950) return `${(ms / 1000).toFixed(1)}s`
  return ms >= 995 ? `${(ms / 1000).toFixed(2)}s` : `${ms.toFixed(0)}ms`
}

/** `16.4%` of a share. */
export function percent(share: number, digits = 1): string {
  return `${fixed(share * 100, digits)}%`
}

/** `-30.3%`: with its sign, zero without. */
export function signedPercent(share: number): string {
  return `${signed(share * 100)}%`
}

/** A number with its sign and one decimal; no sign when it rounds to zero. */
export function signed(value: number): string {
  const digits = Math.abs(value) >= 1000 ? 0 : 1
  const text = fixed(value, digits)
  return value > 0 && Number(text) !== 0 ? `+${text}` : text
}

/** toFixed without `-0.0`. */
function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return Number(text) === 0 ? (0).toFixed(digits) : text
}

/** `1.2k` tokens. */
function tokens(count: number): string {
  if (count >= 999_500) return `${(count / 1e6).toFixed(1)}M`
  return count >= 1_000 ? `${(count / 1000).toFixed(count >= 99_950 ? 0 : 1)}k` : count.toFixed(0)
}

/** A value in its unit. */
export function amount(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'nano_usd':
      return money(value)
    case 'ms':
      return duration(value)
    case 'score':
      return value.toFixed(3)
    case 'share':
      return percent(value)
    case 'tokens':
      return tokens(value)
  }
}

/** How a change is told: relative in percent, scores and shares in points, the rest in its unit. */
export type ChangeForm = Pick<MetricSummary, 'unit' | 'changeKind'>

/** `-30.3%`, `-2.9pp`, `+$0.0012`. */
export function change(value: number, form: ChangeForm): string {
  const suffix = changeSuffix(form)
  if (suffix !== null) return `${signed(value * 100)}${suffix}`
  return value > 0 ? `+${amount(value, form.unit)}` : amount(value, form.unit)
}

/** `[-38.1, -21.0]%`. */
export function interval({ low, high }: Interval, form: ChangeForm): string {
  const suffix = changeSuffix(form)
  if (suffix !== null) return `[${signed(low * 100)}, ${signed(high * 100)}]${suffix}`
  return `[${change(low, form)}, ${change(high, form)}]`
}

function changeSuffix({ unit, changeKind }: ChangeForm): '%' | 'pp' | null {
  if (changeKind === 'relative') return '%'
  return unit === 'score' || unit === 'share' ? 'pp' : null
}

/** `4.2 MB`. */
export function bytesText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(0)} kB`
}

/** `1 pair`, `2 pairs`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}
