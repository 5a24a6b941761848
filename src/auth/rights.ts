import type { Principal } from '../proxy/ports.ts'
import type { GroupRecord, Holder, Scopes } from './key-types.ts'

/** What the scopes of a holder are judged by. */
export interface RightsWorld {
  readonly groups: ReadonlyMap<string, GroupRecord>
  /** Of the config in force, low to high. */
  readonly tiers: readonly string[]
}

/**
 * What a holder may do: its own scopes and those of all its groups narrow each other, budgets and limits add up. Null when
 * it is in a group that does not exist: what that group forbids is unknown, so everything is.
 */
export function principalOf(holder: Holder, { groups, tiers }: RightsWorld): Principal | null {
  const own = holder.groups.map((name) => groups.get(name))
  const members = own.filter((group) => group !== undefined)
  if (members.length < own.length) return null
  const scopes = [holder.scopes, ...members.map((group) => group.scopes)]
  const [alias = holder.id] = holder.aliases
  const [models = null, ...modelsAlso] = listsOf(scopes, 'models')
  const policies = common(scopes, 'policies')
  const budgets = united([holder, ...members].map((one) => one.budgets))
  const limits = united([holder, ...members].map((one) => one.limits))
  return {
    kind: holder.kind,
    rights: {
      keyId: holder.id,
      alias,
      groups: holder.groups,
      user: holder.user,
      project: holder.project,
      tierCeiling: lowest(scopes, tiers),
      models,
      policy: holder.policy ?? null,
      ...(modelsAlso.length === 0 ? {} : { modelsAlso }),
      ...(policies === null ? {} : { policies }),
      ...(budgets.length === 0 ? {} : { budgets }),
      ...(limits.length === 0 ? {} : { limits }),
    },
    endpoints: common(scopes, 'endpoints'),
    hints: common(scopes, 'hints'),
    mayExplain: holder.scopes.explain === true && members.every((group) => group.scopes.explain !== false),
    aliases: holder.aliases.length === 0 ? [alias] : holder.aliases,
  }
}

type ListScope = 'models' | 'policies' | 'endpoints' | 'hints'

function listsOf(scopes: readonly Scopes[], name: ListScope): (readonly string[])[] {
  return scopes.flatMap((scope) => (scope[name] === null ? [] : [scope[name]]))
}

/** What is in every list, in the order of the first; null when nothing is restricted. */
function common(scopes: readonly Scopes[], name: ListScope): readonly string[] | null {
  const [first, ...others] = listsOf(scopes, name)
  return first === undefined ? null : first.filter((item) => others.every((other) => other.includes(item)))
}

/** The lowest ceiling. One that the config does not know comes before all: the engine lets nothing through under it. */
function lowest(scopes: readonly Scopes[], tiers: readonly string[]): string | null {
  const ceilings = scopes.flatMap(({ maxTier }) => (maxTier === null ? [] : [maxTier]))
  return ceilings.sort((a, b) => tiers.indexOf(a) - tiers.indexOf(b))[0] ?? null
}

function united(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())]
}
