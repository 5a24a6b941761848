import type { Features } from './features.ts'
import type { IntentResult } from './intents.ts'
import type { Evidence, Matrix, ModelId } from './matrix.ts'
import type { Axis, RoutingConfig } from './routing-config.ts'
import type { StateSnapshot } from './state.ts'

/** Everything `decide()` may read. */
export interface DecideInput {
  readonly asked: Asked
  readonly rights: Rights
  readonly features: Features
  readonly intent: IntentResult
  readonly config: RoutingConfig
  readonly matrix: Matrix
  readonly state: StateSnapshot
  readonly seed: number
  /** `hash(seed, exchange id)`, uniform in [0, 1). */
  readonly roll: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What the client wrote. Hints can only narrow what the key allows. */
export interface Asked {
  readonly model: string
  readonly endpoint: 'chat' | 'embeddings'
  readonly stream: boolean
  readonly hints: {
    readonly tier?: string
    readonly policy?: string
    readonly tags: readonly string[]
  }
}

/** Who asks and what they may use. Never a secret. */
export interface Rights {
  readonly keyId: string
  readonly alias: string
  readonly groups: readonly string[]
  readonly user: string | null
  readonly project: string | null
  /** Highest tier allowed; null for no ceiling. */
  readonly tierCeiling: string | null
  /** Models, aliases or patterns such as `gpt-*` allowed; null for all. */
  readonly models: readonly string[] | null
  /** Further lists, of groups: a model must be in each of them too. Absent: none. */
  readonly modelsAlso?: readonly (readonly string[])[]
  /** Policy imposed on the key; null for the config's default. */
  readonly policy: string | null
  /** Policies that may be asked for. The first is imposed where neither rule nor default names one of them. Absent: all. */
  readonly policies?: readonly string[]
  /** Budgets and rate limits with `byReference` that bind this caller. Absent: none. */
  readonly budgets?: readonly string[]
  readonly limits?: readonly string[]
}

export const DECISION_SCHEMA = 'gateway.decision/1'

/** The answer of `decide()`: JSON-serialisable, equal for equal input, wherever it was asked. */
export interface Decision {
  readonly schema: typeof DECISION_SCHEMA
  readonly configHash: string
  readonly catalogHash: string
  readonly seed: number
  readonly asked: Asked
  readonly principal: Rights
  readonly features: Features
  readonly intent: IntentResult
  /** Every row of the matrix, sorted by id. */
  readonly candidates: readonly Candidate[]
  readonly outcome: Outcome
  /** Rules whose condition held but which name no model of the alias or tier that was asked for. Absent when none. */
  readonly skippedRules?: readonly RuleRef[]
  /** In order; the first is the choice. Empty when refused. */
  readonly plan: readonly PlannedAttempt[]
  /** Budgets at or over their warning share. */
  readonly budgetWarnings: readonly {
    readonly budget: string
    readonly subject: string
    readonly leftNanoUsd: number
    readonly limitNanoUsd: number
  }[]
}

export type Candidate =
  | { readonly model: ModelId; readonly tier: string; readonly rejected: Rejection }
  | { readonly model: ModelId; readonly tier: string; readonly score: Score }

export interface Score {
  /** Higher is better, whatever the policy. */
  readonly total: number
  /** Contributions that add up to `total`. */
  readonly parts: Readonly<Partial<Record<Axis, number>>>
  readonly quality: { readonly value: number; readonly source: Evidence } | null
  readonly expectedCost: ExpectedCost | null
  readonly expectedFirstTokenMs: { readonly p50: number; readonly p95: number; readonly source: Evidence } | null
  /** First token plus the expected output tokens, at the median; what latency is ranked by. Absent when unknown. */
  readonly expectedTotalMs?: number
  /** Limits of the policy this candidate breaks (`broken`) or for which it has no binding value (`unmeasured`). */
  readonly limits: readonly { readonly axis: Axis; readonly state: 'kept' | 'broken' | 'unmeasured' }[]
}

export interface ExpectedCost {
  readonly nanoUsd: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Where the output length comes from. */
  readonly outputBasis: 'history' | 'client_limit' | 'prior'
  readonly cachedTokens: number
  /** Extra cost because the conversation's cached prefix would be lost. */
  readonly prefixLossNanoUsd: number
}

/** Why a candidate was dropped. Codes are public. */
export type Rejection =
  | { readonly code: 'context_window_exceeded'; readonly needTokens: number; readonly windowTokens: number }
  | { readonly code: 'output_limit_exceeded'; readonly needTokens: number; readonly limitTokens: number }
  | { readonly code: 'modality_unsupported'; readonly modality: string }
  | { readonly code: 'endpoint_unsupported'; readonly endpoint: string; readonly kind: string }
  | { readonly code: 'tools_unsupported'; readonly need: 'tools' | 'parallel_tools' }
  | { readonly code: 'schema_unsupported'; readonly need: 'json_mode' | 'json_schema' }
  | { readonly code: 'parameter_unsupported'; readonly parameter: string }
  | { readonly code: 'tier_above_ceiling'; readonly tier: string; readonly ceiling: string }
  | { readonly code: 'tier_below_floor'; readonly tier: string; readonly floor: string }
  | { readonly code: 'not_allowed_for_key'; readonly key: string }
  | { readonly code: 'not_in_rule'; readonly rule: string }
  | { readonly code: 'not_in_alias'; readonly alias: string }
  | {
      readonly code: 'provider_unhealthy'
      readonly state: string
      readonly reason: string
      readonly retryAt: number | null
    }
  | { readonly code: 'provider_no_credentials'; readonly providers: readonly string[] }
  | { readonly code: 'rate_limited_upstream'; readonly retryAt: number | null }
  | {
      readonly code: 'budget_exhausted'
      readonly budget: string
      readonly subject: string
      /** The models it is about, as the config writes them, such as `tier:premium`. Absent: every model. */
      readonly modelClass?: string
      readonly leftNanoUsd: number
      readonly neededNanoUsd: number
    }
  | { readonly code: 'price_unknown'; readonly budget: string }
  | { readonly code: 'retired'; readonly on: string }
  | { readonly code: 'region_or_data_policy'; readonly region: string }
  | { readonly code: 'excluded_by_request'; readonly asked: string }

export type Outcome =
  | Chosen
  | {
      readonly kind: 'refused'
      readonly code: 'no_capable_model' | 'model_not_found' | 'model_not_allowed' | 'budget_exceeded'
      /** For `model_not_found` the closest known names, for `model_not_allowed` names that the key may use. */
      readonly closest: readonly string[]
      readonly rule: RuleRef | null
      readonly policy: string | null
    }

export interface RuleRef {
  readonly name: string
  /** Position in `routing.rules`, from 0. */
  readonly index: number
}

export interface Chosen {
  readonly kind: 'chosen'
  readonly model: ModelId
  readonly tier: string
  readonly provider: string
  /** Null when no rule matched. */
  readonly rule: RuleRef | null
  readonly policy: string
  readonly because: Because
  /** Score difference to the runner-up; null without one. */
  readonly margin: number | null
  readonly runnerUp: ModelId | null
  /** Axes whose limits had to be given up. */
  readonly relaxed: readonly Axis[]
  /** The tier that the rule or request wanted, when a budget or fallback led to a lower one. */
  readonly downgradedFrom: { readonly tier: string; readonly cause: 'budget' | 'tier' } | null
  /** Probability with which this model was chosen; 1 without a canary. */
  readonly propensity: number
}

/** What settled the choice. */
export type Because =
  | { readonly kind: 'asked_for_model' }
  /** The model that was named can not serve right now; this one stands in for it. */
  | {
      readonly kind: 'asked_unavailable'
      readonly asked: ModelId
      readonly cause: 'provider_unhealthy' | 'rate_limited_upstream' | 'budget_exhausted'
    }
  | { readonly kind: 'only_candidate' }
  | { readonly kind: 'listed_first' }
  | { readonly kind: 'sticky_session' }
  | {
      readonly kind: 'policy'
      readonly policyKind: 'minimize_cost' | 'minimize_latency' | 'maximize_quality' | 'weighted'
    }
  | { readonly kind: 'tie_by_name' }

export interface PlannedAttempt {
  readonly model: ModelId
  readonly tier: string
  readonly provider: string
  readonly upstreamModel: string
  readonly why: 'choice' | 'same_model_other_provider' | 'same_tier' | 'lower_tier' | 'higher_tier'
}

export function isRejected(candidate: Candidate): candidate is Extract<Candidate, { rejected: Rejection }> {
  return 'rejected' in candidate
}
