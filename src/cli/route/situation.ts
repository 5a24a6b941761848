import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { analyse } from '../../engine/analyse.ts'
import { budgetSubjects } from '../../engine/budgets/concerns.ts'
import type { DecideInput, Rights } from '../../engine/decision.ts'
import type { Matrix } from '../../engine/matrix.ts'
import { rollOf } from '../../engine/roll.ts'
import type { BudgetRule, RoutingConfig } from '../../engine/routing-config.ts'
import type { BudgetLeft, StateSnapshot } from '../../engine/state.ts'
import { GatewayError } from '../../wire/errors.ts'
import { isJsonObject } from '../../wire/json.ts'
import { assume } from './assume.ts'
import type { SituationOptions } from './options.ts'
import type { RouteRequest } from './read-request.ts'

const NANO_PER_USD = 1_000_000_000

interface Surroundings {
  readonly cwd: string
  readonly routing: RoutingConfig
  readonly matrix: Matrix
  readonly options: SituationOptions
}

/** The input of `decide()`: the request as read, with every what-if of the command line applied. */
export function decideInput(read: RouteRequest, { cwd, routing, matrix, options }: Surroundings): DecideInput {
  const rights = rightsAs(read.rights, options.as)
  const seed = options.seed ?? read.seed ?? 0
  const state = stateFor(read.state, { cwd, routing, matrix, options, rights })
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
    now: options.at === undefined ? (read.now ?? Date.now()) : timeOf(options.at),
  }
}

/** Puts other names into the rights: `key:ci`, `group:research`, `user:anna`, `project:docs`. */
function rightsAs(rights: Rights, names: readonly string[]): Rights {
  const others = names.map((text) => {
    const colon = text.indexOf(':')
    const [kind, name] = [text.slice(0, colon), text.slice(colon + 1)]
    if (name !== '' && (kind === 'key' || kind === 'group' || kind === 'user' || kind === 'project'))
      return { kind, name }
    throw new GatewayError('usage_error', `--as does not know "${text}"`, {
      hint: 'write key:<alias>, group:<name>, user:<name> or project:<name>',
    })
  })
  const last = (kind: string): string | undefined => others.findLast((other) => other.kind === kind)?.name
  const groups = others.filter((other) => other.kind === 'group').map((other) => other.name)
  return {
    ...rights,
    keyId: last('key') ?? rights.keyId,
    alias: last('key') ?? rights.alias,
    groups: [...rights.groups, ...groups],
    user: last('user') ?? rights.user,
    project: last('project') ?? rights.project,
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

function stateFor(state: StateSnapshot, surroundings: Surroundings & { readonly rights: Rights }): StateSnapshot {
  const { options, cwd, matrix } = surroundings
  const saved = options.health === undefined ? state : { ...state, ...readState(cwd, options.health) }
  return assume({ ...saved, budgets: budgetsFor(saved.budgets, surroundings) }, matrix, options.assume)
}

/**
 * Recorded budgets as they are. `--budget-left` sets what is left in them, or in those of the config that concern the
 * caller; where there is none either, it makes one over everything.
 */
function budgetsFor(
  recorded: readonly BudgetLeft[],
  { routing, options, rights }: Surroundings & { readonly rights: Rights },
): readonly BudgetLeft[] {
  if (options.budgetLeft === undefined) return recorded
  const leftNanoUsd = Math.floor(options.budgetLeft * NANO_PER_USD)
  const known = recorded.length > 0 ? recorded : routing.budgets.flatMap((rule) => untouched(rule, rights))
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

function untouched(rule: BudgetRule, rights: Rights): readonly BudgetLeft[] {
  return budgetSubjects(rule, rights).map((subject) => ({
    rule,
    subject,
    leftNanoUsd: rule.limitNanoUsd,
    resetsAt: null,
  }))
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
