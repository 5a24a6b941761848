import type { Rights } from '../decision.ts'
import type { BudgetRule, BudgetScope, ModelClass, RateLimitRule } from '../routing-config.ts'

/** What a class is asked about: a row of the matrix, or what a ledger row says of it. */
export interface Classed {
  readonly id: string
  readonly tier: string
}

/** The subjects whose accounts under a budget a caller draws on; none when the rule does not bind it. */
export function budgetSubjects(rule: BudgetRule, rights: Rights): readonly string[] {
  return binds(rule, rights.budgets) ? subjectsOf(rule.scope, rights) : []
}

/** The subjects under a rate limit, likewise. */
export function limitSubjects(rule: RateLimitRule, rights: Rights): readonly string[] {
  return binds(rule, rights.limits) ? subjectsOf(rule.scope, rights) : []
}

function binds(rule: { readonly name: string; readonly byReference?: true }, named: readonly string[] | undefined) {
  return rule.byReference !== true || named?.includes(rule.name) === true
}

/** Names of a caller in a scope: the key's id, which outlives its secrets; every group; empty for global. */
function subjectsOf(scope: BudgetScope, { keyId, groups, user, project }: Rights): readonly string[] {
  switch (scope) {
    case 'global':
      return ['']
    case 'key':
      return [keyId]
    case 'group':
      return groups.length < 2 ? groups : [...new Set(groups)]
    case 'user':
      return user === null ? [] : [user]
    case 'project':
      return project === null ? [] : [project]
  }
}

/** A class as the config writes it. */
export function classText(modelClass: ModelClass): string {
  switch (modelClass.kind) {
    case 'tier':
      return `tier:${modelClass.tier}`
    case 'alias':
      return `alias:${modelClass.alias}`
    case 'pattern':
      return modelClass.pattern
  }
}

/** Whether a model belongs to a class. `aliases` are those of `compile(config, matrix)`. */
export function inClass(
  { id, tier }: Classed,
  modelClass: ModelClass | undefined,
  aliases: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  if (modelClass === undefined) return true
  switch (modelClass.kind) {
    case 'tier':
      return tier === modelClass.tier
    case 'alias':
      return aliases.get(modelClass.alias)?.has(id) === true
    case 'pattern':
      return globMatches(modelClass.pattern, id)
  }
}

/** `*` stands for any run of characters. Never goes back further than the last star, so the time stays bounded. */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0
  let inPattern = 0
  let star = -1
  let resumeAt = 0
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern
      inPattern += 1
      resumeAt = at
    } else if (inPattern < pattern.length && pattern[inPattern] === text[at]) {
      inPattern += 1
      at += 1
    } else if (star >= 0) {
      inPattern = star + 1
      resumeAt += 1
      at = resumeAt
    } else {
      return false
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1
  return inPattern === pattern.length
}
