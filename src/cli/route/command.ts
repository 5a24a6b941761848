import { decide } from '../../engine/decide.ts'
import type { DecideInput, Decision } from '../../engine/decision.ts'
import { describeOutcome, unknownName } from '../../engine/describe/outcome.ts'
import { describeRejection } from '../../engine/describe/rejection.ts'
import { isRejected } from '../../engine/decision.ts'
import { compareDecisions } from '../../engine/explain/compare.ts'
import { flip } from '../../engine/explain/flip.ts'
import { whyNot } from '../../engine/explain/why-not.ts'
import { GatewayError } from '../../wire/errors.ts'
import { errorText } from '../print-error.ts'
import type { CliContext } from '../context.ts'
import { loadProject } from '../project.ts'
import { callersOf } from './caller.ts'
import { isExpected, outcomeName } from './expect.ts'
import type { RouteOptions } from './options.ts'
import { readRequest, type RouteRequest } from './read-request.ts'
import { decideInput } from './situation.ts'

const EXIT_DIFFERENT = 1
const EXIT_NOT_ROUTABLE = 3

/** Everything that one run of `gateway route` found out. */
export interface RouteResult {
  readonly input: DecideInput
  readonly decision: Decision
  readonly whyNot?: ReturnType<typeof whyNot>
  readonly flip?: ReturnType<typeof flip>
  readonly compare?: {
    readonly config: string
    readonly decision: Decision
    readonly now: number
    readonly differences: ReturnType<typeof compareDecisions>
  }
}

/** `gateway route`: decides one request and prints it. Gives the exit code. */
export async function routeCommand(
  context: CliContext,
  prompt: string | undefined,
  options: RouteOptions,
): Promise<number> {
  const read = await readRequest(context.cwd, prompt, options)
  const result = await resultOf(context, read, options)
  if (context.json) printJson(context, result, options)
  else {
    const { printRoute } = await import('./print.ts')
    await printRoute(context, result, options)
  }
  return exitCode(context, result, options)
}

async function resultOf(context: CliContext, read: RouteRequest, options: RouteOptions): Promise<RouteResult> {
  const project = await loadProject(context)
  for (const warning of project.warnings) context.note(warning)
  const { routing, matrix } = project
  const as = await callersOf(context, { names: options.as, tiers: routing.tiers })
  const input = decideInput(read, { cwd: context.cwd, routing, matrix, options, as })
  const decision = decide(input)
  return {
    input,
    decision,
    ...(options.whyNot === undefined ? {} : { whyNot: whyNot(decision, options.whyNot) }),
    ...(options.flip === true ? { flip: flip(input) } : {}),
    ...(options.compare === undefined ? {} : { compare: await compared(context, { read, decision, options }) }),
  }
}

async function compared(
  context: CliContext,
  { read, decision, options }: { read: RouteRequest; decision: Decision; options: RouteOptions },
): Promise<NonNullable<RouteResult['compare']>> {
  const config = options.compare ?? ''
  const { routing, matrix } = await loadProject({ ...context, config })
  const silent = { ...context, note: () => undefined }
  const as = await callersOf(silent, { names: options.as, tiers: routing.tiers })
  const input = decideInput(read, { cwd: context.cwd, routing, matrix, options, as })
  const other = decide(input)
  return { config, decision: other, now: input.now, differences: compareDecisions(decision, other) }
}

/** The decision itself, with what else was asked for as further members. */
function printJson(context: CliContext, result: RouteResult, { expect }: RouteOptions): void {
  const { decision, whyNot: why, flip: flips, compare } = result
  const document = {
    ...decision,
    ...(why === undefined ? {} : { whyNot: why }),
    ...(flips === undefined ? {} : { flip: flips }),
    ...(compare === undefined
      ? {}
      : { compare: { config: compare.config, differences: compare.differences, decision: compare.decision } }),
    ...(expect === undefined ? {} : { expect: { wanted: expect, met: isExpected(decision, expect) } }),
  }
  context.out(JSON.stringify(document, null, 2))
}

function exitCode(context: CliContext, { decision, input }: RouteResult, { expect }: RouteOptions): number {
  if (expect !== undefined && isExpected(decision, expect)) return 0
  if (decision.outcome.kind === 'refused') {
    context.fail(errorText(notRoutable(decision, input.now)))
    return EXIT_NOT_ROUTABLE
  }
  if (expect === undefined) return 0
  context.fail(`expected ${expect}, got ${outcomeName(decision)} (${decision.outcome.tier})`)
  return EXIT_DIFFERENT
}

/** The refusal as an error, with each rejected model. */
function notRoutable(decision: Decision, now: number): GatewayError {
  const { outcome } = decision
  if (outcome.kind === 'refused' && outcome.code === 'model_not_found') {
    const closest = outcome.closest.map((name) => `"${name}"`).join(', ')
    return new GatewayError('model_not_found', `no model, alias, policy or tier is called "${unknownName(decision)}"`, {
      hint: closest === '' ? '`gateway models list` shows the names' : `did you mean ${closest}?`,
    })
  }
  const rejected = decision.candidates
    .filter((candidate) => isRejected(candidate))
    .map(({ model, rejected: reason }) => `\n  ${model}: ${describeRejection(reason, now)} (${reason.code})`)
  return new GatewayError('not_routable', `${describeOutcome(outcome)}${rejected.join('')}`, {
    hint: 'see which filter is too strict with --why-not <model>, or try --flip',
  })
}
