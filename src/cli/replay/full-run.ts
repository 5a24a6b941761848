import { createHash } from 'node:crypto'
import { parseShard, parseWhere } from '../../replay/driver/where.ts'
import type { RunStore } from '../../replay/ports.ts'
import { summarise, type SummaryInput } from '../../replay/summary/summarise.ts'
import type { CandidateSummary, ExitReason, RunSummary } from '../../replay/summary/types.ts'
import type { ArmRow } from '../../replay/types.ts'
import { canonicalJson } from '../../wire/json.ts'
import { GatewayError } from '../../wire/errors.ts'
import { estimatedLatency } from '../latency-estimate.ts'
import type { ReplayPlan } from './command.ts'
import { execute, type Executed } from './execute.ts'
import type { Interrupt } from './interrupt.ts'
import type { RunObserver } from './observer.ts'
import type { RunResult } from './output.ts'
import { fixturesHash } from './run-id.ts'
import { RunRecorder, openStores } from './run-recorder.ts'
import { scoreWith } from './score.ts'

/** Problems listed in a summary; the rest is counted. */
const LISTED_PROBLEMS = 20

/** Runs all arms over all fixtures, keeps the rows in the store, and summarises. */
export async function fullRun(plan: ReplayPlan, interrupt: Interrupt, observer: RunObserver): Promise<RunResult> {
  const { options, setup, set, context } = plan
  const stores = options.store ? await openStores(setup.dir, context) : null
  try {
    const recorder = stores === null ? null : openRecorder(plan, stores.runs)
    const executed = await execute({
      setup,
      set,
      seed: options.seed,
      where: parseWhere(options.where),
      sample: options.sample ?? null,
      shard: options.shard === undefined ? null : parseShard(options.shard),
      score: scoreWith(options.scorer),
      responses: stores?.responses ?? null,
      latency: estimatedLatency(setup.candidates.map(({ project }) => project.matrix)),
      signal: interrupt.signal,
      gate: () => observer.gate(),
      stored: (ordinal) => recorder?.stored(ordinal) ?? null,
      onRows(rows, item) {
        recorder?.add(item.ordinal, rows)
        observer.rows(rows)
      },
    })
    const summary = summaryOf(plan, executed, interrupt)
    recorder?.finish(summary)
    return { summary, rows: executed.rows }
  } finally {
    stores?.close()
  }
}

function openRecorder(plan: ReplayPlan, store: RunStore): RunRecorder {
  const { options, runId, facts, setup } = plan
  const { resume } = options
  if (typeof resume === 'string' && !runId.startsWith(resume)) {
    throw new GatewayError('run_not_found', `these inputs make run ${runId}, not ${resume}`, {
      hint: 'resume with the same configs, fixtures, seed and gates as before',
    })
  }
  return new RunRecorder(store, {
    id: runId,
    spec: facts,
    candidates: setup.candidates.length,
    resume: resume !== undefined,
  })
}

function summaryOf(plan: ReplayPlan, executed: Executed, interrupt: Interrupt): RunSummary {
  const { setup, options, gates } = plan
  return summarise({
    run: runPart(plan, 'full', executed.complete),
    fixtures: fixturesPart(plan, executed.problems),
    candidates: setup.candidates.map(({ name, label, project }, index) => ({
      name,
      label,
      configHash: project.configHash,
      rows: executed.rows[index] ?? [],
      ...budgetsOf(executed.budgets[index]),
    })),
    notes: executed.notes,
    gates,
    ...(executed.outcomes.length === 0 ? {} : { outcomes: executed.outcomes }),
    synthetic: [...new Set(plan.set.files.flatMap(({ header }) => header?.synthetic ?? []))],
    failures: failuresOf(plan, executed, interrupt),
    options: {
      ...(setup.owner.config.replay?.coverage === undefined ? {} : { coverage: setup.owner.config.replay.coverage }),
      strict: options.strict ?? false,
      exitZero: options.exitZero ?? false,
    },
  })
}

/** As a member of a candidate; none where there are no budgets. */
export function budgetsOf(budgets: Executed['budgets'][number]): Pick<CandidateSummary, 'budgets'> {
  return budgets === undefined ? {} : { budgets }
}

/** Identity of the run, the same for a full run and a plan. */
export function runPart(plan: ReplayPlan, mode: RunSummary['mode'], complete: boolean): SummaryInput['run'] {
  const { setup, options, runId, context } = plan
  const prices = setup.candidates.map(({ project }) => project.matrix.rows.map(({ id, prices: list }) => [id, list]))
  return {
    runId,
    suite: options.suite,
    seed: options.seed,
    mode,
    complete,
    baseline: { label: setup.baseline.label, configHash: setup.baseline.project?.configHash ?? null },
    catalogHash: setup.candidates[0]?.project.matrix.hash ?? '',
    pricesHash: createHash('sha256').update(canonicalJson(prices)).digest('hex').slice(0, 12),
    reproduce: reproduceArguments(process.argv, context.cwd),
  }
}

/** The arguments of this run without those that only say how to print. */
function reproduceArguments(argv: readonly string[], _cwd: string): string[] {
  const at = argv.indexOf('replay')
  return at === -1 ? [] : argv.slice(at + 1).filter((part) => part !== '--json' && part !== '--quiet' && part !== '-q')
}

export function fixturesPart(plan: ReplayPlan, problems: Executed['problems']): SummaryInput['fixtures'] {
  return {
    hash: fixturesHash(plan.set),
    files: plan.set.files.map(({ name, exchanges }) => ({ path: name, count: exchanges })),
    problems: problems.slice(0, LISTED_PROBLEMS).map(({ file, line, message }) => ({ file, line, message })),
    moreProblems: Math.max(0, problems.length - LISTED_PROBLEMS),
  }
}

function failuresOf(plan: ReplayPlan, executed: Executed, interrupt: Interrupt): ExitReason[] {
  const reasons: ExitReason[] = []
  const allowed = plan.options.maxErrors ?? plan.setup.owner.config.replay?.max_errors ?? 0
  if (executed.problems.length > 0) reasons.push({ code: 'fixture_errors', count: executed.problems.length, allowed })
  for (const [index, { name }] of plan.setup.candidates.entries()) {
    const rows = executed.rows[index] ?? []
    const spent = rows.filter(({ baseline, candidate }) => isSpent(candidate) && !isSpent(baseline)).length
    const refused = rows.filter(
      ({ baseline, candidate }) => candidate.refused && !baseline.refused && !isSpent(candidate),
    ).length
    if (spent > 0) reasons.push({ code: 'budget_refused', count: spent, candidate: name })
    if (refused > 0) reasons.push({ code: 'not_routable', count: refused, candidate: name })
  }
  if (!executed.complete) reasons.push({ code: 'interrupted', signal: interrupt.caught() ?? 'SIGINT' })
  return reasons
}

function isSpent({ error }: ArmRow): boolean {
  return error === 'budget_exceeded'
}
