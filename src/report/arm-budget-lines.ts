import type { BudgetPair, BudgetUse } from '../replay/summary/budget-types.ts'
import type { CandidateSummary, RunSummary } from '../replay/summary/types.ts'
import { counted, money, percent } from './format.ts'
import { oneLine } from './plain-text.ts'
import type { Symbols } from './style.ts'

/** One arm under one budget, as finished cells. */
export interface BudgetArmLine {
  readonly arm: string
  readonly spent: string
  readonly evidence: string
  readonly fullest: string
  readonly downgraded: string
  readonly refused: string
  /** It turned requests away or sent them lower. */
  readonly bites: boolean
}

export interface BudgetLines {
  /** "premium: $200.00 a month for each project on tier:premium, 3 projects". */
  readonly title: string
  readonly arms: readonly BudgetArmLine[]
  /** What must be known to read the cells; empty when nothing. */
  readonly note: string
}

/** Said once where it holds for every budget. */
export function commonNote({ budgets = [] }: CandidateSummary): string {
  const uses = budgets.flatMap(({ baseline, candidate }) => candidate ?? baseline ?? [])
  const full = uses.length > 1 && uses.every(({ openedFull, subjects }) => subjects > 0 && openedFull === subjects)
  return full ? `every budget ${BEGINS_FULL}` : ''
}

const BEGINS_FULL = 'begins full, as the fixtures do not say what was left'

/** The budgets of a candidate beside those of the baseline. */
export function budgetLines(
  summary: Pick<RunSummary, 'baseline'>,
  candidate: CandidateSummary,
  symbols: Symbols,
): readonly BudgetLines[] {
  const common = commonNote(candidate) !== ''
  return (candidate.budgets ?? []).map((pair) => {
    const arms = [
      armLine(summary.baseline.label, pair.baseline, symbols),
      armLine(candidate.name, pair.candidate, symbols),
    ]
    return { title: titleOf(pair), arms: arms.filter((line) => line !== null), note: common ? '' : noteOf(pair) }
  })
}

function armLine(arm: string, use: BudgetUse | null, symbols: Symbols): BudgetArmLine | null {
  if (use === null) return null
  const { chargedNanoUsd, fullestNanoUsd, limitNanoUsd, downgrades, refusals } = use
  const share = limitNanoUsd === 0 ? symbols.none : percent(fullestNanoUsd / limitNanoUsd, 0)
  return {
    arm: oneLine(arm),
    spent: money(chargedNanoUsd),
    evidence: evidenceOf(use, symbols),
    fullest: fullestNanoUsd === 0 ? symbols.none : `${money(fullestNanoUsd)} (${share})`,
    downgraded: String(downgrades),
    refused: String(refusals),
    bites: downgrades + refusals > 0,
  }
}

/** `R`, or which part of the spend is an estimate: `E 12%`. */
function evidenceOf({ chargedNanoUsd, estimatedNanoUsd }: BudgetUse, symbols: Symbols): string {
  if (chargedNanoUsd === 0) return symbols.none
  if (estimatedNanoUsd === 0) return 'R'
  return estimatedNanoUsd === chargedNanoUsd ? 'E' : `E ${percent(estimatedNanoUsd / chargedNanoUsd, 0)}`
}

const WINDOWS: Readonly<Record<BudgetPair['window'], string>> = {
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
  total: 'in all',
}

function titleOf({ budget, scope, window, modelClass, baseline, candidate }: BudgetPair): string {
  const use = candidate ?? baseline
  const limit = `${money(use?.limitNanoUsd ?? 0)} ${WINDOWS[window]}`
  const other =
    baseline !== null && candidate !== null && baseline.limitNanoUsd !== candidate.limitNanoUsd
      ? ` (baseline ${money(baseline.limitNanoUsd)})`
      : ''
  const each = scope === 'global' ? '' : ` for each ${scope}`
  const models = modelClass === null ? '' : ` on ${modelClass}`
  const subjects = scope === 'global' ? '' : `, ${counted(use?.subjects ?? 0, scope)}`
  return oneLine(`${budget}: ${limit}${other}${each}${models}${subjects}`)
}

function noteOf({ scope, baseline, candidate }: BudgetPair): string {
  const use = candidate ?? baseline
  if (use === null || use.openedFull === 0) return ''
  const many = use.openedFull === 1 ? BEGINS_FULL : BEGINS_FULL.replace('begins', 'begin')
  return scope === 'global' ? BEGINS_FULL : `of ${counted(use.subjects, scope)}, ${use.openedFull} ${many}`
}
