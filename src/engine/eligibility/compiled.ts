import { isoDay } from '../iso-day.ts'
import type { Intent } from '../intents.ts'
import type { Matrix, ModelRow } from '../matrix.ts'
import type { RoutingConfig } from '../routing-config.ts'

/** A row of the matrix with what would otherwise be worked out again for every request. */
export interface Entry {
  readonly row: ModelRow
  /** Position of its tier, low to high; a tier that the config does not know ranks above all, so ceilings stop it. */
  readonly tierRank: number
  /** Days since the epoch; Infinity when no end is announced. */
  readonly retiresDay: number
  /** Keys of its output history by intent, filled as they are asked for: building them is dear on the hot path. */
  readonly historyKeys: Map<Intent, string>
}

/** Config and matrix as lookup tables. */
export interface Compiled {
  /** Sorted by id. */
  readonly entries: readonly Entry[]
  readonly byId: ReadonlyMap<string, Entry>
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>
  readonly tierRanks: ReadonlyMap<string, number>
  /** By position of the rule; null for a rule that lists no models. */
  readonly ruleModels: readonly (ReadonlySet<string> | null)[]
}

// A memo, not state: both keys are immutable values, and the same pair always gives the same tables.
const memo = new WeakMap<Matrix, { readonly config: RoutingConfig; readonly compiled: Compiled }>()

/** Lookup tables of a config and a matrix, kept for as long as the same pair is used. */
export function compile(config: RoutingConfig, matrix: Matrix): Compiled {
  const known = memo.get(matrix)
  if (known !== undefined && known.config === config) return known.compiled
  const compiled = build(config, matrix)
  memo.set(matrix, { config, compiled })
  return compiled
}

function build(config: RoutingConfig, matrix: Matrix): Compiled {
  const tierRanks = new Map(config.tiers.map((tier, rank) => [tier, rank]))
  const entries = matrix.rows
    .map((row): Entry => {
      const tierRank = tierRanks.get(row.tier) ?? config.tiers.length
      return { row, tierRank, retiresDay: isoDay(row.dates.retires ?? '') ?? Infinity, historyKeys: new Map() }
    })
    .sort((a, b) => (a.row.id < b.row.id ? -1 : a.row.id > b.row.id ? 1 : 0))
  return {
    entries,
    byId: new Map(entries.map((entry) => [entry.row.id, entry])),
    aliases: new Map(Object.entries(config.aliases).map(([name, models]) => [name, new Set<string>(models)])),
    tierRanks,
    ruleModels: config.rules.map((rule) => (rule.models === undefined ? null : new Set<string>(rule.models))),
  }
}

/** Key of a model's entry in `StateSnapshot.outputTokens`. */
export function historyKey({ row, historyKeys }: Entry, intent: Intent): string {
  const known = historyKeys.get(intent)
  if (known !== undefined) return known
  const key = `${intent}|${row.id}`
  historyKeys.set(intent, key)
  return key
}
