import type { SpendQuery, SpendReport } from '../../engine/spend.ts'
import { spendCsv, spendJson } from '../../report/spend-data.ts'
import { rangeText, spendNotes, spendTable } from '../../report/spend-table.ts'
import { openExisting } from '../../store/open.ts'
import { createSpendReader, emptySpendReport } from '../../store/ledger/spend.ts'
import { storeFailureOrBug } from '../../store/failure.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { projectDirOf } from '../keys/stores.ts'
import { modelsStyle } from '../models/texts.ts'
import { databasePath } from '../state-dir.ts'
import { spendQuery, topOf, type SpendOptions } from './options.ts'

/** `gateway spend`. */
export async function runSpend(context: CliContext, options: SpendOptions, now: number): Promise<void> {
  if (options.budgets === true) {
    if (options.csv === true) throw new GatewayError('usage_error', '`--budgets` has no CSV', { hint: 'use --json' })
    const { runBudgets } = await import('./budgets.ts')
    return runBudgets(context, now)
  }
  const query = spendQuery(options, now)
  const top = topOf(options)
  if (options.rows === true) {
    const { runRows } = await import('./rows.ts')
    return runRows(context, query, { csv: options.csv === true, top })
  }
  const report = readSpend(databasePath(projectDirOf(context)), query)
  print(context, report, { csv: options.csv === true, top })
}

/** The report; an empty one where there is no store yet. */
function readSpend(path: string, query: SpendQuery): SpendReport {
  const connection = openExisting(path)
  if (connection === null) return emptySpendReport(query)
  try {
    return createSpendReader(connection)(query)
  } catch (error) {
    throw storeFailureOrBug(path, error)
  } finally {
    connection.close()
  }
}

function print(context: CliContext, report: SpendReport, { csv, top }: { csv: boolean; top: number | null }): void {
  const byCost = report.lines.toSorted((a, b) => b.totals.costNanoUsd - a.totals.costNanoUsd)
  const chosen = new Set(top === null ? byCost : byCost.slice(0, top))
  const shown = { ...report, lines: report.lines.filter((line) => chosen.has(line)) }
  const hidden = report.lines.filter((line) => !chosen.has(line))
  if (csv) context.out(spendCsv(shown))
  else if (context.json) context.out(JSON.stringify(spendJson(shown), null, 2))
  else if (report.total.calls > 0) context.out(spendTable(shown, modelsStyle(context)).join('\n'))
  for (const note of spendNotes(report, hidden)) context.note(`note: ${note}`)
  if (context.json || csv) return
  if (report.total.calls > 0)
    context.note(`${rangeText(report.since, report.until)}, days of UTC; tokens in disjoint buckets`)
  else context.note('no call on record here; `gateway dev` writes them')
}
