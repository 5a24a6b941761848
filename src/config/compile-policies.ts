import type { Axis, Policy, Requirements } from '../engine/routing-config.ts'
import { DEFAULTS } from './defaults.ts'
import type { PolicyConfig } from './schema.ts'

/** The built-in policies with the user's over them, by name. */
export function compilePolicies(stated: Readonly<Record<string, PolicyConfig>>): Readonly<Record<string, Policy>> {
  const builtIn = Object.entries(DEFAULTS.routing.policies).map(
    ([name, policy]) => [name, builtInPolicy(policy)] as const,
  )
  const own = Object.entries(stated).map(([name, policy]) => [name, compilePolicy(policy)] as const)
  return Object.fromEntries([...builtIn, ...own])
}

type BuiltIn = (typeof DEFAULTS.routing.policies)[keyof typeof DEFAULTS.routing.policies]

function builtInPolicy(policy: BuiltIn): Policy {
  return compilePolicy({ ...policy, relax: [...policy.relax] })
}

function compilePolicy(policy: PolicyConfig): Policy {
  const base = { require: requirements(policy), relax: relaxOrder(policy), strict: policy.strict ?? false }
  if (policy.minimize === 'cost') return { kind: 'minimize_cost', ...base }
  if (policy.minimize === 'latency') return { kind: 'minimize_latency', ...base }
  if (policy.maximize === 'quality') return { kind: 'maximize_quality', ...base }
  const { quality = 0, cost = 0, latency = 0 } = policy.weights ?? {}
  return { kind: 'weighted', ...base, weights: { quality, cost, latency } }
}

/** Without an order from the user: speed goes first, then quality, the price ceiling last. */
function relaxOrder(policy: PolicyConfig): readonly Axis[] {
  return policy.strict === true ? [] : (policy.relax ?? ['latency', 'quality', 'cost'])
}

function requirements(policy: PolicyConfig): Requirements {
  const limits = policy.require
  return {
    ...(limits?.quality === undefined ? {} : { qualityMin: limits.quality }),
    ...(limits?.first_token_p95 === undefined ? {} : { firstTokenP95MaxMs: limits.first_token_p95 }),
    ...(limits?.cost_per_request === undefined ? {} : { costPerRequestMaxNanoUsd: limits.cost_per_request }),
  }
}
