import type { ModelId } from './matrix.ts'

/**
 * The routing part of a config after validation: names resolved, units converted, defaults filled in. The config room
 * makes it; the engine only reads it. Everything is plain data, so it can be hashed and compared.
 */
export interface RoutingConfig {
  readonly hash: string
  /** Low to high. */
  readonly tiers: readonly string[]
  readonly aliases: Readonly<Record<string, readonly ModelId[]>>
  readonly defaultPolicy: string
  readonly policies: Readonly<Record<string, Policy>>
  readonly rules: readonly Rule[]
  readonly sticky: 'session' | 'off'
  readonly strictParams: boolean
  readonly failover: FailoverConfig
  readonly budgets: readonly BudgetRule[]
  /** Absent: none. Decisions do not read them; the admission of a live proxy does. */
  readonly rateLimits?: readonly RateLimitRule[]
  /** Output tokens assumed for a request without a limit when no history exists. */
  readonly defaultMaxOutput: number
}

export interface FailoverConfig {
  readonly maxAttempts: number
  readonly deadlineMs: number
  readonly lowerTiers: boolean
  readonly higherTiers: boolean
  readonly cooldownBaseMs: number
  readonly cooldownMaxMs: number
  /** Most that the attempts of one exchange may cost together by expectation; absent for no cap. */
  readonly maxCostNanoUsd?: number
}

export type Axis = 'quality' | 'latency' | 'cost'

/** Limits that a candidate must keep. They bind `measured` and `user` values alone. */
export interface Requirements {
  /** 0..1. */
  readonly qualityMin?: number
  readonly firstTokenP95MaxMs?: number
  readonly costPerRequestMaxNanoUsd?: number
}

interface PolicyBase {
  readonly require: Requirements
  /** Axes whose limits may be given up, in this order, when no candidate keeps them all. */
  readonly relax: readonly Axis[]
  /** Refuse with `no_capable_model` instead of relaxing. */
  readonly strict: boolean
}

export type Policy =
  | (PolicyBase & { readonly kind: 'minimize_cost' })
  | (PolicyBase & { readonly kind: 'minimize_latency' })
  | (PolicyBase & { readonly kind: 'maximize_quality' })
  | (PolicyBase & {
      readonly kind: 'weighted'
      readonly weights: { readonly quality: number; readonly cost: number; readonly latency: number }
    })

export interface Comparison {
  readonly op: '>' | '>=' | '<' | '<=' | '=='
  readonly value: number
}

/** All present members must hold. Lists hold when any entry matches. */
export interface Condition {
  /** Intent names or prefixes such as `code.*`. */
  readonly intent?: readonly string[]
  readonly complexity?: Comparison
  readonly inputTokens?: Comparison
  readonly language?: readonly string[]
  readonly modality?: readonly string[]
  readonly tools?: boolean
  readonly key?: readonly string[]
  readonly group?: readonly string[]
  readonly user?: readonly string[]
  readonly project?: readonly string[]
  readonly tags?: readonly string[]
  /** Minutes since midnight UTC, `from` inclusive, `to` exclusive; `from > to` wraps over midnight. */
  readonly timeOfDay?: { readonly fromMinute: number; readonly toMinute: number }
}

export interface Rule {
  readonly name: string
  readonly when: Condition
  /** Narrow to these models. */
  readonly models?: readonly ModelId[]
  /** Narrow to this tier. Lower tiers stay reachable for fallback. */
  readonly tier?: string
  readonly policy?: string
  /** `listed`: the first eligible model of `models` wins, the policy is not asked. */
  readonly order?: 'policy' | 'listed'
  /** Place in the config file, for annotations. */
  readonly line?: number
}

export type BudgetScope = 'global' | 'user' | 'project' | 'key' | 'group'

export interface BudgetRule {
  readonly name: string
  readonly scope: BudgetScope
  /** Undefined: every model. */
  readonly modelClass?: ModelClass
  readonly limitNanoUsd: number
  readonly window: 'hour' | 'day' | 'week' | 'month' | 'total'
  /** The last hour, 24 hours, 7 or 30 days instead of the calendar's. Absent: calendar windows. */
  readonly rolling?: true
  /** IANA name for calendar windows; absent: UTC. */
  readonly timeZone?: string
  /**
   * `hard` reserves an upper bound for every attempt and can not be overshot; `soft` reserves the 99th percentile, and its
   * overshoot is bounded and reported. Absent: `hard` with `block`, else `soft`.
   */
  readonly mode?: 'hard' | 'soft'
  /** Charged for an attempt on a model without a price; absent: such models are refused. */
  readonly unknownPriceNanoUsd?: number
  /** Binds only keys, groups and tokens that name it. */
  readonly byReference?: true
  /** 0..1. */
  readonly warnAt: number
  readonly onExceed: 'downgrade' | 'block' | 'warn'
}

/** Tokens (or requests) per period, with bursts up to `amount`. */
export interface Rate {
  readonly amount: number
  readonly perMs: number
}

/** At least one of the three limits is set. */
export interface RateLimitRule {
  /** For references and messages; made from scope and place in the config when the config names none. */
  readonly name: string
  readonly scope: BudgetScope
  readonly modelClass?: ModelClass
  readonly requests?: Rate
  readonly tokens?: Rate
  readonly concurrent?: number
  /** Binds only keys, groups and tokens that name it. */
  readonly byReference?: true
}

export type ModelClass =
  | { readonly kind: 'tier'; readonly tier: string }
  | { readonly kind: 'alias'; readonly alias: string }
  | { readonly kind: 'pattern'; readonly pattern: string }
