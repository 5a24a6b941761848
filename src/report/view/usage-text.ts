import { count } from '../../engine/describe/amounts.ts'
import type { ExchangeRecord } from '../../engine/record.ts'

type Usage = NonNullable<ExchangeRecord['usage']>

/** `1.2k/412`: all prompt tokens, all answer tokens. */
export function usageCell(usage: Usage | null): string {
  if (usage === null) return ''
  const input = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
  return `${count(input)}/${count(usage.output + usage.reasoning)}`
}

/** Every bucket that is not empty, with where the counts come from. */
export function usageText(usage: Usage | null): string {
  if (usage === null) return 'not known'
  const buckets: readonly (readonly [string, number])[] = [
    ['in', usage.input],
    ['from cache', usage.cacheRead],
    ['written to cache', usage.cacheWrite5m + usage.cacheWrite1h],
    ['out', usage.output],
    ['reasoning', usage.reasoning],
  ]
  const shown = buckets.filter(([name, tokens]) => tokens > 0 || name === 'in' || name === 'out')
  return `${shown.map(([name, tokens]) => `${tokens} ${name}`).join(', ')} (${usage.basis})`
}
