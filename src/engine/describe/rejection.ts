import type { Rejection } from '../decision.ts'
import { count, usd } from './amounts.ts'

/** Why a model was dropped, in English, with the numbers. `now` turns retry times into waits. */
export function describeRejection(rejection: Rejection, now?: number): string {
  switch (rejection.code) {
    case 'context_window_exceeded':
      return `needs ${count(rejection.needTokens)} tokens, the window is ${count(rejection.windowTokens)}`
    case 'output_limit_exceeded':
      return `asks for ${count(rejection.needTokens)} output tokens, the limit is ${count(rejection.limitTokens)}`
    case 'modality_unsupported':
      return `takes no ${rejection.modality} input`
    case 'endpoint_unsupported':
      return `is for ${rejection.kind}, the request is for ${rejection.endpoint}`
    case 'tools_unsupported':
      return rejection.need === 'tools' ? 'has no tool calls' : 'has no parallel tool calls'
    case 'schema_unsupported':
      return rejection.need === 'json_mode' ? 'has no JSON mode' : 'has no JSON schema output'
    case 'parameter_unsupported':
      return `does not take the parameter "${rejection.parameter}"`
    case 'tier_above_ceiling':
      return `tier ${rejection.tier} is above the ceiling ${rejection.ceiling}`
    case 'tier_below_floor':
      return `tier ${rejection.tier} is below ${rejection.floor}`
    case 'not_allowed_for_key':
      return `key "${rejection.key}" may not use it`
    case 'not_in_rule':
      return `rule "${rejection.rule}" does not include it`
    case 'not_in_alias':
      return `alias "${rejection.alias}" does not include it`
    case 'provider_unhealthy':
      return `${healthState(rejection.state)} (${rejection.reason}${retry(rejection.retryAt, now, ', ')})`
    case 'provider_no_credentials':
      return rejection.providers.length === 0
        ? 'no configured provider serves it'
        : `no credentials for ${rejection.providers.join(', ')}`
    case 'rate_limited_upstream':
      return `the provider limits our rate${retry(rejection.retryAt, now, '; ')}`
    case 'budget_exhausted':
      return `${describeBudget(rejection)} has ${usd(rejection.leftNanoUsd)} left, needs about ${usd(rejection.neededNanoUsd)}`
    case 'price_unknown':
      return `no known price, and budget "${rejection.budget}" applies`
    case 'retired':
      return `retired on ${rejection.on}`
    case 'region_or_data_policy':
      return `region ${rejection.region} is not allowed`
    case 'excluded_by_request':
      return `the request asks for "${rejection.asked}"`
  }
}

/** Two or three words for a rejection code, as a heading over the models it dropped. */
export function rejectionTitle(code: Rejection['code']): string {
  return REJECTION_TITLES[code]
}

const REJECTION_TITLES: Readonly<Record<Rejection['code'], string>> = {
  context_window_exceeded: 'context window',
  output_limit_exceeded: 'output limit',
  modality_unsupported: 'input kind',
  endpoint_unsupported: 'endpoint',
  tools_unsupported: 'tools',
  schema_unsupported: 'format',
  parameter_unsupported: 'parameter',
  tier_above_ceiling: 'tier above ceiling',
  tier_below_floor: 'lower tier',
  not_allowed_for_key: 'key',
  not_in_rule: 'not in rule',
  not_in_alias: 'not in alias',
  provider_unhealthy: 'unhealthy',
  provider_no_credentials: 'no credentials',
  rate_limited_upstream: 'rate limited',
  budget_exhausted: 'budget',
  price_unknown: 'price unknown',
  retired: 'retired',
  region_or_data_policy: 'region',
  excluded_by_request: 'not asked for',
}

function healthState(state: string): string {
  return state === 'open' ? 'breaker open' : state === 'half_open' ? 'breaker half open' : state
}

function retry(retryAt: number | null, now: number | undefined, separator: string): string {
  if (retryAt === null || now === undefined) return ''
  return `${separator}retry in ${Math.max(0, Math.ceil((retryAt - now) / 1_000))}s`
}

/** `budget "premium" of docs on tier:premium`. */
export function describeBudget({
  budget,
  subject: of,
  modelClass,
}: Extract<Rejection, { code: 'budget_exhausted' }>): string {
  return `budget "${budget}"${subject(of)}${modelClass === undefined ? '' : ` on ${modelClass}`}`
}

function subject(name: string): string {
  return name === '' ? '' : ` of ${name}`
}
