import { usd } from '../../engine/describe/amounts.ts'
import { isRejected, type Decision } from '../../engine/decision.ts'
import type { ExchangeRecord } from '../../engine/record.ts'
import type { BudgetLeft } from '../../engine/state.ts'
import { escapeControls } from '../../telemetry/log-line.ts'

/** What has been said of a budget of one subject in its present window. */
interface Said {
  readonly resetsAt: number | null
  readonly warned: boolean
  readonly spent: boolean
}

/** Subjects remembered; the oldest are forgotten, and may then be warned about twice. */
const MOST = 10_000
const LONGEST_NAME = 60

/**
 * Says once in a window that a budget has reached its warning share, and once that it keeps models out of reach. Windows
 * that roll or never end begin anew when less than the share is used.
 */
export class BudgetNotes {
  readonly #said = new Map<string, Said>()

  /** What a finished exchange gives reason to say; `budgets` are those that its decision saw. */
  of({ budget, decision }: ExchangeRecord, budgets: readonly BudgetLeft[]): readonly string[] {
    if (budgets.length === 0) return []
    const exhausted = exhaustedBy(decision)
    return budgets.flatMap((then) => {
      const now = budget?.left.find((left) => left.budget === then.rule.name && left.subject === then.subject)
      const { leftNanoUsd, resetsAt } = now ?? then
      return this.#noteOf({ ...then, leftNanoUsd, resetsAt }, exhausted)
    })
  }

  #noteOf(balance: BudgetLeft, exhausted: ReadonlySet<string>): string[] {
    const { rule, resetsAt } = balance
    const key = keyOf(rule.name, balance.subject)
    const over = usedShare(balance) >= rule.warnAt
    const before = this.#said.get(key)
    const again = before === undefined || before.resetsAt !== resetsAt || !over
    const said = again ? { resetsAt, warned: false, spent: false } : before
    const spent = exhausted.has(key)
    if (over || spent) this.#remember(key, { resetsAt, warned: said.warned || over, spent: said.spent || spent })
    else this.#said.delete(key)
    if (spent && !said.spent) return [spentText(balance)]
    return over && !said.warned && !said.spent ? [warningText(balance)] : []
  }

  #remember(key: string, said: Said): void {
    this.#said.delete(key)
    this.#said.set(key, said)
    const [oldest] = this.#said.keys()
    if (this.#said.size > MOST && oldest !== undefined) this.#said.delete(oldest)
  }
}

function keyOf(budget: string, subject: string): string {
  return `${budget}\n${subject}`
}

function exhaustedBy({ candidates }: Decision): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const candidate of candidates) {
    if (!isRejected(candidate) || candidate.rejected.code !== 'budget_exhausted') continue
    keys.add(keyOf(candidate.rejected.budget, candidate.rejected.subject))
  }
  return keys
}

function usedShare({ rule: { limitNanoUsd }, leftNanoUsd }: BudgetLeft): number {
  return limitNanoUsd === 0 ? 1 : 1 - leftNanoUsd / limitNanoUsd
}

function warningText(balance: BudgetLeft): string {
  const { leftNanoUsd, rule } = balance
  const share = Math.floor(usedShare(balance) * 100)
  return `${nameOf(balance)} has used ${share}% of ${usd(rule.limitNanoUsd)}; ${usd(Math.max(0, leftNanoUsd))} left${untilText(balance)}`
}

function spentText(balance: BudgetLeft): string {
  const { leftNanoUsd, rule } = balance
  const then = rule.onExceed === 'block' ? 'requests are refused' : 'requests go to lower tiers where they fit'
  return `${nameOf(balance)} is spent, ${usd(Math.max(0, leftNanoUsd))} of ${usd(rule.limitNanoUsd)} left: ${then}${untilText(balance)}`
}

function nameOf({ rule, subject }: BudgetLeft): string {
  return `budget "${shown(rule.name)}"${subject === '' ? '' : ` of ${shown(subject)}`}`
}

/** Names come from clients: none may steer a terminal. */
function shown(name: string): string {
  const text = escapeControls(name)
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME - 1)}…`
}

function untilText({ resetsAt }: BudgetLeft): string {
  return resetsAt === null ? '' : ` until ${new Date(resetsAt).toISOString().replace('.000Z', 'Z')}`
}
