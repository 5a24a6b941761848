import type { CandidateSummary, MetricSummary, RunSummary } from '../replay/summary/types.ts'
import { withinBudget, type Section } from './byte-budget.ts'
import type { GateStatus } from '../replay/gates/types.ts'
import { describeGate } from './describe-gate.ts'
import { counted, percent } from './format.ts'
import { headline, runVerdict, type RunVerdict } from './headline.ts'
import { code, tableHead, tableRow, textCell } from './markdown-parts.ts'
import {
  budgetSection,
  closingSections,
  foldedSections,
  METRIC_HEAD,
  metricRow,
  whole,
  type MarkdownOptions,
} from './markdown-sections.ts'
import { oneLine } from './plain-text.ts'
import { cut } from './style.ts'

/** A comment on a pull request must stay under GitHub's 65 536 characters. */
const COMMENT_BYTES = 60_000
/** `$GITHUB_STEP_SUMMARY` takes 1 MiB. */
const STEP_SUMMARY_BYTES = 900 * 1024

/** Sentence and command are cut here, so that a sweep over many configs can not use up the budget. */
const LONGEST_LINE = 2_000

/** For a pull request: short, and found again by its hidden marker. */
export function markdownReport(summary: RunSummary): string {
  return markdown(summary, { budgetBytes: COMMENT_BYTES, regressions: 10 })
}

/** For `$GITHUB_STEP_SUMMARY`: the same with more rows. */
export function stepSummary(summary: RunSummary): string {
  return markdown(summary, { budgetBytes: STEP_SUMMARY_BYTES, regressions: 50 })
}

function markdown(summary: RunSummary, options: MarkdownOptions): string {
  const many = summary.candidates.length > 1
  const sections: Section[] = [
    whole(opening(summary)),
    ...summary.candidates.flatMap((candidate) => [...mainSections(candidate, many), budgetSection(summary, candidate)]),
    ...summary.candidates.flatMap((candidate) => foldedSections(candidate, options, many)),
    ...closingSections(summary),
  ].filter((section) => section.rows.length > 0 || section.open !== '')
  return withinBudget(sections, foot(summary), options.budgetBytes)
}

function opening(summary: RunSummary): string {
  const verdict = runVerdict(summary)
  const sentence = textCell(cut(headline(summary), LONGEST_LINE, '…').replaceAll('->', '→'))
  return `<!-- gateway-replay:${markerName(summary.suite)} -->\n> [!${alertOf(verdict)}]\n> ${sentence}\n\n`
}

/** A name that can not close the comment early. */
function markerName(suite: string): string {
  return suite.replace(/[^\w./-]+/g, '-').replace(/-{2,}/g, '-')
}

function alertOf({ kind }: RunVerdict): string {
  switch (kind) {
    case 'fail':
    case 'incomplete':
      return 'CAUTION'
    case 'undecided':
      return 'WARNING'
    case 'pass':
      return 'TIP'
    case 'no_gates':
      return 'NOTE'
  }
}

/** The five rows that most readers need. */
const MAIN_METRICS = ['cost.total', 'quality.score', 'latency.typical', 'errors.rate', 'routes.changed']

function mainSections(candidate: CandidateSummary, many: boolean): Section[] {
  const metrics = MAIN_METRICS.flatMap((name) => candidate.metrics.find((metric) => isOverall(metric, name)) ?? [])
  const title = many ? `### ${textCell(candidate.name)}\n\n` : ''
  const gates = candidate.gates.map((gate) =>
    tableRow([gateCell(gate.status), code(gate.label), textCell(describeGate(gate))]),
  )
  return [
    { open: `${title}${METRIC_HEAD}`, rows: metrics.map(metricRow), close: '\n', noun: 'metrics' },
    ...(gates.length === 0 ? [] : [{ open: tableHead(['gate', '', '']), rows: gates, close: '\n', noun: 'gates' }]),
  ]
}

function gateCell(status: GateStatus): string {
  return status === 'fail' ? '**FAIL**' : status
}

function isOverall(metric: MetricSummary, name: string): boolean {
  return metric.metric === name && metric.slice.label === 'all'
}

function foot(summary: RunSummary): string {
  const { fixtures, baseline } = summary
  const command = ['gateway', 'replay', ...summary.reproduce].map(shellWord).join(' ')
  const changed = summary.candidates
    .map(({ routes }) => percent(routes.of === 0 ? 0 : routes.changed / routes.of))
    .join(', ')
  const hashes = [
    `baseline ${baseline.label}${baseline.configHash === null ? '' : ` ${short(baseline.configHash)}`}`,
    ...summary.candidates.map(({ name, configHash }) => `${name}${configHash === null ? '' : ` ${short(configHash)}`}`),
    `fixtures ${short(fixtures.hash)}`,
    `catalogue ${short(summary.catalogHash)}`,
    `prices ${short(summary.pricesHash)}`,
  ].join(', ')
  return `\nReproduce: ${code(cut(command, LONGEST_LINE, '…'))}\n\n<sub>${counted(fixtures.count, 'fixture')}, ${counted(fixtures.sessions, 'session')}, ${changed} of routes changed · seed ${summary.seed} · run ${textCell(summary.runId)} · ${textCell(hashes)}</sub>\n`
}

function short(hash: string): string {
  return hash.slice(0, 12)
}

/** Quotes a word for a POSIX shell when it needs it. */
function shellWord(word: string): string {
  const text = oneLine(word)
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
