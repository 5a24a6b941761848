import type { Intent } from '../../engine/intents.ts'
import type { GateResult, Where } from '../gates/types.ts'
import type { RouterFigures } from '../router-figures/types.ts'
import type { EvidenceLabel } from '../types.ts'
import type { BudgetPair } from './budget-types.ts'

export const SUMMARY_SCHEMA = 'gateway.summary/1'

/**
 * What a replay found. The one source of every report and screen. JSON-serialisable, members and lists in a fixed order,
 * no times of day: equal inputs give equal bytes.
 */
export interface RunSummary {
  readonly schemaVersion: typeof SUMMARY_SCHEMA
  readonly runId: string
  /** Name of the set of fixtures and gates; marks the pull-request comment to update. */
  readonly suite: string
  readonly seed: number
  /** `plan`: decisions only, so nothing but routes and expected costs is known. */
  readonly mode: 'full' | 'plan'
  /** False when the run was stopped early; its figures cover what was done. */
  readonly complete: boolean
  readonly baseline: ArmIdentity
  readonly catalogHash: string
  readonly pricesHash: string
  readonly fixtures: FixtureCounts
  readonly candidates: readonly CandidateSummary[]
  /** Null unless answers of several models are on record. */
  readonly router: RouterFigures | null
  /** Things a reader must know to read the figures right. */
  readonly assumptions: readonly Assumption[]
  /** Arguments after `gateway replay` that give this run again. */
  readonly reproduce: readonly string[]
  readonly exit: RunExit
}

export interface ArmIdentity {
  /** As shown: `recorded`, a config's name or `git:origin/main 9be1a70`. */
  readonly label: string
  /** Null for `recorded`, which needs no config. */
  readonly configHash: string | null
}

export interface FixtureCounts {
  readonly hash: string
  readonly files: readonly { readonly path: string; readonly count: number }[]
  /** Fixtures replayed. */
  readonly count: number
  readonly sessions: number
  readonly problems: readonly FixtureProblem[]
  /** Problems beyond those listed. */
  readonly moreProblems: number
}

interface FixtureProblem {
  readonly file: string
  readonly line: number
  readonly message: string
}

export interface CandidateSummary extends ArmIdentity {
  readonly name: string
  readonly pairs: number
  readonly sessions: number
  readonly routes: RouteChanges
  readonly evidence: EvidenceCounts
  /** Overall metrics first, then slices that a gate names, then exploratory slices. */
  readonly metrics: readonly MetricSummary[]
  readonly gates: readonly GateResult[]
  /** Worst first. */
  readonly regressions: readonly Regression[]
  /** Regressions in all, listed or not. */
  readonly regressionCount: number
  readonly tokens: { readonly baseline: TokenTotals; readonly candidate: TokenTotals }
  /** Absent when neither config has budgets. */
  readonly budgets?: readonly BudgetPair[]
  /** Part of the cost that comes from losing a provider's prompt cache; null when not simulated. */
  readonly prefixLossNanoUsd: { readonly baseline: number; readonly candidate: number } | null
  /** Calls that a live run would have to make, with their expected price; null when unknown. */
  readonly calls: { readonly needed: number; readonly expectedNanoUsd: number | null }
}

export interface RouteChanges {
  readonly changed: number
  readonly of: number
  /** Changed pairs by tier and model, most frequent first. Null: refused or not routed. */
  readonly matrix: readonly RouteChange[]
}

export interface RouteChange {
  readonly fromTier: string | null
  readonly fromModel: string | null
  readonly toTier: string | null
  readonly toModel: string | null
  readonly count: number
}

export interface EvidenceCounts {
  /** Where the candidate's answers come from; every label is present. */
  readonly candidate: Readonly<Record<EvidenceLabel, number>>
  /** Requests that have no answer since the candidate refused them; absent when there are none. */
  readonly refused?: number
  /** Pairs whose quality difference is known: both scored, or the same answer. */
  readonly qualityMeasured: number
  readonly of: number
}

export interface TokenTotals {
  readonly input: number
  readonly output: number
  /** Arms without a count, not in the sums. */
  readonly unknown: number
}

export interface Interval {
  readonly low: number
  readonly high: number
}

export type MetricUnit = 'nano_usd' | 'ms' | 'score' | 'share' | 'tokens'

/** How an interval was made; each names a function of the statistics room. */
export type Method =
  | 'exact'
  | 'bonett_price'
  | 'paired_t'
  | 'bca_bootstrap'
  | 'cluster_t'
  | 'log_ratio_t'
  | 'cluster_log_ratio_t'
  | 'ratio_of_sums_bootstrap'
  | 'ratio_of_sums_t'
  | 'p95_ratio_bootstrap'
  | 'wilson'

export interface Slice {
  /** `all`, or such as `intent=code.edit`. */
  readonly label: string
  readonly where: Where
}

