import { NO_SCOPES, type Scopes } from '../../auth/key-types.ts'
import { invalid } from '../../auth/names.ts'
import { DAY_MS } from '../../engine/iso-day.ts'
import { readDurationMs } from '../../config/units.ts'
import { GatewayError } from '../../wire/errors.ts'

/** As commander hands them over. */
export interface RawScopeOptions {
  readonly models?: string
  readonly maxTier?: string
  readonly policies?: string
  readonly endpoints?: string
  readonly hints?: string
  readonly explain?: boolean
  readonly budgets?: string
  readonly limits?: string
}

export interface RawKeyOptions extends RawScopeOptions {
  readonly owner?: string
  readonly deployment?: string
  readonly user?: string
  readonly project?: string
  readonly group?: string
  readonly expires?: string
}

/** What was said of the rights; absent members were not mentioned. */
export interface ScopeEdit {
  readonly scopes: Partial<Scopes>
  readonly budgets?: readonly string[]
  readonly limits?: readonly string[]
}

const LIST_SCOPES = ['models', 'policies', 'endpoints', 'hints'] as const
const ANY = 'any'
const NONE = 'none'

/** Reads the options about rights. */
export function scopeEdit(raw: RawScopeOptions): ScopeEdit {
  const scopes: { -readonly [K in keyof Scopes]?: Scopes[K] } = {}
  for (const name of LIST_SCOPES) {
    const text = raw[name]
    if (text !== undefined) scopes[name] = text === ANY ? null : listOf(`--${name}`, text)
  }
  if (raw.maxTier !== undefined) scopes.maxTier = raw.maxTier === ANY ? null : raw.maxTier
  if (raw.explain !== undefined) scopes.explain = raw.explain
  return {
    scopes,
    ...(raw.budgets === undefined ? {} : { budgets: listOf('--budgets', raw.budgets) }),
    ...(raw.limits === undefined ? {} : { limits: listOf('--limits', raw.limits) }),
  }
}

/** The scopes of something new: what was not mentioned is not restricted. */
export function newScopes(edit: Partial<Scopes>): Scopes {
  return { ...NO_SCOPES, ...edit }
}

/** `a,b`; `none` is the empty list. An empty text is a slip of a shell variable, and would mean no right at all. */
export function listOf(flag: string, text: string): readonly string[] {
  if (text === NONE) return []
  const items = text.split(',').map((item) => item.trim())
  if (items.some((item) => item === ''))
    throw new GatewayError('usage_error', `\`${flag}\` has an empty name in "${text}"`, {
      hint: 'separate names by single commas; write `none` for none',
    })
  return [...new Set(items)]
}

/** A text, or null for `none`. */
export function textOf(text: string): string | null {
  return text === NONE ? null : text
}

/** Of the last year with four digits: later ones have no date that other programs read. */
const LAST_MOMENT = Date.UTC(10_000, 0) - 1
const LONGEST_GRACE_MS = 366 * DAY_MS

/** The first moment at which the key does not work any more; null for never. */
export function expiryOf(text: string, now: number): number | null {
  if (text === 'never') return null
  if (text === 'now') return now
  const ms = readDurationMs(text)
  const at = ms === undefined ? dateOf(text) : now + ms
  if (at === undefined || at > LAST_MOMENT)
    throw new GatewayError('usage_error', `\`--expires\` does not understand "${text}"`, {
      hint: 'write 90d, 12h, a date such as 2027-01-31, a time such as 2027-01-31T12:00:00Z, `now` or `never`',
    })
  if (at <= now) throw invalid(`\`--expires ${text}\` lies in the past`, 'to end a key for good, revoke it')
  return at
}

/** A bare date is its first moment, UTC; a time needs its zone. */
function dateOf(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined
  const date = text.slice(0, 10)
  const [at, midnight] = [Date.parse(text), Date.parse(date)]
  // The parser takes the 30th of February for a day in March.
  const exists = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date)
  return Number.isNaN(at) || !exists ? undefined : at
}

/** How long an old secret works on. */
export function graceOf({ grace, now }: { readonly grace: string; readonly now?: boolean }): number {
  if (now === true) return 0
  const ms = readDurationMs(grace)
  if (ms !== undefined && ms <= LONGEST_GRACE_MS) return ms
  throw new GatewayError('usage_error', `\`--grace\` does not understand "${grace}"`, {
    hint: 'write a time such as 30m, 24h or 7d, a year at most, or `--now`',
  })
}
