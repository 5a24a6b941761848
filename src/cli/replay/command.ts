import { relative } from 'node:path'
import type { FixtureSet } from '../../replay/fixtures/fixture-set.ts'
import { openFixtureSet } from '../../replay/fixtures/fixture-set.ts'
import { parseShard, parseWhere } from '../../replay/driver/where.ts'
import { parseGateExpression } from '../../replay/gates/parse-expression.ts'
import { requireGates, type GateSource } from '../../replay/gates/read-gate.ts'
import type { Gate } from '../../replay/gates/types.ts'
import type { CliContext } from '../context.ts'
import { catchInterrupt } from './interrupt.ts'
import { plainObserver } from './observer.ts'
import type { ReplayOptions } from './options.ts'
import { printResult, REPORT_FORMATS, type RunResult } from './output.ts'
import { parseReports, type ReportWish } from './reports.ts'
import { planRun } from './plan-run.ts'
import { fullRun } from './full-run.ts'
import { runFacts, runIdOf } from './run-id.ts'
import { scoreWith } from './score.ts'
import { prepareReplay, type ReplaySetup } from './setup.ts'

/** Everything a run needs, checked before anything happens. */
export interface ReplayPlan {
  readonly context: CliContext
  readonly options: ReplayOptions
  readonly setup: ReplaySetup
  readonly set: FixtureSet
  readonly gates: readonly Gate[]
  readonly reports: readonly ReportWish[]
  readonly runId: string
  readonly facts: ReturnType<typeof runFacts>
}

/** `gateway replay`: prepares, runs, prints; resolves to the exit code. */
export async function replayCommand(
  context: CliContext,
  patterns: readonly string[],
  options: ReplayOptions,
): Promise<number> {
  checkFlags(options)
  const reports = parseReports(options.report, REPORT_FORMATS, context.cwd)
  const setup = await prepareReplay(context, patterns, options)
  const gates = gatesOf(setup, options, context.cwd)
  const set = await openFixtureSet(setup.patterns, { cwd: context.cwd, stdin: process.stdin })
  try {
    const facts = runFacts({ setup, set, gates, options })
    const plan: ReplayPlan = { context, options, setup, set, gates, reports, runId: runIdOf(facts), facts }
    const result = await run(plan)
    await printResult(plan, result)
    return result.summary.exit.code
  } finally {
    await set.close()
  }
}

/** Mistakes that can be seen without reading anything. */
function checkFlags(options: ReplayOptions): void {
  parseWhere(options.where)
  if (options.shard !== undefined) parseShard(options.shard)
  scoreWith(options.scorer)
  for (const gate of options.gate) parseGateExpression(gate)
}

function gatesOf(setup: ReplaySetup, options: ReplayOptions, cwd: string): readonly Gate[] {
  const { file, config, gateLines } = setup.owner
  const fromConfig = (config.replay?.gates ?? []).map((object, index): GateSource => {
    const line = gateLines[index]
    return { object, ...(file === null || line === undefined ? {} : { origin: { file: relative(cwd, file), line } }) }
  })
  const fromFlags = options.gate.map((text): GateSource => ({ object: parseGateExpression(text) }))
  // The flags alone first: their mistakes are then counted from the first flag.
  requireGates(fromFlags)
  return requireGates([...fromConfig, ...fromFlags])
}

async function run(plan: ReplayPlan): Promise<RunResult> {
  const { context, options, reports, set } = plan
  const interrupt = catchInterrupt()
  announce(plan)
  try {
    if (options.plan === true) return { summary: await planRun(plan, interrupt), rows: [] }
    const toOutput = reports.some(({ path }) => path === null)
    if (!context.interactive || toOutput) return await fullRun(plan, interrupt, plainObserver(context, set.exchanges))
    const { runWithView } = await import('./view.ts')
    return await runWithView(plan, interrupt, (observer) => fullRun(plan, interrupt, observer))
  } finally {
    interrupt.dispose()
  }
}

function announce({ context, setup, set, options }: ReplayPlan): void {
  if (setup.bundled) {
    context.note(
      'no gateway.yaml in sight: this is the bundled example, 120 recorded benchmark prompts with the answers of ten models',
    )
  }
  for (const { project, label } of setup.candidates)
    for (const warning of project.warnings) context.note(`${label}: ${warning}`)
  const candidates = setup.candidates.map(({ name }) => name).join(', ')
  const what = options.plan === true ? 'decide only' : 'replay offline'
  context.note(
    `plan  ${what}: ${set.exchanges} fixtures, baseline ${setup.baseline.label}, candidate ${candidates}, seed ${options.seed}`,
  )
}
