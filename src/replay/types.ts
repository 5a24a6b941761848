import type { Decision, Rights } from '../engine/decision.ts'
import type { Intent } from '../engine/intents.ts'
import type { StateSnapshot } from '../engine/state.ts'
import type { FinishReason } from '../wire/canonical.ts'
import type { JsonObject, JsonValue } from '../wire/json.ts'
import type { TokenUsage } from '../wire/usage.ts'

export const FIXTURE_SCHEMA = 'gateway.fixture/1'

/** Line 1 of a fixture file. */
export interface FixtureHeader {
  readonly kind: 'header'
  readonly schema: typeof FIXTURE_SCHEMA
  readonly created: string
  /** Name of the redaction profile with the hash of its rules. */
  readonly redaction: string
  readonly catalog: string
  readonly prices: string
  /** What in this file was made up and how, for people: times, users, counts. */
  readonly synthetic?: readonly string[]
  readonly attribution?: readonly string[]
}

/** One recorded exchange: one line of a fixture file. */
export interface Fixture {
  readonly id: string
  /** Hash of the canonical request without model, stream, user and metadata. */
  readonly key: string
  readonly key_v: number
  readonly session: string
  readonly turn: number
  /** ISO time of arrival. */
  readonly ts: string
  /** The proxy run that recorded it, and its number among the exchanges of that run, from 0: tells which are missing. */
  readonly run?: string
  readonly seq?: number
  readonly source: { readonly kind: string; readonly from?: string; readonly orig_id?: string }
  readonly tags: readonly string[]
  readonly weight: number
  readonly req: FixtureRequest
  readonly ctx: FixtureContext
  /** The decision as recorded; absent in imports. */
  readonly decision?: Decision
  readonly attempts?: readonly {
    readonly model: string
    readonly provider: string
    readonly status: number | null
    readonly error?: string
    readonly retry_after_ms?: number
    /** With an `error`: the stream broke off after its first content. */
    readonly ttft_ms?: number
    readonly total_ms?: number
    /** The provider was not called, so it billed nothing. */
    readonly uncalled?: true
    /** Places of admission and settlement among the events of the run, which clocks are too coarse to tell. */
    readonly steps?: readonly [admitted: number, settled: number]
  }[]
  /** Targets of the plan that a budget kept out once others had failed, in order; absent when there are none. */
  readonly kept_out?: readonly { readonly model: string; readonly provider: string; readonly budget: string }[]
  /** Absent when no answer was recorded. */
  readonly res?: FixtureResponse
  readonly expect: readonly Expectation[]
  readonly redaction?: {
    readonly policy: string
    readonly hits: Readonly<Record<string, number>>
    readonly decision_stable: boolean
    /** False when redaction changed what the request is reckoned to cost, so that budgets drain a little differently. */
    readonly amounts_stable?: false
  }
}

export interface FixtureRequest {
  readonly api: 'chat.completions'
  readonly model_asked: string
  /** The request body in the shape of `api`, without model and stream. */
  readonly body: JsonObject
  readonly stream: boolean
  readonly hints?: { readonly tier?: string; readonly policy?: string; readonly tags?: readonly string[] }
}

/** Everything else that `decide()` read, so that the decision can be made again. */
export interface FixtureContext {
  readonly rights: Rights
  /** Absent in imports: nothing is known, so everything counts as healthy. */
  readonly state?: StateSnapshot
  readonly config?: string
  readonly catalog?: string
  readonly seed?: number
  /** Identity that the roll was drawn for; the fixture's id when absent. */
  readonly exchange?: string
  readonly now: number
  /** Place of the decision among the events of the run. */
  readonly step?: number
}

