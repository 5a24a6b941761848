import { evaluateGate } from '../gates/evaluate.ts'
import type { Gate, GateResult } from '../gates/types.ts'
import { routerFigures } from '../router-figures/router-figures.ts'
import type { OutcomeRow } from '../router-figures/types.ts'
import { RESAMPLES } from '../stats/bootstrap.ts'
import type { PairRow } from '../types.ts'
import { assumptions } from './assumptions.ts'
import { evidenceCounts, prefixLoss, routeChanges, tokenTotals } from './counts.ts'
import { gateReasons, runExit } from './exit.ts'
import { metricBook, type MetricBook } from './metrics.ts'
import { regressions } from './regressions.ts'
import {
  SUMMARY_SCHEMA,
  type ArmIdentity,
  type Assumption,
  type CandidateSummary,
  type ExitReason,
  type FixtureCounts,
  type RunSummary,
} from './types.ts'

/** Regressions kept in the summary; the rows hold the rest. */
const TOP_REGRESSIONS = 50

interface CandidateInput extends ArmIdentity {
  readonly name: string
  readonly rows: readonly PairRow[]
  readonly calls?: CandidateSummary['calls']
  readonly budgets?: CandidateSummary['budgets']
}

export interface SummaryInput {
  readonly run: Pick<
    RunSummary,
    'runId' | 'suite' | 'seed' | 'mode' | 'complete' | 'baseline' | 'catalogHash' | 'pricesHash' | 'reproduce'
  >
  readonly fixtures: Pick<FixtureCounts, 'hash' | 'files' | 'problems' | 'moreProblems'>
  readonly candidates: readonly CandidateInput[]
  readonly gates: readonly Gate[]
  /** Outcomes of several models, where recorded. */
  readonly outcomes?: readonly OutcomeRow[]
  /** From the fixture headers: what was made up. */
  readonly synthetic?: readonly string[]
  /** What must be known besides what the rows tell. */
  readonly notes?: readonly Assumption[]
  /** What went wrong besides gates. */
  readonly failures?: readonly ExitReason[]
  readonly options?: SummaryOptions
}

export interface SummaryOptions {
  /** Needed share of measured pairs by head of the metric's name, such as `{ quality: 0.9 }`. */
  readonly coverage?: Readonly<Record<string, number>>
  /** Undecided gates fail, and estimated costs feed no verdict. */
  readonly strict?: boolean
  /** Default: `allow` with ranges, `refuse` under `strict`. */
  readonly estimatedCosts?: 'allow' | 'refuse'
  readonly exitZero?: boolean
  /** Most bootstrap resamples per figure; default 10 000. */
  readonly resamples?: number
}

/** Everything a replay says, from its rows. Pure: equal inputs give equal summaries. */
export function summarise(input: SummaryInput): RunSummary {
  const options = input.options ?? {}
  const strict = options.strict ?? false
  const books = input.candidates.map(({ rows }) =>
    metricBook(rows, {
      seed: input.run.seed,
      gates: input.gates,
      coverage: options.coverage ?? {},
      estimatedCosts: options.estimatedCosts ?? (strict ? 'refuse' : 'allow'),
      resamples: options.resamples ?? RESAMPLES,
    }),
  )
  const results = input.gates.map((gate) =>
    evaluateGate(
      gate,
      books.map((book) => book.of(gate.metric, gate.where)),
      strict,
    ),
  )
  const candidates = input.candidates.map((candidate, index) =>
    candidateSummary(
      candidate,
      books[index],
      results.flatMap((byCandidate) => byCandidate[index] ?? []),
    ),
  )
  const rowsOf = input.candidates.map(({ rows }) => rows)
  const { runId, suite, seed, mode, complete, baseline, catalogHash, pricesHash, reproduce } = input.run
  return {
    schemaVersion: SUMMARY_SCHEMA,
    runId,
    suite,
    seed,
    mode,
    complete,
    baseline,
    catalogHash,
    pricesHash,
    fixtures: fixtureCounts(input.fixtures, rowsOf),
    candidates,
    router: input.outcomes === undefined ? null : routerFigures(input.outcomes),
    assumptions: [...assumptions(rowsOf, input.synthetic ?? []), ...(input.notes ?? [])],
    reproduce,
    exit: runExit([...(input.failures ?? []), ...gateReasons(candidates)], options.exitZero),
  }
}

function fixtureCounts(
  { hash, files, problems, moreProblems }: SummaryInput['fixtures'],
  rowsOf: readonly (readonly PairRow[])[],
): FixtureCounts {
  const [rows = []] = rowsOf
  const sessions = new Set(rows.map((row) => row.session)).size
  return { hash, files, count: rows.length, sessions, problems, moreProblems }
}

function candidateSummary(
  { name, label, configHash, rows, calls, budgets }: CandidateInput,
  book: MetricBook | undefined,
  gates: readonly GateResult[],
): CandidateSummary {
  const worse = regressions(rows)
  return {
    name,
    label,
    configHash,
    pairs: rows.length,
    sessions: new Set(rows.map((row) => row.session)).size,
    routes: routeChanges(rows),
    evidence: evidenceCounts(rows, 'quality.score'),
    metrics: book?.summaries ?? [],
    gates,
    regressions: worse.slice(0, TOP_REGRESSIONS),
    regressionCount: worse.length,
    tokens: {
      baseline: tokenTotals(rows, (row) => row.baseline),
      candidate: tokenTotals(rows, (row) => row.candidate),
    },
    ...(budgets === undefined ? {} : { budgets }),
    prefixLossNanoUsd: prefixLoss(rows),
    calls: calls ?? { needed: 0, expectedNanoUsd: null },
  }
}
