import type { Decision } from '../../engine/decision.ts'
import { describeDifference } from '../../engine/describe/difference.ts'
import { describeFlip } from '../../engine/describe/flip.ts'
import { describeWhyNot } from '../../engine/describe/why-not.ts'
import type { ExplainExtras } from '../../report/explain-nodes.ts'
import { explainLine, explainSentences, explainTree } from '../../report/explain-tree.ts'
import type { CliContext } from '../context.ts'
import { paintFor } from '../paint.ts'
import type { RouteResult } from './command.ts'
import type { RouteOptions } from './options.ts'

type Draw = (decision: Decision, extras: ExplainExtras) => string

/** Prints what was asked for: `--why-not` alone, a comparison, `--flip`, the tree, or one line. */
export async function printRoute(context: CliContext, result: RouteResult, options: RouteOptions): Promise<void> {
  const { decision, input, whyNot, flip, compare } = result
  const draw = await drawing(context, options)
  if (whyNot !== undefined) context.out(describeWhyNot(whyNot, input.now))
  else if (compare !== undefined) printComparison(context, { ...result, compare }, draw)
  else if (wantsTree(options)) {
    context.out(draw(decision, { now: input.now, ...(flip === undefined ? {} : { flips: flip.flips }) }))
  } else {
    context.out(explainLine(decision))
    for (const found of flip?.flips ?? []) context.out(`would flip if  ${describeFlip(found)}`)
    if (flip !== undefined && flip.flips.length === 0) context.out('no single change alters the choice')
  }
  if (decision.outcome.kind === 'chosen') context.note(nextCommand(result, options))
}

function wantsTree({ explain, depth }: RouteOptions): boolean {
  return explain ?? (depth !== undefined || process.stdout.isTTY)
}

async function drawing(context: CliContext, { depth }: RouteOptions): Promise<Draw> {
  const deep = depth === undefined ? {} : { depth }
  if (context.screenReader) return (decision, extras) => explainSentences(decision, { ...extras, ...deep })
  const style = { width: context.columns, ascii: context.ascii, paint: await paintFor(context.color), ...deep }
  return (decision, extras) => explainTree(decision, style, extras)
}

function printComparison(
  context: CliContext,
  { decision, input, compare }: RouteResult & { readonly compare: NonNullable<RouteResult['compare']> },
  draw: Draw,
): void {
  const { differences } = compare
  context.out(differences.length === 0 ? 'no difference' : differences.map((one) => describeDifference(one)).join('\n'))
  context.out(`\nthis config\n${draw(decision, { now: input.now })}`)
  context.out(`\n${compare.config}\n${draw(compare.decision, { now: compare.now })}`)
}

function nextCommand({ decision }: RouteResult, { whyNot, flip }: RouteOptions): string {
  const { outcome } = decision
  if (whyNot === undefined && outcome.kind === 'chosen' && outcome.runnerUp !== null)
    return `next: gateway route … --why-not ${outcome.runnerUp}`
  return flip === true ? 'next: gateway route test <file> keeps such routes as a test' : 'next: gateway route … --flip'
}
