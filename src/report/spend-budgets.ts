import { isHard } from '../engine/budgets/mode.ts'
import { usdText } from '../engine/record-facts.ts'
import type { BudgetRule, ModelClass } from '../engine/routing-config.ts'
import { percent } from './format.ts'
import { oneLine } from './plain-text.ts'
import { ASCII, UNICODE, type TextStyle, type Tone } from './style.ts'
import { textTable, type Column } from './text-table.ts'

/** One budget of one subject. */
export interface BudgetLine {
  readonly rule: BudgetRule
  /** Empty for global. */
  readonly subject: string
  /** Name of a key, whose subject is its id. */
  readonly alias?: string
  readonly spentNanoUsd: number
  /** Held for calls that have not ended. */
  readonly reservedNanoUsd: number
  readonly leftNanoUsd: number
  /** Null for windows that roll or never end. */
  readonly resetsAt: number | null
}

const COLUMNS: readonly Column[] = [
  { header: 'BUDGET', align: 'left' },
  { header: 'FOR', align: 'left' },
  { header: 'MODELS', align: 'left', drop: 3 },
  { header: 'WINDOW', align: 'left', drop: 4 },
  { header: 'LIMIT $', align: 'right' },
  { header: 'SPENT $', align: 'right' },
  { header: 'HELD $', align: 'right', drop: 2 },
  { header: 'LEFT $', align: 'right' },
  { header: 'USED', align: 'right', drop: 5 },
  { header: 'STATE', align: 'left' },
  { header: 'RESETS', align: 'left', drop: 1 },
]

/** Every budget with what is left of it, exact. */
export function budgetTable(lines: readonly BudgetLine[], style: TextStyle): string[] {
  const symbols = style.ascii ? ASCII : UNICODE
  const rows = lines.map((line) => {
    const { rule, spentNanoUsd, reservedNanoUsd, leftNanoUsd, resetsAt } = line
    const { state, tone } = stateOf(line)
    const texts = [
      oneLine(rule.name),
      subjectText(line),
      rule.modelClass === undefined ? 'all' : oneLine(classText(rule.modelClass)),
      windowText(rule),
      usdText(rule.limitNanoUsd),
      usdText(spentNanoUsd),
      usdText(reservedNanoUsd),
      signedUsd(leftNanoUsd),
      usedText(line),
    ]
    const resets = resetsAt === null ? symbols.none : new Date(resetsAt).toISOString().slice(0, 16).replace('T', ' ')
    return { cells: [...texts.map((text) => ({ text })), { text: state, tone }, { text: resets }] }
  })
  return textTable(COLUMNS, rows, style)
}

function subjectText({ rule, subject, alias }: BudgetLine): string {
  if (rule.scope === 'global') return 'everybody'
  return oneLine(`${rule.scope} ${alias ?? subject}`)
}

/** `tier:premium`, as the config writes it. */
function classText(modelClass: ModelClass): string {
  switch (modelClass.kind) {
    case 'tier':
      return `tier:${modelClass.tier}`
    case 'alias':
      return `alias:${modelClass.alias}`
    case 'pattern':
      return modelClass.pattern
  }
}

function windowText({ window, rolling, timeZone }: BudgetRule): string {
  return [window, rolling === true ? 'rolling' : undefined, timeZone].filter((part) => part !== undefined).join(', ')
}

function signedUsd(nanoUsd: number): string {
  return nanoUsd < 0 ? `-${usdText(-nanoUsd)}` : usdText(nanoUsd)
}

function usedText({ rule, spentNanoUsd }: BudgetLine): string {
  return rule.limitNanoUsd === 0 ? '' : percent(spentNanoUsd / rule.limitNanoUsd, 0)
}

interface State {
  readonly state: 'ok' | 'warn' | 'spent' | 'over'
  readonly tone: Tone
}

/** Over: what a soft budget reserved was less than the bill, or its limit was lowered. */
function stateOf({ rule, spentNanoUsd, leftNanoUsd }: BudgetLine): State {
  if (spentNanoUsd > rule.limitNanoUsd) return { state: 'over', tone: 'bad' }
  if (leftNanoUsd <= 0) return { state: 'spent', tone: 'bad' }
  return spentNanoUsd >= rule.warnAt * rule.limitNanoUsd
    ? { state: 'warn', tone: 'warn' }
    : { state: 'ok', tone: 'good' }
}

/** The same as data. */
export function budgetJson(line: BudgetLine): Record<string, unknown> {
  const { rule, subject, alias, spentNanoUsd, reservedNanoUsd, leftNanoUsd, resetsAt } = line
  return {
    budget: rule.name,
    scope: rule.scope,
    subject: subject === '' ? null : subject,
    ...(alias === undefined ? {} : { alias }),
    modelClass: rule.modelClass === undefined ? null : classText(rule.modelClass),
    window: rule.window,
    rolling: rule.rolling === true,
    timeZone: rule.timeZone ?? 'UTC',
    onExceed: rule.onExceed,
    mode: rule.onExceed === 'warn' ? 'warn' : isHard(rule) ? 'hard' : 'soft',
    limitNanoUsd: rule.limitNanoUsd,
    spentNanoUsd,
    reservedNanoUsd,
    leftNanoUsd,
    overshootNanoUsd: Math.max(0, spentNanoUsd - rule.limitNanoUsd),
    limitUsd: usdText(rule.limitNanoUsd),
    spentUsd: usdText(spentNanoUsd),
    leftUsd: signedUsd(leftNanoUsd),
    state: stateOf(line).state,
    resetsAt: resetsAt === null ? null : new Date(resetsAt).toISOString(),
  }
}
