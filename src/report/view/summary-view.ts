import type { CandidateSummary, RunSummary } from '../../replay/summary/types.ts'
import { counted } from '../format.ts'
import { runVerdict } from '../headline.ts'
import { metricLine, metricName } from '../metric-lines.ts'
import { terminalSummary } from '../terminal-summary.ts'
import { textTable, type Column, type TableRow } from '../text-table.ts'
import { joinSegments, line, span, type Frame, type Line } from './frame.ts'
import { markPaint, paintedLine } from './painted.ts'
import { wrapText, type Look } from './width.ts'

export const SUMMARY_TABS = ['summary', 'fixtures', 'slices'] as const

export type SummaryTab = (typeof SUMMARY_TABS)[number]

const TAB_NAMES: Readonly<Record<SummaryTab, string>> = { summary: 'Summary', fixtures: 'Fixtures', slices: 'Slices' }

export interface SummaryPlace {
  readonly tab: SummaryTab
  /** Which candidate the lists show, from 0. */
  readonly candidate: number
}

/** The head of the diff screen: the run, the verdict in words, the tabs. */
export function summaryHeader(summary: RunSummary, { tab, candidate }: SummaryPlace, columns: number): Frame {
  const verdict = runVerdict(summary)
  const arm = summary.candidates[candidate]
  const { count, sessions } = summary.fixtures
  const several = summary.candidates.length > 1 ? ` (${candidate + 1} of ${summary.candidates.length})` : ''
  return [
    joinSegments(
      [
        { spans: line(` replay run ${summary.runId.slice(0, 12)}`, 'strong'), keep: 6 },
        { spans: line(`${arm?.name ?? ''}${several} vs ${summary.baseline.label}`), keep: 8 },
        { spans: line(`${counted(count, 'fixture')}, ${counted(sessions, 'session')}`, 'dim'), keep: 3 },
        { spans: summary.complete ? [] : line('PARTIAL', 'warn'), keep: 7 },
        { spans: line(verdict.words.toUpperCase(), verdict.tone), keep: 9 },
      ],
      columns,
    ),
    [span(' '), ...SUMMARY_TABS.map((name, index) => tabSpan(name, index, tab))],
  ]
}

function tabSpan(name: SummaryTab, index: number, open: SummaryTab): Line[number] {
  const label = `${index + 1} ${TAB_NAMES[name]}`
  return name === open ? span(`[${label}] `, 'strong') : span(`${label} `, 'dim')
}

/** The text of the plain summary, for the chosen candidate alone when there are several. */
export function overviewFrame(summary: RunSummary, candidate: number, view: { columns: number; look: Look }): Frame {
  const chosen = summary.candidates[candidate]
  const shown = chosen === undefined ? summary : { ...summary, candidates: [chosen] }
  const text = terminalSummary(shown, { width: view.columns - 2, ascii: view.look.ascii, paint: markPaint })
  return text.split('\n').map((entry) => [span(' '), ...paintedLine(entry)])
}

const SLICE_COLUMNS: readonly Column[] = [
  { header: '', align: 'left' },
  { header: 'baseline', align: 'right', drop: 2 },
  { header: 'candidate', align: 'right', drop: 3 },
  { header: 'change', align: 'right' },
  { header: '90% interval', align: 'right', drop: 4 },
  { header: 'n', align: 'right', drop: 1 },
  { header: 'verdict', align: 'left' },
]

/** Every slice of every metric. Slices that no gate names are for looking only, and the screen says so. */
export function slicesFrame(candidate: CandidateSummary, view: { columns: number; look: Look }): Frame {
  const sliced = candidate.metrics.filter(({ slice, n }) => slice.label !== 'all' && n > 0)
  if (sliced.length === 0) return [line('   no slices: the fixtures have one intent and no tags')]
  const rows = sliced.map((metric): TableRow => {
    const shown = metricLine(metric, view.look.symbols)
    const cells = [shown.baseline, shown.candidate, shown.change, shown.interval, shown.n].map((text) => ({ text }))
    const name = `${metricName(metric.metric)}  ${metric.slice.label}`
    return { cells: [{ text: name }, ...cells, { text: shown.verdict, tone: shown.tone }] }
  })
  const style = { width: view.columns - 2, ascii: view.look.ascii, paint: markPaint }
  const note = 'slices that no gate names inform and never fail; * stands out after Benjamini-Hochberg at 10%'
  return [
    ...textTable(SLICE_COLUMNS, rows, style).map((entry): Line => [span(' '), ...paintedLine(entry)]),
    ...wrapText(note, view.columns - 3).map((part) => line(` ${part}`, 'dim')),
  ]
}
