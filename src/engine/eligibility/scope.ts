import type { DecideInput, RuleRef } from '../decision.ts'
import type { Policy } from '../routing-config.ts'
import { findRule, type MatchedRule } from '../rules.ts'
import { allowedModels, type AllowedModels } from './allowed.ts'
import { allowedNames, ceilingRank, resolveWish, suggestNames, type Wish } from './asked.ts'
import { compile, type Compiled } from './compiled.ts'
import { policyOf } from './policies.ts'

/** What one request may and should use, before any model is looked at. */
export interface Scope {
  readonly kind: 'scope'
  readonly input: DecideInput
  readonly compiled: Compiled
  readonly wish: Wish
  readonly rule: MatchedRule | null
  readonly skippedRules: readonly RuleRef[]
  readonly policyName: string
  readonly policy: Policy
  /** Models the key may use; null for all. */
  readonly allowed: AllowedModels | null
  /** The lower of the key's ceiling and the tier hint. */
  readonly ceiling: { readonly tier: string; readonly rank: number } | null
  /** The key's own ceiling: breaking it is a matter of rights, not of the request. */
  readonly keyCeilingRank: number
  /** The one tier to choose from; null for all. */
  readonly wanted: { readonly tier: string; readonly rank: number } | null
}

export interface ScopeRefusal {
  readonly kind: 'refused'
  readonly code: 'model_not_found' | 'model_not_allowed'
  readonly closest: readonly string[]
  /** The name in question: of the model, or of what a hint or the key itself asks for. */
  readonly asked: string
  readonly compiled: Compiled
  readonly rule: RuleRef | null
  readonly policy: string | null
}

const PLAIN_POLICY: Policy = { kind: 'minimize_cost', require: {}, relax: [], strict: false }

/** Resolves names, rights, rule and policy of a request; a name that nothing has, or a policy or tier the key forbids, refuses. */
export function resolveScope(input: DecideInput): Scope | ScopeRefusal {
  const compiled = compile(input.config, input.matrix)
  const wish = resolveWish(input, compiled)
  if (wish === undefined) return notFound(input, compiled, input.asked.model)
  const unknown = unknownHint(input, compiled)
  if (unknown !== undefined) return notFound(input, compiled, unknown)
  const { matched: rule, skipped } = findRule(input, wish, compiled)
  const policyName = policyOf(input, wish, rule)
  if (policyName === null || isTierAbove(wish, input, compiled)) {
    const ref = rule?.ref ?? null
    const closest = allowedNames(input, compiled)
    const { rights, asked } = input
    return {
      kind: 'refused',
      code: 'model_not_allowed',
      closest,
      asked: asked.model,
      compiled,
      rule: ref,
      policy: rights.policy,
    }
  }
  return {
    kind: 'scope',
    input,
    compiled,
    wish,
    rule,
    skippedRules: skipped,
    policyName,
    // The config is validated, so a name without a policy can only come from a hand-made input; stay total.
    policy: ownMember(input.config.policies, policyName) ?? PLAIN_POLICY,
    allowed: allowedModels(input.rights, compiled),
    ceiling: ceilingOf(input, compiled),
    keyCeilingRank: ceilingRank(input.rights, compiled),
    wanted: wantedTier(input, wish, { rule, compiled }),
  }
}

/** A tier that was asked for by name is refused rather than lowered: the client would pay for what it did not ask. */
function isTierAbove(wish: Wish, { rights }: DecideInput, compiled: Compiled): boolean {
  return wish.kind === 'tier' && wish.rank > ceilingRank(rights, compiled)
}

function notFound(input: DecideInput, compiled: Compiled, name: string): ScopeRefusal {
  const closest = suggestNames(input, compiled, name)
  return { kind: 'refused', code: 'model_not_found', closest, asked: name, compiled, rule: null, policy: null }
}

/** A hint that names nothing is refused like an unknown model: ignoring it could cost more than was meant. */
function unknownHint(input: DecideInput, compiled: Compiled): string | undefined {
  const { tier, policy } = input.asked.hints
  if (tier !== undefined && !compiled.tierRanks.has(tier)) return `tier:${tier}`
  if (policy !== undefined && !Object.hasOwn(input.config.policies, policy)) return `auto:${policy}`
  const imposed = input.rights.policy
  return imposed !== null && !Object.hasOwn(input.config.policies, imposed) ? `auto:${imposed}` : undefined
}

function ceilingOf(input: DecideInput, compiled: Compiled): Scope['ceiling'] {
  const hint = input.asked.hints.tier
  const hintRank = hint === undefined ? Infinity : (compiled.tierRanks.get(hint) ?? -1)
  const keyRank = ceilingRank(input.rights, compiled)
  if (hint !== undefined && hintRank < keyRank) return { tier: hint, rank: hintRank }
  return input.rights.tierCeiling === null ? null : { tier: input.rights.tierCeiling, rank: keyRank }
}

/** The rule's tier wins over the hint: a hint can lower it (it is a ceiling too) but not raise it. */
function wantedTier(
  input: DecideInput,
  wish: Wish,
  { rule, compiled }: { readonly rule: MatchedRule | null; readonly compiled: Compiled },
): Scope['wanted'] {
  if (wish.kind === 'model') return null
  const tier = wish.kind === 'tier' ? wish.tier : (rule?.rule.tier ?? input.asked.hints.tier)
  if (tier === undefined) return null
  const rank = compiled.tierRanks.get(tier)
  return rank === undefined ? null : { tier, rank }
}

function ownMember<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
