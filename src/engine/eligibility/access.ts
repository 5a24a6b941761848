import type { Rejection } from '../decision.ts'
import type { Entry } from './compiled.ts'
import type { Scope } from './scope.ts'

/**
 * Filters on names and rights, in this order: kind of endpoint, alias, models of the key, tier ceiling, models of the
 * rule. They hold for the choice and for every fallback.
 */
export function accessRejection({ row, tierRank }: Entry, scope: Scope): Rejection | null {
  const { input, wish, allowed, ceiling, rule } = scope
  if ((input.asked.endpoint === 'chat') !== (row.kind === 'chat'))
    return { code: 'endpoint_unsupported', endpoint: input.asked.endpoint, kind: row.kind }
  if (wish.kind === 'alias' && !wish.members.has(row.id)) return { code: 'not_in_alias', alias: wish.alias }
  if (allowed !== null && !allowed.has(row.id)) return { code: 'not_allowed_for_key', key: input.rights.alias }
  if (ceiling !== null && tierRank > ceiling.rank)
    return { code: 'tier_above_ceiling', tier: row.tier, ceiling: ceiling.tier }
  if (rule !== null && rule.models !== null && !rule.models.has(row.id))
    return { code: 'not_in_rule', rule: rule.ref.name }
  return null
}

/** Whether it is the key, and not the request or a rule, that keeps a model out. */
export function isRightsRejection(entry: Entry, rejection: Rejection, scope: Scope): boolean {
  if (rejection.code === 'not_allowed_for_key') return true
  return rejection.code === 'tier_above_ceiling' && entry.tierRank > scope.keyCeilingRank
}
