import { isJsonObject } from '../wire/json.ts'
import { DEFAULTS } from './defaults.ts'
import type { Path } from './problem.ts'
import { pathText } from './report.ts'
import type { ValidatedConfig } from './validate.ts'

/** One value that applies, and who set it. */
export interface EffectiveValue {
  readonly path: string
  readonly value: unknown
  /** `gateway.yaml:12`, `--set`, `GATEWAY_SET` or `default`. */
  readonly origin: string
}

/** Defaults by their place in the vocabulary. Providers get theirs per provider. */
function defaultTree(value: unknown): Record<string, unknown> {
  const providers = isJsonObject(value) && isJsonObject(value['providers']) ? Object.keys(value['providers']) : []
  const { fixtures, max_age, on_stale } = DEFAULTS.replay
  return {
    ...(providers.length === 0
      ? {}
      : { providers: Object.fromEntries(providers.map((name) => [name, DEFAULTS.provider])) }),
    tiers: DEFAULTS.tiers,
    routing: DEFAULTS.routing,
    failover: DEFAULTS.failover,
    auth: DEFAULTS.auth,
    store: DEFAULTS.store,
    replay: { fixtures, max_age, on_stale },
  }
}

/** The config as it applies: the file and overrides over the defaults, in vocabulary order. */
export function effectiveConfig(value: unknown): Record<string, unknown> {
  return merge(defaultTree(value), isJsonObject(value) ? value : {})
}

/** Every value that applies with its origin: overrides, then the file, then defaults. */
export function effectiveValues(
  validated: Pick<ValidatedConfig, 'value' | 'source' | 'sets'>,
  environmentSets: number,
): readonly EffectiveValue[] {
  const rows: EffectiveValue[] = []
  const setAt = new Map(
    validated.sets.map((set, index) => [pathText(set.path), index < environmentSets ? 'GATEWAY_SET' : '--set']),
  )
  const originOf = (path: Path): string => {
    for (let length = path.length; length > 0; length -= 1) {
      const origin = setAt.get(pathText(path.slice(0, length)))
      if (origin !== undefined) return origin
    }
    const place = validated.source.place(path)
    return place === undefined ? 'default' : `${validated.source.file}:${place.line}`
  }
  const walk = (value: unknown, path: Path): void => {
    if (isJsonObject(value) && Object.keys(value).length > 0) {
      for (const [key, member] of Object.entries(value)) walk(member, [...path, key])
    } else if (Array.isArray(value) && value.some((item) => typeof item === 'object')) {
      for (const [index, item] of value.entries()) walk(item, [...path, index])
    } else rows.push({ path: pathText(path), value, origin: originOf(path) })
  }
  walk(effectiveConfig(validated.value), [])
  return rows
}

/** Maps are merged, everything else is replaced: a list from the user is the whole list. */
function merge(
  under: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  // The user's keys come first, in the user's order.
  const merged: Record<string, unknown> = { ...over }
  for (const [key, value] of Object.entries(under)) {
    const own = over[key]
    if (own === undefined) merged[key] = value
    // A policy has one aim, so the user's replaces the built-in one of that name as a whole.
    else if (isJsonObject(own) && isJsonObject(value)) merged[key] = isPolicy(value) ? own : merge(value, own)
  }
  return merged
}

function isPolicy(value: Readonly<Record<string, unknown>>): boolean {
  return 'relax' in value
}
