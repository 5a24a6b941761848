import type { CandidateSummary, RunSummary } from '../replay/summary/types.ts'
import { budgetLines, commonNote } from './arm-budget-lines.ts'
import { ASCII, UNICODE, wrap, type TextStyle } from './style.ts'
import { textTable, type Column, type TableRow } from './text-table.ts'

const BUDGET_COLUMNS: readonly Column[] = [
  { header: 'budgets', align: 'left' },
  { header: 'spent', align: 'right' },
  { header: 'evidence', align: 'left', drop: 1 },
  { header: 'fullest', align: 'right', drop: 2 },
  { header: 'downgraded', align: 'right' },
  { header: 'refused', align: 'right' },
]

/** What was spent under each budget, and whom it moved or turned away. */
export function armBudgetTable(summary: RunSummary, candidate: CandidateSummary, style: TextStyle): string[] {
  const symbols = style.ascii ? ASCII : UNICODE
  const rows = budgetLines(summary, candidate, symbols).flatMap(({ title, arms, note }): TableRow[] => [
    { note: wrap(title, style.width), tone: 'plain' },
    ...arms.map(({ arm, spent, evidence, fullest, downgraded, refused, bites }) => ({
      cells: [`  ${arm}`, spent, evidence, fullest, downgraded, refused].map((text) =>
        bites ? { text, tone: 'warn' as const } : { text },
      ),
    })),
    ...(note === '' ? [] : [{ note: wrap(note, style.width - 4).map((line) => `    ${line}`) }]),
  ])
  if (rows.length === 0) return []
  const common = wrap(commonNote(candidate), style.width - 4).map((line) => style.paint(`    ${line}`, 'dim'))
  return ['', ...textTable(BUDGET_COLUMNS, rows, style), ...common]
}
