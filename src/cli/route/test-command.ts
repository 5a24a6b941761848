import { decide } from '../../engine/decide.ts'
import type { Decision } from '../../engine/decision.ts'
import { describeOutcome } from '../../engine/describe/outcome.ts'
import type { CliContext } from '../context.ts'
import { paintFor } from '../paint.ts'
import { loadProject } from '../project.ts'
import { suitesXml, type Case } from '../../report/junit-xml.ts'
import { parseReports, writeReport } from '../replay/reports.ts'
import { callersOf } from './caller.ts'
import { isExpected, outcomeName } from './expect.ts'
import type { RouteTestOptions, SituationOptions } from './options.ts'
import { fromBody } from './read-request.ts'
import { decideInput } from './situation.ts'
import { readCases, type RouteCase } from './test-cases.ts'

const EXIT_DIFFERENT = 1
const MAX_NAME = 50

interface CaseResult {
  readonly case: RouteCase
  readonly decision: Decision
  readonly met: boolean
}

/** `gateway route test`: decides every case of a table; exit code 1 when one goes elsewhere than expected. */
export async function routeTest(context: CliContext, file: string, options: RouteTestOptions): Promise<number> {
  const reports = parseReports(options.report, ['junit'], context.cwd)
  const cases = await readCases(context.cwd, file)
  const { routing, matrix, warnings } = await loadProject(context)
  for (const warning of warnings) context.note(warning)
  const names = [...options.as, ...cases.flatMap(({ as: own }) => own)]
  const as = await callersOf(context, { names, tiers: routing.tiers })
  const results = cases.map((one): CaseResult => {
    const input = decideInput(fromBody(one.body, one.model ?? options.model), {
      cwd: context.cwd,
      routing,
      matrix,
      options: situationOf(one, options),
      as,
    })
    const decision = decide(input)
    return { case: one, decision, met: isExpected(decision, one.expect) }
  })
  const failed = results.filter((result) => !result.met).length
  const reportToOutput = reports.some(({ path }) => path === null)
  if (context.json) context.out(JSON.stringify(documentOf(results), null, 2))
  else if (!reportToOutput) await printTable(context, results)
  for (const wish of reports) await writeReport(wish, [junitOf(file, results)], context)
  if (failed > 0) context.note('next: gateway route "<prompt>" --explain shows why a case goes elsewhere')
  return failed > 0 ? EXIT_DIFFERENT : 0
}

/** What a case says about its situation wins over the command line, which stands for all cases. */
function situationOf(one: RouteCase, options: SituationOptions): SituationOptions {
  const { model: _model, tier, budgetLeft, ...rest } = options
  const wantedTier = one.tier ?? tier
  const left = one.budgetLeft ?? budgetLeft
  return {
    ...rest,
    as: [...options.as, ...one.as],
    tag: [...options.tag, ...one.tags],
    ...(wantedTier === undefined ? {} : { tier: wantedTier }),
    ...(left === undefined ? {} : { budgetLeft: left }),
  }
}

function documentOf(results: readonly CaseResult[]): unknown {
  return {
    schema: 'gateway.route-test/1',
    cases: results.length,
    failed: results.filter((result) => !result.met).length,
    results: results.map(({ case: one, decision, met }) => ({
      name: one.name,
      expect: one.expect,
      got: outcomeName(decision),
      tier: decision.outcome.kind === 'chosen' ? decision.outcome.tier : null,
      downgradedFrom: decision.outcome.kind === 'chosen' ? decision.outcome.downgradedFrom : null,
      rule: decision.outcome.rule?.name ?? null,
      intent: decision.intent.label,
      met,
    })),
  }
}

function junitOf(file: string, results: readonly CaseResult[]): string {
  const cases = results.map(({ case: one, decision, met }): Case => {
    const { intent, outcome } = decision
    return {
      name: one.name,
      className: 'gateway.route',
      seconds: null,
      outcome: met ? 'pass' : 'failure',
      message: met ? outcomeName(decision) : `expected ${one.expect}, got ${outcomeName(decision)}`,
      properties: [
        ['expect', one.expect],
        ['intent', intent.label],
        ['why', describeOutcome(outcome)],
      ],
    }
  })
  const properties = [['config', results[0]?.decision.configHash ?? '']] as const
  return suitesXml('gateway route', [{ name: file, properties, cases }])
}

async function printTable(context: CliContext, results: readonly CaseResult[]): Promise<void> {
  const paint = await paintFor(context.color)
  const nameWidth = Math.min(MAX_NAME, Math.max(...results.map(({ case: one }) => one.name.length)))
  const expectWidth = Math.max(...results.map(({ case: one }) => one.expect.length))
  for (const { case: one, decision, met } of results) {
    const verdict = met ? paint('ok  ', 'good') : paint('FAIL', 'bad')
    const name = one.name.slice(0, MAX_NAME).padEnd(nameWidth)
    const why = met ? outcomeName(decision) : `got ${outcomeName(decision)}: ${describeOutcome(decision.outcome)}`
    context.out(`${verdict}  ${name}  ${one.expect.padEnd(expectWidth)}  ${decision.intent.label}  ${why}`)
  }
  const failed = results.filter((result) => !result.met).length
  context.out(`${results.length} case${results.length === 1 ? '' : 's'}, ${failed} failed`)
}