export interface FixtureResponse {
  readonly status: number
  readonly model: string
  readonly finish: FinishReason | null
  readonly message: {
    readonly text: string
    readonly tool_calls?: readonly {
      readonly id: string
      readonly name: string
      readonly arguments: string
      /** The provider's seal on the call, as Google's compatible endpoint writes it. */
      readonly extra_content?: JsonObject
    }[]
    readonly refusal?: string
    readonly reasoning?: string
    /** Thoughts one by one with their seals, as OpenRouter writes them; absent when none was sealed. */
    readonly reasoning_details?: readonly JsonObject[]
    /** The seal on the text. */
    readonly extra_content?: JsonObject
  }
  readonly usage: TokenUsage | null
  readonly cost?: { readonly nano_usd: number; readonly basis: TokenUsage['basis'] }
  /** Absent when never recorded. */
  readonly timing?: { readonly ttft_ms: number | null; readonly total_ms: number }
  readonly chunks?: { readonly at_ms: readonly number[]; readonly len: readonly number[]; readonly exact: boolean }
  readonly error?: { readonly code: string }
  /** Score 0..1 that the source published for this answer; for checking our scorers, never used as a result. */
  readonly recorded_score?: number
}

/** Line of a sidecar `name.alts.jsonl`: the answer of another model to the same fixture. */
export interface Alternative {
  readonly id: string
  readonly model: string
  /** Parameters it was asked with, when they differ from the fixture's. */
  readonly params?: JsonObject
  readonly res: FixtureResponse
  readonly obtained: 'live' | 'shadow' | 'import'
  readonly ts: string
  readonly price_hash?: string
}

export interface Expectation {
  /** Scorer id, `not:` in front inverts it. */
  readonly scorer: string
  readonly args?: Readonly<Record<string, JsonValue>>
  readonly weight?: number
  /** Metric the score counts for; default `quality.score`. */
  readonly metric?: string
}

export interface ScoreResult {
  readonly scorer: string
  readonly metric: string
  readonly weight: number
  /** 0..1. */
  readonly score: number
  /** True when only 0 and 1 can occur. */
  readonly binary: boolean
  /** Why, in a few words, without prompt text where avoidable. */
  readonly detail?: string
}

/**
 * Where a counterfactual answer comes from: `=` same model and parameters as the baseline, `R` recorded, `C` from an
 * earlier replay, `L` called now, `E` estimated (cost and latency only), `-` none.
 */
export type EvidenceLabel = '=' | 'R' | 'C' | 'L' | 'E' | '-'

/** What one arm (baseline or candidate) did on one fixture. Small: no texts, so that rows can be kept in memory. */
export interface ArmRow {
  readonly model: string | null
  readonly tier: string | null
  readonly provider: string | null
  readonly rule: string | null
  readonly reason: string
  readonly evidence: EvidenceLabel
  /** Null when the price or the usage is unknown. */
  readonly costNanoUsd: number | null
  /** For estimated costs: with a short and with a long answer. An estimate without it feeds no verdict. */
  readonly costRange?: { readonly lowNanoUsd: number; readonly highNanoUsd: number }
  /** Part of the cost that comes from losing the provider's prompt cache; absent when not simulated. */
  readonly prefixLossNanoUsd?: number
  readonly costBasis: TokenUsage['basis'] | null
  readonly firstTokenMs: number | null
  readonly totalMs: number | null
  readonly latencyBasis: 'recorded' | 'live' | 'estimated' | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** Weighted mean per metric, 0..1; a metric without an answer is absent. */
  readonly metrics: Readonly<Record<string, number>>
  readonly scores: readonly ScoreResult[]
  readonly error: string | null
  readonly refused: boolean
  /** The recorded answer is longer than a budget would have let it become, so it is not taken for the arm's. */
  readonly tooLong?: true
}

/** One fixture under baseline and one candidate. */
export interface PairRow {
  readonly fixture: string
  readonly file: string
  readonly line: number
  readonly session: string
  readonly turn: number
  readonly intent: Intent
  readonly tags: readonly string[]
  readonly weight: number
  readonly baseline: ArmRow
  readonly candidate: ArmRow
  readonly routeChanged: boolean
}
