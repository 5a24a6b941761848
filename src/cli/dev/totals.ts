import type { ExchangeRecord } from '../../engine/record.ts'
import { servedAttempt, usdText } from '../../engine/record-facts.ts'
import type { DevEvent } from './bus.ts'

/** Running counts of one `dev` session. */
export interface Totals {
  readonly calls: number
  readonly failed: number
  readonly refused: number
  readonly costNanoUsd: number
  /** Answered calls whose cost is not known; they are not in the sum. */
  readonly costUnknown: number
  readonly routes: ReadonlyMap<string, number>
}

export interface TotalsCounter {
  count(event: DevEvent): void
  totals(): Totals
}

export function createTotals(): TotalsCounter {
  const routes = new Map<string, number>()
  const sums = { calls: 0, failed: 0, refused: 0, costNanoUsd: 0, costUnknown: 0 }
  const finished = (record: ExchangeRecord): void => {
    sums.calls += 1
    if (record.result.kind === 'failed') sums.failed += 1
    if (record.result.kind === 'refused') sums.refused += 1
    if (record.cost.kind === 'known') sums.costNanoUsd += record.cost.nanoUsd
    if (record.cost.kind === 'unknown') sums.costUnknown += 1
    const served = servedAttempt(record)
    if (served !== null) routes.set(served.model, (routes.get(served.model) ?? 0) + 1)
  }
  return {
    count(event) {
      if (event.kind === 'finished') finished(event.record)
      if (event.kind === 'refused') sums.refused += 1
    },
    totals: () => ({ ...sums, routes: new Map(routes) }),
  }
}

/** The session in one line, for the end. */
export function totalsText({ calls, failed, refused, costNanoUsd, costUnknown, routes }: Totals): string {
  const parts = [`${calls} ${calls === 1 ? 'call' : 'calls'}`]
  if (failed > 0) parts.push(`${failed} failed`)
  if (refused > 0) parts.push(`${refused} refused`)
  parts.push(`cost $${usdText(costNanoUsd)}${costUnknown > 0 ? ` and ${costUnknown} of unknown cost` : ''}`)
  const byCount = [...routes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  if (byCount.length > 0) parts.push(`routes ${byCount.map(([model, count]) => `${model} ${count}`).join(', ')}`)
  return parts.join(' · ')
}
