import { closest } from '../../config/closest.ts'
import { readDurationMs } from '../../config/units.ts'
import { SPEND_DIMENSIONS, type SpendDimension, type SpendFilter, type SpendQuery } from '../../engine/spend.ts'
import { GatewayError } from '../../wire/errors.ts'

/** As commander gives them. */
export interface SpendOptions extends SpendFilter {
  readonly by: string
  readonly since?: string
  readonly until?: string
  readonly top?: string
  readonly csv?: true
  readonly budgets?: true
  readonly rows?: true
}

const DAY_MS = 86_400_000

/** What is asked of the ledger. */
export function spendQuery(options: SpendOptions, now: number): SpendQuery {
  const since = options.since === undefined ? null : timeOf(options.since, '--since', now).from
  const until = options.until === undefined ? null : timeOf(options.until, '--until', now).to
  if (since !== null && until !== null && since >= until) {
    throw new GatewayError('usage_error', '`--since` is not before `--until`', { hint: 'swap them' })
  }
  return { by: dimensionsOf(options.by), since, until, filter: filterOf(options) }
}

/** Number of lines to show; null for all. */
export function topOf({ top }: SpendOptions): number | null {
  if (top === undefined) return null
  const count = /^\d{1,9}$/.test(top) ? Number(top) : 0
  if (count > 0) return count
  throw new GatewayError('usage_error', `\`--top\` takes a whole number above zero, not "${top}"`)
}

function filterOf({ key, user, project, group, model, tier, provider, intent, tag }: SpendOptions): SpendFilter {
  const all = { key, user, project, group, model, tier, provider, intent, tag }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function dimensionsOf(text: string): readonly SpendDimension[] {
  const names = text.split(',').map((name) => name.trim())
  const found = names.map((name) => {
    const dimension = SPEND_DIMENSIONS.find((known) => known === name)
    if (dimension !== undefined) return dimension
    const suggestion = closest(name, SPEND_DIMENSIONS)
    throw new GatewayError('usage_error', `spend can not be split by "${name}"`, {
      hint:
        suggestion === undefined ? `one or more of ${SPEND_DIMENSIONS.join(', ')}` : `did you mean "${suggestion}"?`,
    })
  })
  return [...new Set(found)]
}

/** A moment, or the day that was named. */
interface Time {
  readonly from: number
  readonly to: number
}

const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/

/** `7d` before now, a day of UTC, or a time; one without a zone is UTC. */
function timeOf(text: string, option: string, now: number): Time {
  const ago = readDurationMs(text)
  if (ago !== undefined && ago > 0) return { from: now - ago, to: now - ago }
  if (DATE.test(text)) {
    const from = Date.parse(`${text}T00:00:00Z`)
    // JavaScript reads the 31st of February as a day in March.
    if (!Number.isNaN(from) && new Date(from).toISOString().startsWith(text)) return { from, to: from + DAY_MS }
  }
  const zone = DATE_TIME.exec(text)
  if (zone !== null) {
    const at = Date.parse(zone[1] === undefined ? `${text}Z` : text)
    if (!Number.isNaN(at)) return { from: at, to: at }
  }
  throw new GatewayError('usage_error', `\`${option}\` does not understand "${text}"`, {
    hint: 'for example 7d, 24h, 2026-08-01 or 2026-08-01T12:00Z',
  })
}
