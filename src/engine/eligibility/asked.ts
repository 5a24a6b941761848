import type { DecideInput } from '../decision.ts'
import { closestNames } from './closest-names.ts'
import type { Compiled, Entry } from './compiled.ts'

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

/** Names to suggest for an unknown one. Models that the key may not use are left out. */
export function suggestNames(input: DecideInput, compiled: Compiled, unknown: string): readonly string[] {
  const allowed = allowedModels(input, compiled)
  const models = compiled.entries.map((entry) => entry.row.id)
  return closestNames(unknown, [
    'auto',
    ...Object.keys(input.config.policies).map((policy) => `${POLICY_PREFIX}${policy}`),
    ...input.config.tiers.map((tier) => `${TIER_PREFIX}${tier}`),
    ...compiled.aliases.keys(),
    ...models.filter((model) => (allowed === null || allowed.has(model)) && !compiled.aliases.has(model)),
  ])
}

/** The models that the key may use, aliases spelt out; null for all. */
export function allowedModels(input: DecideInput, compiled: Compiled): ReadonlySet<string> | null {
  const names = input.rights.models
  if (names === null) return null
  const allowed = new Set<string>(names)
  for (const name of names) for (const member of compiled.aliases.get(name) ?? []) allowed.add(member)
  return allowed
}
