import type { DecideInput, Rights } from '../decision.ts'
import { allowedModels } from './allowed.ts'
import { closestNames } from './closest-names.ts'
import type { Compiled, Entry } from './compiled.ts'
import { mayUsePolicy } from './policies.ts'

/** What the `model` member of a request means. */
export type Wish =
  | { readonly kind: 'auto' }
  | { readonly kind: 'policy'; readonly policy: string }
  | { readonly kind: 'tier'; readonly tier: string; readonly rank: number }
  | { readonly kind: 'alias'; readonly alias: string; readonly members: ReadonlySet<string> }
  | { readonly kind: 'model'; readonly entry: Entry }

const POLICY_PREFIX = 'auto:'
const TIER_PREFIX = 'tier:'

/**
 * Resolves a name: `auto`, `auto:<policy>` and `tier:<name>` are reserved; then aliases, so that an operator can put an
 * alias in a model's place; then rows of the matrix. Undefined for a name that nothing has.
 */
export function resolveWish(input: DecideInput, compiled: Compiled): Wish | undefined {
  const name = input.asked.model
  if (name === 'auto') return { kind: 'auto' }
  if (name.startsWith(POLICY_PREFIX)) {
    const policy = name.slice(POLICY_PREFIX.length)
    return Object.hasOwn(input.config.policies, policy) ? { kind: 'policy', policy } : undefined
  }
  if (name.startsWith(TIER_PREFIX)) {
    const tier = name.slice(TIER_PREFIX.length)
    const rank = compiled.tierRanks.get(tier)
    return rank === undefined ? undefined : { kind: 'tier', tier, rank }
  }
  const members = compiled.aliases.get(name)
  if (members !== undefined) return { kind: 'alias', alias: name, members }
  const entry = compiled.byId.get(name)
  return entry === undefined ? undefined : { kind: 'model', entry }
}

/** Names to suggest for an unknown one. What the key may not use is left out. */
export function suggestNames(input: DecideInput, compiled: Compiled, unknown: string): readonly string[] {
  return closestNames(unknown, namesFor(input, compiled))
}

const MAX_ALLOWED = 20

/** What a caller may ask for instead of what its key forbids: aliases and models, not all if there are many. */
export function allowedNames(input: DecideInput, compiled: Compiled): readonly string[] {
  return namesFor(input, compiled)
    .filter((name) => compiled.aliases.has(name) || compiled.byId.has(name))
    .slice(0, MAX_ALLOWED)
}

function namesFor({ rights, config }: DecideInput, compiled: Compiled): readonly string[] {
  const models = compiled.entries.map((entry) => entry.row.id)
  const names = [
    'auto',
    ...Object.keys(config.policies).map((policy) => `${POLICY_PREFIX}${policy}`),
    ...config.tiers.map((tier) => `${TIER_PREFIX}${tier}`),
    ...compiled.aliases.keys(),
    ...models.filter((model) => !compiled.aliases.has(model)),
  ]
  return names.filter(nameFilter(rights, compiled))
}

/** Tells which names the caller may write into `model`: those behind which there is something that it may use. */
export function nameFilter(rights: Rights, compiled: Compiled): (name: string) => boolean {
  const allowed = allowedModels(rights, compiled)
  const ceiling = ceilingRank(rights, compiled)
  const usable = compiled.entries.filter(
    ({ row, tierRank }) =>
      tierRank <= ceiling && (allowed === null || allowed.has(row.id)) && rights.policies?.length !== 0,
  )
  const ids = new Set<string>(usable.map(({ row }) => row.id))
  return (name) => {
    if (name === 'auto') return usable.length > 0
    if (name.startsWith(POLICY_PREFIX))
      return usable.length > 0 && mayUsePolicy(rights, name.slice(POLICY_PREFIX.length))
    if (name.startsWith(TIER_PREFIX)) return usable.some(({ row }) => row.tier === name.slice(TIER_PREFIX.length))
    const members = compiled.aliases.get(name)
    return members === undefined ? ids.has(name) : usable.some(({ row }) => members.has(row.id))
  }
}

/** An unknown ceiling lets nothing through: rights fail closed. */
export function ceilingRank({ tierCeiling }: Rights, compiled: Compiled): number {
  return tierCeiling === null ? Infinity : (compiled.tierRanks.get(tierCeiling) ?? -1)
}
