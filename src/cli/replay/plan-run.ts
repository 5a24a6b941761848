import { BudgetWatch } from '../../replay/driver/budget-watch.ts'
import { runPlan } from '../../replay/driver/plan.ts'
import { replayItems, type ItemProblem } from '../../replay/driver/items.ts'
import { parseShard } from '../../replay/driver/where.ts'
import { describeForecast } from '../../report/describe-forecast.ts'
import { summarise } from '../../replay/summary/summarise.ts'
import type { ExitReason, RunSummary } from '../../replay/summary/types.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { ReplayPlan } from './command.ts'
import { armsOf } from './execute.ts'
import { budgetsOf, fixturesPart, runPart } from './full-run.ts'
import type { Interrupt } from './interrupt.ts'
import { PlanCounts } from './plan-counts.ts'

/** `--plan`: decides every fixture and counts; nothing is run and nothing is kept per fixture. */
export async function planRun(plan: ReplayPlan, interrupt: Interrupt): Promise<RunSummary> {
  const { options, setup, set } = plan
  const [first] = setup.candidates
  if (first === undefined) throw new Error('a replay has at least one candidate')
  if (options.where.length > 0)
    throw new GatewayError('usage_error', '--where can not be combined with --plan', { hint: 'leave one of them out' })
  const settings = { seed: options.seed, responses: null, latency: () => null }
  const counts = setup.candidates.map(() => new PlanCounts(plan.gates))
  const problems: ItemProblem[] = [...set.alternatives.problems]
  const tiers = new Map(first.project.matrix.rows.map((row) => [String(row.id), row.tier]))
  const arms = armsOf(setup, settings, first.project.matrix)
  const watch = new BudgetWatch(arms.baseline, arms.candidates)
  const complete = await runPlan({
    items: replayItems(set, {
      sample: options.sample ?? null,
      shard: options.shard === undefined ? null : parseShard(options.shard),
      seed: options.seed,
      onProblem: (problem) => problems.push(problem),
    }),
    alternatives: set.alternatives,
    baseline: arms.baseline.arm,
    candidates: arms.candidates.map(({ arm }) => arm),
    tierOf: (model) => tiers.get(model) ?? null,
    onPair(candidate, pair) {
      counts[candidate]?.add(pair)
      if (candidate === 0) watch.add(pair.item)
    },
    signal: interrupt.signal,
  })
  warnOfGates(plan, counts)
  const notes = watch.notes(options.sample !== undefined || options.shard !== undefined)
  return withCounts(plan, {
    counts,
    problems,
    budgets: watch.pairs(),
    notes,
    complete,
    signal: interrupt.caught(),
  })
}

/** Said before any money is spent: which gates these fixtures can not decide. */
function warnOfGates({ setup, context }: ReplayPlan, counts: readonly PlanCounts[]): void {
  for (const [index, { name }] of setup.candidates.entries()) {
    for (const forecast of counts[index]?.forecaster.forecasts() ?? [])
      context.note(`${name}: ${describeForecast(forecast)}`)
  }
}

interface Planned {
  readonly counts: readonly PlanCounts[]
  readonly problems: readonly ItemProblem[]
  readonly budgets: ReturnType<BudgetWatch['pairs']>
  readonly notes: ReturnType<BudgetWatch['notes']>
  readonly complete: boolean
  readonly signal: 'SIGINT' | 'SIGTERM' | null
}

function withCounts(plan: ReplayPlan, planned: Planned): RunSummary {
  const { counts, problems, budgets, notes, complete, signal } = planned
  const failures: ExitReason[] = []
  if (problems.length > 0)
    failures.push({ code: 'fixture_errors', count: problems.length, allowed: plan.options.maxErrors ?? 0 })
  for (const [index, { name }] of plan.setup.candidates.entries()) {
    const { refused = 0, spent = 0 } = counts[index] ?? {}
    if (spent > 0) failures.push({ code: 'budget_refused', count: spent, candidate: name })
    if (refused > 0) failures.push({ code: 'not_routable', count: refused, candidate: name })
  }
  if (signal !== null && !complete) failures.push({ code: 'interrupted', signal })
  const empty = summarise({
    run: runPart(plan, 'plan', complete),
    fixtures: fixturesPart(plan, problems),
    candidates: plan.setup.candidates.map(({ name, label, project }, index) => ({
      name,
      label,
      configHash: project.configHash,
      rows: [],
      ...budgetsOf(budgets[index]),
    })),
    gates: [],
    notes,
    failures,
    options: { exitZero: plan.options.exitZero ?? false },
  })
  return {
    ...empty,
    fixtures: { ...empty.fixtures, count: counts[0]?.pairs ?? 0 },
    candidates: empty.candidates.map((candidate, index) => ({ ...candidate, ...counts[index]?.summary() })),
  }
}
