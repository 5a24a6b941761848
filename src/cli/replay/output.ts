import type { RunSummary } from '../../replay/summary/types.ts'
import { reportRows, type ReportRow } from '../../replay/summary/report-rows.ts'
import type { PairRow } from '../../replay/types.ts'
import { csvReport } from '../../report/csv.ts'
import { eventLine, runEvents } from '../../report/events.ts'
import { githubAnnotations } from '../../report/github-annotations.ts'
import { jsonReport } from '../../report/json-report.ts'
import { junitReport } from '../../report/junit.ts'
import { markdownReport, stepSummary } from '../../report/markdown.ts'
import { terminalSummary } from '../../report/terminal-summary.ts'
import type { CliContext } from '../context.ts'
import { summarySentences } from '../../report/view/spoken.ts'
import { paintFor } from '../paint.ts'
import type { ReplayOptions } from './options.ts'
import { appendText, writeReport, type ReportWish } from './reports.ts'

export const REPORT_FORMATS: readonly string[] = ['md', 'junit', 'json', 'jsonl', 'csv']

export interface RunResult {
  readonly summary: RunSummary
  /** Rows of each candidate, in the order of the fixtures. */
  readonly rows: readonly (readonly PairRow[])[]
}

interface Printing {
  readonly context: CliContext
  readonly options: Pick<ReplayOptions, 'github' | 'junitAll'>
  readonly reports: readonly ReportWish[]
}

/** The table (or the JSON document) on stdout, unless a view has just spoken it, then the reports that were asked for, then what GitHub wants. */
export async function printResult({ context, options, reports }: Printing, result: RunResult): Promise<void> {
  const taken = reports.some(({ path }) => path === null)
  if (context.json) printAll(context, reportText('json', result, options))
  else if (!taken && !(context.screenReader && context.interactive))
    context.out(await terminalText(context, result.summary))
  for (const wish of reports) await writeReport(wish, reportText(wish.format, result, options), context)
  if (options.github ?? context.env['GITHUB_ACTIONS'] === 'true') await printForGitHub(context, result.summary)
  nextCommand(context, result.summary)
}

async function terminalText(context: CliContext, summary: RunSummary): Promise<string> {
  if (context.screenReader) return summarySentences(summary).join('\n')
  return terminalSummary(summary, {
    width: context.columns,
    ascii: context.ascii,
    paint: await paintFor(context.color),
  })
}

/** A report as pieces of text, so that a large one is never held as a whole. */
function reportText(format: string, { summary, rows }: RunResult, options: Printing['options'] = {}): Iterable<string> {
  const all = (): Generator<ReportRow> =>
    reportRows(summary.candidates.map(({ name }, index) => ({ name, rows: rows[index] ?? [] })))
  switch (format) {
    case 'md':
      return [markdownReport(summary)]
    case 'junit':
      return [junitReport(summary, all(), { all: options.junitAll ?? false })]
    case 'jsonl':
      return events(summary, all())
    case 'csv':
      return csvReport(all(), scoreMetrics(summary))
    default:
      return jsonReport(summary, all())
  }
}

function* events(summary: RunSummary, rows: Iterable<ReportRow>): Generator<string> {
  for (const event of runEvents(summary, rows)) yield eventLine(event)
}

function scoreMetrics(summary: RunSummary): string[] {
  const names = summary.candidates.flatMap(({ metrics }) =>
    metrics.filter(({ unit }) => unit === 'score').map(({ metric }) => metric),
  )
  return [...new Set(names)].sort()
}

function printAll(context: CliContext, pieces: Iterable<string>): void {
  // Gathered into larger writes: a pipe takes one piece after the other, and small ones are slow.
  let gathered = ''
  for (const piece of pieces) {
    gathered += piece
    if (gathered.length < 1 << 16) continue
    process.stdout.write(gathered)
    gathered = ''
  }
  context.out(gathered)
}

/** The runner reads annotations from both streams, and stdout belongs to the result; the summary has a file of its own. */
async function printForGitHub(context: CliContext, summary: RunSummary): Promise<void> {
  for (const line of githubAnnotations(summary)) context.fail(line)
  const file = context.env['GITHUB_STEP_SUMMARY']
  if (file !== undefined && file !== '') await appendText(file, stepSummary(summary))
}

function nextCommand(context: CliContext, summary: RunSummary): void {
  if (summary.exit.code === 130 || summary.exit.code === 143)
    context.note('next: gateway replay … --resume continues this run')
  else if (summary.candidates.some(({ regressionCount }) => regressionCount > 0))
    context.note('next: gateway replay show   looks into the fixtures that got worse')
}
