import type { BudgetRule, ModelClass, RateLimitRule } from '../engine/routing-config.ts'
import { DEFAULTS } from './defaults.ts'
import type { GatewayConfig } from './schema.ts'
import { readShare } from './units.ts'

type BudgetConfig = NonNullable<GatewayConfig['budgets']>[number]
type RateLimitConfig = NonNullable<GatewayConfig['rate_limits']>[number]

/** The budgets of a config. Members at their default stay absent, so that writing a default out changes no hash. */
export function compileBudgets(budgets: readonly BudgetConfig[]): readonly BudgetRule[] {
  return budgets.map((budget) => {
    const { time_zone: timeZone, unknown_price: unknownPriceNanoUsd } = budget
    return {
      name: budget.name,
      scope: budget.scope,
      ...classOf(budget.model_class),
      limitNanoUsd: budget.limit,
      window: budget.window,
      ...(budget.rolling === true ? { rolling: true } : {}),
      ...(timeZone === undefined || timeZone === 'UTC' ? {} : { timeZone }),
      ...(budget.mode === undefined ? {} : { mode: budget.mode }),
      ...(unknownPriceNanoUsd === undefined ? {} : { unknownPriceNanoUsd }),
      ...referenced(budget.apply),
      warnAt: budget.warn_at ?? readShare(DEFAULTS.budgets.warn_at) ?? 1,
      onExceed: budget.on_exceed ?? DEFAULTS.budgets.on_exceed,
    }
  })
}

/** The rate limits of a config; absent when there are none. */
export function compileRateLimits(limits: readonly RateLimitConfig[]): { rateLimits?: readonly RateLimitRule[] } {
  if (limits.length === 0) return {}
  const rateLimits = limits.map((limit, index) => ({
    name: limitNameAt(index, limit),
    scope: limit.scope,
    ...classOf(limit.model_class),
    ...(limit.requests === undefined ? {} : { requests: limit.requests }),
    ...(limit.tokens === undefined ? {} : { tokens: limit.tokens }),
    ...(limit.concurrent === undefined ? {} : { concurrent: limit.concurrent }),
    ...referenced(limit.apply),
  }))
  return { rateLimits }
}

/** A limit's own name, else one of its scope and place: `key-1` for the first limit when that is per key. */
export function limitNameAt(
  index: number,
  { name, scope }: { readonly name?: string | undefined; readonly scope: string },
): string {
  return name ?? `${scope}-${index + 1}`
}

function referenced(apply: 'all' | 'referenced' | undefined): { byReference?: true } {
  return apply === 'referenced' ? { byReference: true } : {}
}

function classOf(text: string | undefined): { modelClass?: ModelClass } {
  return text === undefined ? {} : { modelClass: modelClassOf(text) }
}

function modelClassOf(text: string): ModelClass {
  if (text.startsWith('tier:')) return { kind: 'tier', tier: text.slice(5) }
  if (text.startsWith('alias:')) return { kind: 'alias', alias: text.slice(6) }
  return { kind: 'pattern', pattern: text }
}
