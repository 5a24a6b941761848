import type { DecideInput, Rights } from '../decision.ts'
import type { MatchedRule } from '../rules.ts'
import type { Wish } from './asked.ts'

/** Whether a request of this caller may ask for the policy. */
export function mayUsePolicy({ policy, policies }: Rights, wanted: string): boolean {
  return (policy === null || policy === wanted) && (policies === undefined || policies.includes(wanted))
}

/**
 * Key, then `auto:<policy>`, then the hint, then the rule, then the default; of those that the key may use. Null when the
 * request wants a policy that its key may not use, or when the key may use none that exists.
 */
export function policyOf(input: DecideInput, wish: Wish, rule: MatchedRule | null): string | null {
  const { rights, config } = input
  const wanted = wish.kind === 'policy' ? wish.policy : input.asked.hints.policy
  if (wanted !== undefined) return mayUsePolicy(rights, wanted) ? wanted : null
  if (rights.policy !== null) return mayUsePolicy(rights, rights.policy) ? rights.policy : null
  const usual = rule?.rule.policy ?? config.defaultPolicy
  const { policies } = rights
  if (policies === undefined || policies.includes(usual)) return usual
  if (policies.includes(config.defaultPolicy)) return config.defaultPolicy
  return policies.find((name) => Object.hasOwn(config.policies, name)) ?? null
}
