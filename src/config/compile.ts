import { modelId, type ModelId } from '../engine/matrix.ts'
import type { Condition, FailoverConfig, RoutingConfig, Rule } from '../engine/routing-config.ts'
import { compilePolicies } from './compile-policies.ts'
import { compileBudgets, compileRateLimits } from './compile-spending.ts'
import { DEFAULTS, FIRST_RUN_RULES } from './defaults.ts'
import { hash12 } from './hash.ts'
import type { ConditionConfig, GatewayConfig } from './schema.ts'
import { readComparison, readDurationMs } from './units.ts'

export interface CompileOptions {
  /** Line of a rule in the file, for annotations; not part of the hash. */
  readonly ruleLine?: (index: number) => number | undefined
  /** There is no config file: use the first-run rules that narrow to one of these tiers, which have models. */
  readonly firstRunTiers?: ReadonlySet<string>
}

/** The routing part of a valid config with names resolved, units converted and defaults filled in. */
export function compileRouting(config: GatewayConfig, options: CompileOptions = {}): RoutingConfig {
  const aliases = compileAliases(config)
  const { firstRunTiers } = options
  const rules = firstRunTiers === undefined ? compileRules(config, aliases) : firstRunRules(firstRunTiers)
  const parts = {
    tiers: config.tiers ?? DEFAULTS.tiers,
    aliases,
    defaultPolicy: config.routing?.default_policy ?? DEFAULTS.routing.default_policy,
    policies: compilePolicies(config.routing?.policies ?? {}),
    rules,
    sticky: config.routing?.sticky ?? DEFAULTS.routing.sticky,
    strictParams: config.routing?.strict_params ?? DEFAULTS.routing.strict_params,
    failover: compileFailover(config),
    budgets: compileBudgets(config.budgets ?? []),
    ...compileRateLimits(config.rate_limits ?? []),
    defaultMaxOutput: config.routing?.default_max_output ?? DEFAULTS.routing.default_max_output,
  } as const
  // Lines and names of things outside the routing part may change without changing any decision.
  const withLines = rules.map((rule, index) => {
    const line = options.ruleLine?.(index)
    return line === undefined ? rule : { ...rule, line }
  })
  return { hash: hash12(parts), ...parts, rules: withLines }
}

function compileAliases(config: GatewayConfig): Readonly<Record<string, readonly ModelId[]>> {
  const entries = Object.entries(config.aliases ?? {})
  return Object.fromEntries(entries.map(([name, alias]) => [name, alias.models.map((model) => modelId(model))]))
}

function compileRules(config: GatewayConfig, aliases: Readonly<Record<string, readonly ModelId[]>>): readonly Rule[] {
  return (config.routing?.rules ?? []).map((rule) => {
    const models = rule.models?.flatMap((name) =>
      Object.hasOwn(aliases, name) ? (aliases[name] ?? []) : [modelId(name)],
    )
    return {
      name: rule.name,
      when: compileCondition(rule.when),
      ...(models === undefined ? {} : { models: [...new Set(models)] }),
      ...(rule.tier === undefined ? {} : { tier: rule.tier }),
      ...(rule.policy === undefined ? {} : { policy: rule.policy }),
      ...(rule.order === undefined ? {} : { order: rule.order }),
    }
  })
}

function firstRunRules(tiers: ReadonlySet<string>): readonly Rule[] {
  return FIRST_RUN_RULES.filter(({ tier }) => tiers.has(tier)).map(({ name, when, tier }) => {
    const complexity = readComparison(when.complexity)
    return {
      name,
      tier,
      when: {
        ...('intent' in when ? { intent: when.intent } : {}),
        ...(complexity === undefined ? {} : { complexity }),
      },
    }
  })
}

/** Vocabulary names to engine names; members that are left out stay absent. */
function compileCondition(when: ConditionConfig): Condition {
  const { input_tokens: inputTokens, time: timeOfDay, ...same } = when
  return definedOnly({ ...same, inputTokens, timeOfDay })
}

/** Drops undefined members, which would otherwise differ from absent ones under exact optional types. */
function definedOnly(condition: { readonly [K in keyof Condition]: Condition[K] | undefined }): Condition {
  return Object.fromEntries(Object.entries(condition).filter(([, member]) => member !== undefined))
}

function compileFailover(config: GatewayConfig): FailoverConfig {
  const { failover } = config
  const defaults = DEFAULTS.failover
  return {
    maxAttempts: failover?.max_attempts ?? defaults.max_attempts,
    deadlineMs: failover?.deadline ?? defaultMs(defaults.deadline),
    lowerTiers: failover?.lower_tiers ?? defaults.lower_tiers,
    higherTiers: failover?.higher_tiers ?? defaults.higher_tiers,
    cooldownBaseMs: failover?.cooldown?.base ?? defaultMs(defaults.cooldown.base),
    cooldownMaxMs: failover?.cooldown?.max ?? defaultMs(defaults.cooldown.max),
    ...(failover?.max_cost === undefined ? {} : { maxCostNanoUsd: failover.max_cost }),
  }
}

/** Milliseconds of a default that is written with its unit. */
export function defaultMs(text: string): number {
  return readDurationMs(text) ?? 0
}
