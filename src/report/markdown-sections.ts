import type { CandidateSummary, MetricSummary, Regression, RunSummary } from '../replay/summary/types.ts'
import { budgetLines, commonNote } from './arm-budget-lines.ts'
import type { Section } from './byte-budget.ts'
import { describeAssumption, describeExit, describeMethod } from './describe-verdict.ts'
import { counted, money } from './format.ts'
import { code, details, tableHead, tableRow, textCell } from './markdown-parts.ts'
import { metricLine, metricName } from './metric-lines.ts'
import { routerLines, routerNotes } from './router-table.ts'
import { UNICODE } from './style.ts'
import { evidenceText, lossText, routeText } from './summary-texts.ts'

export interface MarkdownOptions {
  readonly budgetBytes: number
  /** Regressions listed per candidate. */
  readonly regressions: number
}

export const METRIC_HEAD = tableHead(['', 'baseline >', 'candidate >', 'change >', '90 % interval >', 'n >', 'verdict'])

/** A section that is kept or dropped as one. */
export function whole(text: string): Section {
  return { open: text, rows: [], close: '', noun: 'parts' }
}

export function metricRow(metric: MetricSummary): string {
  const line = metricLine(metric, UNICODE)
  const name = line.indent === 0 ? line.name : `${metricName(metric.metric)}, ${line.name}`
  return tableRow([textCell(name), line.baseline, line.candidate, line.change, line.interval, line.n, line.verdict])
}

/** What was spent under each budget, and whom it moved or turned away. */
export function budgetSection(summary: RunSummary, candidate: CandidateSummary): Section {
  const rows = budgetLines(summary, candidate, UNICODE).flatMap(({ title, arms, note }) =>
    arms.map(({ arm, spent, evidence, fullest, downgraded, refused }, at) => {
      const name = at > 0 ? '' : [title, note].filter((text) => text !== '').join('; ')
      return tableRow([textCell(name), textCell(arm), spent, evidence, fullest, downgraded, refused])
    }),
  )
  const heading = ['budget', '', 'spent >', 'evidence', 'fullest >', 'downgraded >', 'refused >']
  if (rows.length === 0) return whole('')
  const note = commonNote(candidate)
  return { open: tableHead(heading), rows, close: note === '' ? '\n' : `\n${textCell(note)}\n\n`, noun: 'budget rows' }
}

/** Parts that a reader opens when a figure needs an explanation; most telling first. */
export function foldedSections(candidate: CandidateSummary, options: MarkdownOptions, many: boolean): Section[] {
  const of = many ? ` of ${textCell(candidate.name)}` : ''
  return [
    regressionSection(candidate, options, of),
    sliceSection(candidate, of),
    routeSection(candidate, of),
    evidenceSection(candidate, of),
  ]
}

function regressionSection(candidate: CandidateSummary, options: MarkdownOptions, of: string): Section {
  const shown = candidate.regressions.slice(0, options.regressions)
  const title = `Regressions${of}: ${candidate.regressionCount} of ${candidate.pairs} fixtures`
  const heading = tableHead(['fixture', 'intent', 'route', 'what', 'cost'])
  const { open, close } = details(title, heading)
  if (shown.length === 0) return { ...whole(''), noun: 'regressions' }
  return {
    open,
    rows: shown.map(regressionRow),
    close,
    noun: `regressions${of}`,
    omitted: candidate.regressionCount - shown.length,
  }
}

function regressionRow(regression: Regression): string {
  const { from, to } = regression
  const cost = [from, to].map((arm) => (arm.costNanoUsd === null ? '–' : money(arm.costNanoUsd))).join(' → ')
  const route = [from, to].map((arm) => code(arm.model ?? 'none')).join(' → ')
  const place = `${code(regression.fixture)} ${code(`${regression.file}:${regression.line}`)}`
  return tableRow([place, code(regression.intent), route, whatGotWorse(regression), cost])
}

function whatGotWorse(regression: Regression): string {
  const said = regression.details.map((text) => code(text.slice(0, 160)))
  return [textCell(lossText(regression, UNICODE)), ...said].join(' ')
}

function sliceSection({ metrics }: CandidateSummary, of: string): Section {
  const rows = metrics.filter((metric) => metric.slice.label !== 'all').map(metricRow)
  const note = 'Slices without a gate are exploratory: `*` and `!` stand out, none fails the build.\n\n'
  const { open, close } = details(`Slices${of}`, `${note}${METRIC_HEAD}`)
  return rows.length === 0 ? whole('') : { open, rows, close, noun: `slices${of}` }
}

function routeSection(candidate: CandidateSummary, of: string): Section {
  const { routes } = candidate
  const rows = routes.matrix.map((cell) =>
    tableRow([
      code(routeEnd(cell.fromTier, cell.fromModel)),
      code(routeEnd(cell.toTier, cell.toModel)),
      String(cell.count),
    ]),
  )
  const { open, close } = details(
    `Routes${of}: ${routeText(candidate, UNICODE)}`,
    tableHead(['from', 'to', 'fixtures >']),
  )
  return rows.length === 0 ? whole('') : { open, rows, close, noun: `route moves${of}` }
}

function routeEnd(tier: string | null, model: string | null): string {
  return model === null ? 'not routed' : `${tier ?? '?'} ${model}`
}

function evidenceSection(candidate: CandidateSummary, of: string): Section {
  const methods = [
    ...new Set(candidate.metrics.flatMap(({ method }) => (method === null ? [] : [describeMethod(method)]))),
  ]
  const { open, close } = details(
    `Evidence and methods${of}`,
    `${textCell(evidenceText(candidate, UNICODE))}\n\nIntervals: ${methods.join('; ')}.\n`,
  )
  return whole(open + close)
}

/** Parts about the whole run. */
export function closingSections(summary: RunSummary): Section[] {
  return [...routerSection(summary), problemSection(summary), assumptionSection(summary)]
}

function routerSection({ router }: RunSummary): Section[] {
  if (router === null) return []
  const rows = routerLines(router, '–').map((line) =>
    tableRow([textCell(line.name), line.quality, line.cost, line.againstBest, line.againstMix]),
  )
  const title = `Router figures over ${counted(router.fixtures, 'fixture')}`
  const heading = tableHead(['', 'quality >', 'cost / request >', 'vs best >', 'vs random mix >'])
  const { open, close } = details(title, heading)
  const notes = routerNotes(router).map((note) => `- ${textCell(note)}\n`)
  return [{ open, rows, close: `\n${notes.join('')}${close}`, noun: 'models' }]
}

function problemSection({ fixtures }: RunSummary): Section {
  const count = fixtures.problems.length + fixtures.moreProblems
  if (count === 0) return whole('')
  const rows = fixtures.problems.map(({ file, line, message }) => `- ${code(`${file}:${line}`)} ${textCell(message)}\n`)
  const { open, close } = details(counted(count, 'bad fixture line'), '')
  return { open, rows, close, noun: 'bad lines', omitted: fixtures.moreProblems }
}

function assumptionSection({ assumptions, exit }: RunSummary): Section {
  const rows = [
    ...exit.reasons.map((reason) => `- ${textCell(describeExit(reason))}\n`),
    ...assumptions.map((assumption) => `- ${textCell(describeAssumption(assumption))}\n`),
  ]
  const { open, close } = details('Assumptions and exit reasons', '')
  return rows.length === 0 ? whole('') : { open, rows, close, noun: 'assumptions' }
}
