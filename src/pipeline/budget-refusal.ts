import { isRejected, type Decision } from '../engine/decision.ts'
import type { BudgetLeft } from '../engine/state.ts'
import { usdText } from '../engine/record-facts.ts'
import { GatewayError } from '../wire/errors.ts'

export interface SpentBudget {
  /** Absent when the state of the budget is not at hand. */
  readonly budget: BudgetLeft | undefined
  readonly name: string
  readonly neededNanoUsd: number
}

/**
 * The refusal of a budget: a 402, which no client repeats, with the time at which it is worth asking again. Waiting does
 * not help before, so there is no `Retry-After`.
 */
export function budgetError(
  { budget, name, neededNanoUsd }: SpentBudget,
  data: GatewayError['data'] = {},
): GatewayError {
  const resetsAt = budget?.resetsAt ?? null
  const reset = resetsAt === null ? '' : `, it is full again at ${new Date(resetsAt).toISOString()}`
  const left =
    budget === undefined
      ? ''
      : `: $${usdText(Math.max(0, budget.leftNanoUsd))} left of $${usdText(budget.rule.limitNanoUsd)}, this needs $${usdText(neededNanoUsd)}`
  return new GatewayError('budget_exceeded', `the budget "${name}" is spent and no lower tier fits${left}${reset}`, {
    hint: 'ask for less output, wait for the reset, or have the limit raised in the config',
    data: {
      budget: name,
      ...(budget === undefined
        ? {}
        : {
            scope: budget.rule.scope,
            window: budget.rule.window,
            limit_usd: usdText(budget.rule.limitNanoUsd),
            left_usd: usdText(Math.max(0, budget.leftNanoUsd)),
          }),
      needed_usd: usdText(neededNanoUsd),
      resets_at: resetsAt === null ? null : new Date(resetsAt).toISOString(),
      ...data,
    },
  })
}

/** No budget can hold what nobody can count. */
export function unpricedError(budget: string, model: string): GatewayError {
  return new GatewayError(
    'budget_exceeded',
    `the price of "${model}" is unknown, so the budget "${budget}" can not hold`,
    {
      hint: 'give the model a `price` in the config, or the budget an `unknown_price`',
      data: { budget },
    },
  )
}

/** The budget that keeps the cheapest model out of reach: the one to name when a decision was refused for money. */
export function spentBudget(decision: Decision, budgets: readonly BudgetLeft[]): SpentBudget {
  let found: SpentBudget = { budget: undefined, name: budgets[0]?.rule.name ?? '', neededNanoUsd: 0 }
  let least = Infinity
  for (const candidate of decision.candidates) {
    if (!isRejected(candidate) || candidate.rejected.code !== 'budget_exhausted') continue
    const { budget: name, subject, neededNanoUsd } = candidate.rejected
    if (neededNanoUsd >= least) continue
    least = neededNanoUsd
    const budget = budgets.find(({ rule, subject: of }) => rule.name === name && of === subject)
    found = { budget, name, neededNanoUsd }
  }
  return found
}
