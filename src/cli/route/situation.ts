import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { analyse } from '../../engine/analyse.ts'
import { budgetLeft, openAccount } from '../../engine/budgets/account.ts'
import { budgetSubjects } from '../../engine/budgets/concerns.ts'
import type { DecideInput, Rights } from '../../engine/decision.ts'
import type { Matrix } from '../../engine/matrix.ts'
import { rollOf } from '../../engine/roll.ts'
import type { BudgetRule, RoutingConfig } from '../../engine/routing-config.ts'
import type { BudgetLeft, StateSnapshot } from '../../engine/state.ts'
import { GatewayError } from '../../wire/errors.ts'
import { isJsonObject } from '../../wire/json.ts'
import { assume } from './assume.ts'
import type { As } from './caller.ts'
import type { SituationOptions } from './options.ts'
import type { RouteRequest } from './read-request.ts'

const NANO_PER_USD = 1_000_000_000

interface Surroundings {
  readonly cwd: string
  readonly routing: RoutingConfig
  readonly matrix: Matrix
  readonly options: SituationOptions
  /** What `--as` means; left out where nobody can be named. */
  readonly as?: As
}

/** The input of `decide()`: the request as read, with every what-if of the command line applied. */
export function decideInput(read: RouteRequest, surroundings: Surroundings): DecideInput {
  const { routing, matrix, options, as } = surroundings
  const rights = as?.(read.rights, options.as) ?? read.rights
  const seed = options.seed ?? read.seed ?? 0
  const now = options.at === undefined ? (read.now ?? Date.now()) : timeOf(options.at)
  const state = stateFor(read.state, { ...surroundings, rights, now })
  const { features, intent } = analyse(read.request, state.session?.intent ?? null, state.budgets)
  const { asked } = read
  return {
    asked: {
      ...asked,
      model: options.model ?? asked.model,
      hints: {
        ...asked.hints,
        ...(options.tier === undefined ? {} : { tier: options.tier }),
        tags: [...asked.hints.tags, ...options.tag],
      },
    },
    rights,
    features,
    intent,
    config: routing,
    matrix,
    state,
    seed,
    roll: rollOf(seed, read.exchangeId),
    now,
  }
}

function timeOf(text: string): number {
  const at = Date.parse(text)
  if (Number.isNaN(at))
    throw new GatewayError('usage_error', `--at does not understand the time "${text}"`, {
      hint: 'write it like 2026-03-01T14:00:00Z',
    })
  return at
}

interface Situation extends Surroundings {
  readonly rights: Rights
  readonly now: number
}

function stateFor(state: StateSnapshot, situation: Situation): StateSnapshot {
  const { options, cwd, matrix } = situation
  const saved = options.health === undefined ? state : { ...state, ...readState(cwd, options.health) }
  return assume({ ...saved, budgets: budgetsFor(saved.budgets, situation) }, matrix, options.assume)
}

/**
 * Recorded budgets as they are, else those of the config that concern the caller, of which nothing is spent. `--budget-left`
 * sets what is left in them; where there is none, it makes one over everything.
 */
function budgetsFor(recorded: readonly BudgetLeft[], situation: Situation): readonly BudgetLeft[] {
  const { routing, options } = situation
  const known = recorded.length > 0 ? recorded : routing.budgets.flatMap((rule) => untouched(rule, situation))
  if (options.budgetLeft === undefined) return known
  const leftNanoUsd = Math.floor(options.budgetLeft * NANO_PER_USD)
  if (known.length > 0) return known.map((budget) => ({ ...budget, leftNanoUsd }))
  const rule: BudgetRule = {
    name: '--budget-left',
    scope: 'global',
    limitNanoUsd: leftNanoUsd,
    window: 'total',
    warnAt: 1,
    onExceed: 'downgrade',
  }
  return [{ rule, subject: '', leftNanoUsd, resetsAt: null }]
}

function untouched(rule: BudgetRule, { rights, now }: Situation): readonly BudgetLeft[] {
  return budgetSubjects(rule, rights).map((subject) => budgetLeft(openAccount(rule, [], now), rule, subject))
}

const STATE_MEMBERS = ['health', 'latency', 'outputTokens'] as const

/** A saved snapshot, or the parts of one: what the world did, never what the router caused (sessions, budgets). */
function readState(cwd: string, file: string): Partial<StateSnapshot> {
  const bad = (what: string, cause?: unknown): GatewayError =>
    new GatewayError('usage_error', `--health "${file}" ${what}`, {
      hint: `give a JSON object with any of ${STATE_MEMBERS.join(', ')}`,
      cause,
    })
  let value: unknown
  try {
    value = JSON.parse(readFileSync(resolve(cwd, file), 'utf8'))
  } catch (cause) {
    throw bad('is not readable JSON', cause)
  }
  if (!isJsonObject(value)) throw bad('holds no object')
  const found: Record<string, unknown> = {}
  for (const member of STATE_MEMBERS) {
    const part = value[member]
    if (part === undefined) continue
    if (!isJsonObject(part) || !Object.values(part).every((entry) => isJsonObject(entry)))
      throw bad(`has a wrong "${member}"`)
    found[member] = part
  }
  if (Object.keys(found).length === 0) throw bad('says nothing about health, latency or output lengths')
  return found
}
