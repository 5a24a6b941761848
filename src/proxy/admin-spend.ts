import { SPEND_DIMENSIONS, type SpendDimension, type SpendFilter, type SpendQuery } from '../engine/spend.ts'
import { isHard } from '../engine/budgets/mode.ts'
import type { BudgetStanding } from '../engine/state.ts'
import { GatewayError } from '../wire/errors.ts'
import type { JsonObject } from '../wire/json.ts'
import { sendJson } from './error-answer.ts'
import type { AuthedHandler } from './exchange-context.ts'

const FILTERS = ['key', 'user', 'project', 'group', 'model', 'tier', 'provider', 'intent', 'tag'] as const
const MOST_DIMENSIONS = 4
const MAX_VALUE = 512

/** `GET /gateway/spend?by=user,model&since=2026-11-01&until=2026-12-01&project=docs`: sums of the ledger. */
export const showSpend: AuthedHandler = ({ request, response, ports }) => {
  const { admin } = ports
  if (admin?.spend === undefined) throw new GatewayError('not_found', 'no such path')
  sendJson(response, 200, admin.spend(spendQuery(request.url ?? '')))
}

/** `GET /gateway/budgets`: the accounts that are open now. Those of subjects that have not asked yet are not among them. */
export const listBudgets: AuthedHandler = ({ response, ports }) => {
  const { admin } = ports
  if (admin?.budgets === undefined) throw new GatewayError('not_found', 'no such path')
  sendJson(response, 200, { object: 'list', data: admin.budgets(Date.now()).map(standingBody) })
}

/** How far a soft budget may have been overshot, and was, is part of what it is worth. */
function standingBody({ rule, subject, resetsAt, ...account }: BudgetStanding): JsonObject {
  return {
    budget: rule.name,
    scope: rule.scope,
    subject,
    mode: rule.onExceed === 'warn' ? 'warn' : isHard(rule) ? 'hard' : 'soft',
    limit_nano_usd: rule.limitNanoUsd,
    spent_nano_usd: account.spentNanoUsd,
    reserved_nano_usd: account.reservedNanoUsd,
    left_nano_usd: account.leftNanoUsd,
    overshoot_nano_usd: account.overshootNanoUsd,
    overshoot_bound_nano_usd: account.overshootBoundNanoUsd,
    resets_at: resetsAt === null ? null : new Date(resetsAt).toISOString(),
  }
}

/** Reads the query of the address; every name that is not known is an error, so that a typing error never widens a sum. */
export function spendQuery(target: string): SpendQuery {
  const at = target.indexOf('?')
  const given = new URLSearchParams(at === -1 ? '' : target.slice(at + 1))
  const filter: Record<string, string> = {}
  for (const name of new Set(given.keys())) {
    const [value = '', ...more] = given.getAll(name)
    if (more.length > 0) throw bad(name, 'be given once')
    if (value.length > MAX_VALUE) throw bad(name, `have at most ${MAX_VALUE} characters`)
    if (isFilter(name)) filter[name] = value
    else if (!['by', 'since', 'until'].includes(name))
      throw bad(name, `be one of by, since, until, ${FILTERS.join(', ')}`)
  }
  return {
    by: dimensions(given.get('by')),
    since: moment('since', given.get('since')),
    until: moment('until', given.get('until')),
    filter: filter satisfies SpendFilter,
  }
}

function dimensions(text: string | null): readonly SpendDimension[] {
  if (text === null || text === '') return []
  const names = text.split(',')
  if (names.length > MOST_DIMENSIONS) throw bad('by', `name at most ${MOST_DIMENSIONS} dimensions`)
  return names.map((name) => {
    const found = SPEND_DIMENSIONS.find((dimension) => dimension === name)
    if (found === undefined) throw bad('by', `be of ${SPEND_DIMENSIONS.join(', ')}`)
    return found
  })
}

function moment(name: string, text: string | null): number | null {
  if (text === null || text === '') return null
  const at = /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw bad(name, 'be a date such as 2026-11-01 or 2026-11-01T12:00:00Z')
  return at
}

function isFilter(name: string): name is (typeof FILTERS)[number] {
  return FILTERS.some((filter) => filter === name)
}

function bad(param: string, must: string): GatewayError {
  return new GatewayError('invalid_request_error', `\`${param}\` must ${must}`, { param })
}
