import { usd } from '../engine/describe/amounts.ts'
import { describeBudget } from '../engine/describe/rejection.ts'
import { usdText } from '../engine/record-facts.ts'
import { isRejected, type Decision, type Rejection } from '../engine/decision.ts'
import { leaf, type ExplainNode } from './explain-nodes.ts'

/** Budgets that keep models out, each with the least that it lacks, and the tier that serves because of them. */
export function spentNode({ candidates, outcome }: Decision): readonly ExplainNode[] {
  const spent = new Map<string, { reason: Exhausted; model: string; models: number }>()
  for (const { model, rejected } of candidates.filter((candidate) => isRejected(candidate))) {
    if (rejected.code !== 'budget_exhausted') continue
    const name = describeBudget(rejected)
    const known = spent.get(name)
    const models = (known?.models ?? 0) + 1
    const cheaper = known === undefined || rejected.neededNanoUsd < known.reason.neededNanoUsd
    spent.set(name, cheaper ? { reason: rejected, model, models } : { ...known, models })
  }
  const lines = [...spent].map(([name, { reason, model, models }]) => {
    const cheapest = models === 1 ? model : `${model}, the cheapest of ${models},`
    const { leftNanoUsd, neededNanoUsd } = reason
    // Where rounding would make them equal, to the nano-dollar.
    const close = usd(leftNanoUsd) === usd(neededNanoUsd)
    const dollars = (nanoUsd: number): string => (close ? `$${usdText(Math.max(0, nanoUsd))}` : usd(nanoUsd))
    return leaf('spent', `${name}: ${dollars(leftNanoUsd)} left, ${cheapest} needs ${dollars(neededNanoUsd)}`, 'warn')
  })
  if (outcome.kind !== 'chosen' || outcome.downgradedFrom?.cause !== 'budget') return lines
  const { downgradedFrom, tier, model } = outcome
  return [...lines, leaf('downgrade', `from ${downgradedFrom.tier} to ${tier}: ${model} serves instead`, 'warn')]
}

type Exhausted = Extract<Rejection, { code: 'budget_exhausted' }>

/** Budgets at or over their warning share. */
export function warningNode({ budgetWarnings }: Decision): readonly ExplainNode[] {
  return budgetWarnings.map(({ budget, subject, leftNanoUsd, limitNanoUsd }) =>
    leaf(
      'budget',
      `"${budget}"${subject === '' ? '' : ` of ${subject}`}: ${usd(leftNanoUsd)} of ${usd(limitNanoUsd)} left`,
      'warn',
    ),
  )
}