export interface MetricSummary {
  /** Such as `cost.total`, `cost.request`, `quality.score`, `latency.typical`, `errors.rate`. */
  readonly metric: string
  readonly slice: Slice
  readonly unit: MetricUnit
  readonly good: 'lower' | 'higher' | 'neither'
  /** In `unit`; null when unknown. */
  readonly baseline: number | null
  readonly candidate: number | null
  /** `relative`: candidate / baseline − 1. `difference`: candidate − baseline in `unit`. */
  readonly changeKind: 'relative' | 'difference'
  readonly change: number | null
  /** Two-sided intervals of `change`; the 90 % one decides. */
  readonly interval90: Interval | null
  readonly interval95: Interval | null
  readonly method: Method | null
  /** Exact McNemar p (two-sided) for pass/fail metrics without repeated sessions, for display. */
  readonly mcnemarP: number | null
  /** Pairs used, pairs in the slice, independent groups (sessions) among the used. */
  readonly n: number
  readonly of: number
  readonly clusters: number
  readonly verdict: Verdict
  /** Loss that still counts as equivalent, in the unit of `change`; null where no margin applies. */
  readonly margin: number | null
  /** Smallest true loss that this set would show with 80 % probability, in the unit of `change`. */
  readonly canSee: number | null
  /** Pairs needed to settle the margin with 80 % probability if there is no true difference. */
  readonly neededPairs: number | null
  /** Quality with every missing answer taken as worst and as best; null when none is missing. */
  readonly bounds: Interval | null
  /** Cost of the candidate when estimated answers are short or long; null without estimates. */
  readonly candidateRange: Interval | null
  /** Pairs where either arm is estimated. */
  readonly estimated: number
  /** True for slices that no gate names: they inform and never fail. */
  readonly exploratory: boolean
  /** Exploratory slices only: stands out after Benjamini–Hochberg at 10 %. */
  readonly standsOut: boolean
}

export type Verdict =
  | { readonly kind: 'better' | 'equivalent' | 'worse' | 'inconclusive' }
  /** Every pair has the same value in both arms, and none is missing. */
  | { readonly kind: 'equal' }
  | { readonly kind: 'not_measured'; readonly reason: NotMeasured }
  | { readonly kind: 'not_compared'; readonly reason: NotCompared }

export type NotMeasured =
  | { readonly code: 'below_coverage'; readonly measured: number; readonly of: number; readonly need: number }
  /** Enough pairs in all, but too few of those whose route changed. */
  | { readonly code: 'changed_unmeasured'; readonly measured: number; readonly of: number; readonly need: number }
  | { readonly code: 'too_few'; readonly have: number; readonly need: number; readonly what: 'pairs' | 'sessions' }
  | { readonly code: 'nothing_recorded' }

export type NotCompared =
  | { readonly code: 'latency_estimated' }
  /** The arms were timed in different ways, for example recorded then against live now. */
  | { readonly code: 'latency_bases_differ'; readonly baseline: string; readonly candidate: string }
  | { readonly code: 'cost_estimated'; readonly estimated: number; readonly of: number }
  /** Shown for information: the metric says nothing about better or worse. */
  | { readonly code: 'informational' }

/** One fixture on which the candidate did worse. */
export interface Regression {
  readonly fixture: string
  readonly file: string
  readonly line: number
  readonly session: string
  readonly turn: number
  readonly intent: Intent
  readonly from: RegressionArm
  readonly to: RegressionArm
  readonly kind: 'error' | 'refusal' | 'quality'
  /** Metric that got worse, with its values; null for errors and refusals. */
  readonly metric: string | null
  readonly before: number | null
  readonly after: number | null
  /** What the failing scorers said, at most three. */
  readonly details: readonly string[]
}

export interface RegressionArm {
  readonly model: string | null
  readonly tier: string | null
  readonly rule: string | null
  readonly reason: string
  readonly evidence: EvidenceLabel
  readonly costNanoUsd: number | null
}

export type Assumption =
  | { readonly code: 'teacher_forced'; readonly sessions: number }
  | { readonly code: 'latency_estimated' }
  | { readonly code: 'usage_counted'; readonly arms: number }
  | { readonly code: 'usage_estimated'; readonly arms: number }
  | { readonly code: 'synthetic'; readonly what: string }
  | { readonly code: 'cost_estimated'; readonly pairs: number }
  | { readonly code: 'answers_missing'; readonly pairs: number }
  | { readonly code: 'several_candidates'; readonly candidates: number }
  /** Recorded answers that are longer than a budget would have let them become. */
  | { readonly code: 'answers_too_long'; readonly pairs: number }
  /** Only a part of the fixtures spends. */
  | { readonly code: 'budgets_partial' }
  /** Exchanges between the fixtures that are not among them; what they spent is not counted. */
  | { readonly code: 'spend_missing'; readonly exchanges: number }
  /** Redaction changed the size of prompts, and with it what is reserved for them. */
  | { readonly code: 'amounts_redacted'; readonly fixtures: number }
  /** Under the very config that recorded them. */
  | { readonly code: 'balances_differ'; readonly fixtures: number; readonly of: number }

export interface RunExit {
  readonly code: ExitCode
  readonly reasons: readonly ExitReason[]
}

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70 | 130 | 143

export type ExitReason =
  | { readonly code: 'usage_error'; readonly message: string }
  | { readonly code: 'internal_error'; readonly message: string }
  | { readonly code: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' }
  | { readonly code: 'fixture_errors'; readonly count: number; readonly allowed: number }
  | { readonly code: 'upstream_errors'; readonly count: number; readonly allowed: number }
  | { readonly code: 'spend_cap'; readonly skipped: number }
  | { readonly code: 'fixture_missing'; readonly count: number }
  | { readonly code: 'not_routable'; readonly count: number; readonly candidate: string }
  | { readonly code: 'budget_refused'; readonly count: number; readonly candidate: string }
  | { readonly code: 'gate_failed'; readonly candidate: string; readonly gate: string }
  | { readonly code: 'gate_undecided'; readonly candidate: string; readonly gate: string }
