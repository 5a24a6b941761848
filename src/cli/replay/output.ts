import { terminalSummary } from '../../report/terminal-summary.ts'
import type { RunSummary } from '../../replay/summary/types.ts'
import { paintFor } from '../paint.ts'
import type { ReplayPlan } from './command.ts'
import { writeReport } from './reports.ts'

export const REPORT_FORMATS: readonly string[] = ['md', 'junit', 'json', 'jsonl', 'csv']

/** The table (or the JSON document) on stdout, then the reports that were asked for. */
export async function printResult(plan: ReplayPlan, summary: RunSummary): Promise<void> {
  const { context, reports } = plan
  const reportToOutput = reports.some(({ path }) => path === null)
  if (context.json) context.out(JSON.stringify(summary, null, 2))
  else if (!reportToOutput) {
    context.out(
      terminalSummary(summary, { width: context.columns, ascii: context.ascii, paint: await paintFor(context.color) }),
    )
  }
  for (const wish of reports) await writeReport(wish, JSON.stringify(summary), context)
}
