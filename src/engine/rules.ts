import type { DecideInput, RuleRef } from './decision.ts'
import type { Wish } from './eligibility/asked.ts'
import type { Compiled } from './eligibility/compiled.ts'
import type { Comparison, Condition, Rule } from './routing-config.ts'

export interface MatchedRule {
  readonly rule: Rule
  readonly ref: RuleRef
  /** Its model list; null when it has none. */
  readonly models: ReadonlySet<string> | null
}

export interface RuleSearch {
  readonly matched: MatchedRule | null
  /** Rules that held but leave nothing of the alias or tier that was asked for. */
  readonly skipped: readonly RuleRef[]
}

const NONE: RuleSearch = { matched: null, skipped: [] }
const MINUTE_MS = 60_000
const DAY_MINUTES = 1440

/**
 * The first rule whose condition holds. A request that names one model has no rule. A rule that names no model of the
 * alias or tier that was asked for can not be obeyed and is passed over; that depends on config and request alone,
 * never on what is healthy or affordable at the moment, nor on the key.
 */
export function findRule(input: DecideInput, wish: Wish, compiled: Compiled): RuleSearch {
  if (wish.kind === 'model') return NONE
  let skipped: RuleRef[] | undefined
  for (const [index, rule] of input.config.rules.entries()) {
    if (!conditionHolds(rule.when, input)) continue
    const models = compiled.ruleModels[index] ?? null
    const ref = { name: rule.name, index }
    if (overlaps(rule, models, { wish, compiled })) return { matched: { rule, ref, models }, skipped: skipped ?? [] }
    ;(skipped ??= []).push(ref)
  }
  return skipped === undefined ? NONE : { matched: null, skipped }
}

function overlaps(
  rule: Rule,
  models: ReadonlySet<string> | null,
  { wish, compiled }: { readonly wish: Wish; readonly compiled: Compiled },
): boolean {
  if (wish.kind === 'tier' && rule.tier !== undefined && rule.tier !== wish.tier) return false
  if (wish.kind !== 'alias' && wish.kind !== 'tier') return true
  return compiled.entries.some(
    ({ row }) =>
      (wish.kind === 'alias' ? wish.members.has(row.id) : row.tier === wish.tier) &&
      (models === null || models.has(row.id)) &&
      (rule.tier === undefined || row.tier === rule.tier),
  )
}

/** Whether all present members of a condition hold. */
function conditionHolds(when: Condition, input: DecideInput): boolean {
  const { features, intent, rights, asked } = input
  return (
    (when.intent === undefined || when.intent.some((pattern) => intentMatches(pattern, intent.label))) &&
    (when.complexity === undefined || compares(intent.complexity, when.complexity)) &&
    (when.inputTokens === undefined || compares(features.inputTokens, when.inputTokens)) &&
    (when.language === undefined || when.language.includes(features.language)) &&
    (when.modality === undefined || features.modalities.some((modality) => when.modality?.includes(modality))) &&
    (when.tools === undefined || when.tools === features.needs.tools) &&
    (when.key === undefined || when.key.includes(rights.keyId) || when.key.includes(rights.alias)) &&
    (when.group === undefined || rights.groups.some((group) => when.group?.includes(group))) &&
    (when.user === undefined || (rights.user !== null && when.user.includes(rights.user))) &&
    (when.project === undefined || (rights.project !== null && when.project.includes(rights.project))) &&
    (when.tags === undefined || asked.hints.tags.some((tag) => when.tags?.includes(tag))) &&
    (when.timeOfDay === undefined || timeHolds(when.timeOfDay, input.now))
  )
}

/** `code.*` matches every name below `code`; anything else matches itself. */
function intentMatches(pattern: string, label: string): boolean {
  return pattern.endsWith('*') ? label.startsWith(pattern.slice(0, -1)) : pattern === label
}

function compares(left: number, { op, value }: Comparison): boolean {
  switch (op) {
    case '>':
      return left > value
    case '>=':
      return left >= value
    case '<':
      return left < value
    case '<=':
      return left <= value
    case '==':
      return left === value
  }
}

function timeHolds({ fromMinute, toMinute }: NonNullable<Condition['timeOfDay']>, now: number): boolean {
  const minutes = Math.floor(now / MINUTE_MS) % DAY_MINUTES
  const minute = minutes < 0 ? minutes + DAY_MINUTES : minutes
  return fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute
}
