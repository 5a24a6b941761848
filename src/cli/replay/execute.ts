import type { Matrix } from '../../engine/matrix.ts'
import type { Generation } from '../../pipeline/ports.ts'
import { configArm } from '../../replay/driver/arm.ts'
import { BudgetWatch, type WatchedArm } from '../../replay/driver/budget-watch.ts'
import type { LatencyEstimate } from '../../replay/driver/evidence.ts'
import { replayItems, type ItemProblem } from '../../replay/driver/items.ts'
import { recordedArm } from '../../replay/driver/recorded-arm.ts'
import { outcomeRow } from '../../replay/driver/outcomes.ts'
import { runReplay, type ReplayItem, type Score } from '../../replay/driver/run.ts'
import type { FixtureSet } from '../../replay/fixtures/fixture-set.ts'
import { matchesWhere } from '../../replay/gates/where.ts'
import type { Where } from '../../replay/gates/types.ts'
import type { ResponseStore } from '../../replay/ports.ts'
import type { OutcomeRow } from '../../replay/router-figures/types.ts'
import type { PairRow } from '../../replay/types.ts'
import type { Project } from '../project.ts'
import type { ReplaySetup } from './setup.ts'

export interface Execution {
  readonly setup: ReplaySetup
  readonly set: FixtureSet
  readonly seed: number
  readonly where: Where
  readonly sample: number | null
  readonly shard: { index: number; of: number } | null
  readonly score: Score
  readonly responses: ResponseStore | null
  /** Latency of models whose timing was not recorded, as an estimate. */
  readonly latency: LatencyEstimate
  readonly signal: AbortSignal
  /** Awaited before every fixture. */
  readonly gate: () => Promise<void>
  readonly stored: (ordinal: number) => readonly PairRow[] | null
  /** Once per fixture, in order, before the filter. */
  onRows(rows: readonly PairRow[], item: ReplayItem): void
}

export interface Executed {
  /** Rows of each candidate, filtered. */
  readonly rows: readonly PairRow[][]
  readonly outcomes: readonly OutcomeRow[]
  readonly problems: readonly ItemProblem[]
  /** Of each candidate beside the baseline; undefined where neither has budgets. */
  readonly budgets: ReturnType<BudgetWatch['pairs']>
  readonly notes: ReturnType<BudgetWatch['notes']>
  readonly complete: boolean
}

/** Runs baseline and candidates over the fixtures and keeps the small rows that the statistics need. */
export async function execute(execution: Execution): Promise<Executed> {
  const { setup, set, where } = execution
  const rows: PairRow[][] = setup.candidates.map(() => [])
  const outcomes: OutcomeRow[] = []
  const problems: ItemProblem[] = [...set.alternatives.problems]
  const [first] = setup.candidates
  if (first === undefined) throw new Error('a replay has at least one candidate')
  const source = {
    alternatives: set.alternatives,
    score: execution.score,
    matrix: first.project.matrix,
    names: setup.candidates.map(({ name }) => name),
  }
  const arms = armsOf(setup, execution, first.project.matrix)
  const watch = new BudgetWatch(arms.baseline, arms.candidates)
  const complete = await runReplay({
    items: replayItems(set, {
      sample: execution.sample,
      shard: execution.shard,
      seed: execution.seed,
      onProblem: (problem) => problems.push(problem),
    }),
    alternatives: set.alternatives,
    baseline: arms.baseline.arm,
    candidates: arms.candidates.map(({ arm }) => arm),
    score: execution.score,
    stored: execution.stored,
    gate: execution.gate,
    signal: execution.signal,
    onRows(pairs, item) {
      execution.onRows(pairs, item)
      watch.add(item)
      let kept = false
      for (const [index, pair] of pairs.entries()) {
        if (!matchesWhere(pair, where)) continue
        rows[index]?.push(pair)
        kept = true
      }
      const outcome = kept ? outcomeRow(source, item, pairs) : null
      if (outcome !== null) outcomes.push(outcome)
    },
  })
  const notes = watch.notes(execution.sample !== null || execution.shard !== null)
  return { rows, outcomes, problems, budgets: watch.pairs(), notes, complete }
}

type ArmSettings = Pick<Execution, 'seed' | 'responses' | 'latency'>

interface Arms {
  readonly baseline: WatchedArm
  readonly candidates: readonly (WatchedArm & { readonly generation: Generation })[]
}

/** The arms of a run; the recorded one takes tiers and prices from the first candidate's matrix. */
export function armsOf(setup: ReplaySetup, settings: ArmSettings, matrix: Matrix): Arms {
  const { project, label } = setup.baseline
  const recorded = (): WatchedArm => ({
    arm: recordedArm((model) => matrix.rows.find((row) => row.id === model), settings.latency),
    generation: null,
  })
  return {
    baseline: project === null ? recorded() : decidingArm(project, label, settings),
    candidates: setup.candidates.map((spec) => decidingArm(spec.project, spec.label, settings)),
  }
}

function decidingArm(project: Project, label: string, settings: ArmSettings): Arms['candidates'][number] {
  const { latency, responses: store, seed } = settings
  const generation = { routing: project.routing, matrix: project.matrix, seed }
  return { arm: configArm({ label, generation, latency, store }), generation }
}
