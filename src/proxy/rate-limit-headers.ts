import type { RateLimitFacts } from '../engine/record.ts'

/**
 * `x-ratelimit-*` in OpenAI's form, from the limit of each kind that is closest to its end. Concurrency has no such
 * header: its limit shows only when it refuses.
 */
export function rateLimitHeaders(facts: readonly RateLimitFacts[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const kind of ['requests', 'tokens'] as const) {
    const tightest = facts
      .filter((fact) => fact.kind === kind)
      .reduce<RateLimitFacts | null>(
        (least, fact) => (least === null || share(fact) < share(least) ? fact : least),
        null,
      )
    if (tightest === null) continue
    headers[`x-ratelimit-limit-${kind}`] = String(tightest.amount)
    headers[`x-ratelimit-remaining-${kind}`] = String(tightest.remaining)
    headers[`x-ratelimit-reset-${kind}`] = durationText(tightest.resetMs)
  }
  return headers
}

function share({ remaining, amount }: RateLimitFacts): number {
  return amount === 0 ? 0 : remaining / amount
}

/** Go's notation, as OpenAI sends it: `120ms`, `2.5s`, `6m0s`, `1h0m0s`. */
function durationText(ms: number): string {
  const whole = Math.max(0, Math.ceil(ms))
  if (whole < 1_000) return `${whole}ms`
  const seconds = whole / 1_000
  if (seconds < 60) return `${Number(seconds.toFixed(3))}s`
  const all = Math.ceil(seconds)
  const hours = Math.floor(all / 3_600)
  const minutes = Math.floor((all % 3_600) / 60)
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${all % 60}s`
}
