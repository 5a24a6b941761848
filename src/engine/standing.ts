import type { Rejection, Score } from './decision.ts'
import { abilityRejection } from './eligibility/ability.ts'
import { accessRejection } from './eligibility/access.ts'
import { budgetVerdict, type BudgetVerdict } from './eligibility/budgets.ts'
import type { Entry } from './eligibility/compiled.ts'
import type { Scope } from './eligibility/scope.ts'
import { AXIS_BIT, estimateFor, limitsOf, type Estimate } from './policy/estimate.ts'
import type { Axis } from './routing-config.ts'

/** What a budget alone keeps out. */
interface Exhausted {
  readonly rejection: Extract<Rejection, { code: 'budget_exhausted' }>
  readonly action: BudgetVerdict['action']
}

/** One model as one request sees it. */
export interface Standing {
  readonly entry: Entry
  /** Names and rights, see `accessRejection`. */
  readonly access: Rejection | null
  /** What the model can do and whether it can be reached; also a missing price when a budget needs one. */
  readonly ability: Rejection | null
  /** Set only when nothing but a budget keeps the model out. */
  readonly exhausted: Exhausted | null
  /** Null for models that a filter dropped. */
  readonly estimate: Estimate | null
  readonly limits: Score['limits']
  /** The broken ones of `limits`, as bits of `AXIS_BIT`. */
  readonly broken: number
  /** Written by `scorePool` when the model is compared with others. */
  total: number
  parts: Readonly<Partial<Record<Axis, number>>>
}

const NO_LIMITS: Score['limits'] = []
const NO_PARTS: Standing['parts'] = {}

/** Runs the filters over one model and, when they let it through, estimates what it would do. */
export function assess(entry: Entry, scope: Scope): Standing {
  const { input, compiled, policy } = scope
  const access = accessRejection(entry, scope)
  const unable = access === null ? abilityRejection(entry, input) : null
  if (access !== null || unable !== null) return dropped(entry, access, unable)
  const estimate = estimateFor(entry, input, compiled)
  const verdict = budgetVerdict(entry, input, compiled)
  const priced = verdict === null || verdict.rejection.code === 'budget_exhausted'
  const limits = limitsOf(estimate, policy.require)
  return {
    entry,
    access: null,
    ability: priced ? null : verdict.rejection,
    exhausted: verdict === null ? null : exhaustedOf(verdict),
    estimate,
    limits,
    broken: brokenBits(limits),
    total: 0,
    parts: NO_PARTS,
  }
}

function exhaustedOf({ rejection, action }: BudgetVerdict): Exhausted | null {
  return rejection.code === 'budget_exhausted' ? { rejection, action } : null
}

function brokenBits(limits: Score['limits']): number {
  let bits = 0
  for (const limit of limits) if (limit.state === 'broken') bits |= AXIS_BIT[limit.axis]
  return bits
}

function dropped(entry: Entry, access: Rejection | null, ability: Rejection | null): Standing {
  return {
    entry,
    access,
    ability,
    exhausted: null,
    estimate: null,
    limits: NO_LIMITS,
    broken: 0,
    total: 0,
    parts: NO_PARTS,
  }
}

/** Passed every filter but, perhaps, a budget. */
export function isOpen(standing: Standing): boolean {
  return standing.access === null && standing.ability === null
}

/** Passed every filter. */
export function isUsable(standing: Standing): boolean {
  return isOpen(standing) && standing.exhausted === null
}
