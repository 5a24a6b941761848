import type { GateResult } from '../replay/gates/types.ts'
import type { CandidateSummary, RunSummary } from '../replay/summary/types.ts'
import { armBudgetTable } from './arm-budget-table.ts'
import { describeGate, gateWord } from './describe-gate.ts'
import { describeAssumption, describeExit } from './describe-verdict.ts'
import { counted, money, percent } from './format.ts'
import { headline, runVerdict } from './headline.ts'
import { metricLines, type MetricLine } from './metric-lines.ts'
import { routerTable } from './router-table.ts'
import { ASCII, clampWidth, cut, UNICODE, wrap, type Symbols, type TextStyle, type Tone } from './style.ts'
import { textTable, type Column, type TableRow } from './text-table.ts'
import { evidenceText, regressionText, routeText } from './summary-texts.ts'

const COLUMNS: readonly Column[] = [
  { header: '', align: 'left' },
  { header: 'baseline', align: 'right', drop: 2 },
  { header: 'candidate', align: 'right', drop: 3 },
  { header: 'change', align: 'right' },
  { header: '90% interval', align: 'right' },
  { header: 'n', align: 'right', drop: 1 },
  { header: 'verdict', align: 'left' },
]

/** The result of a run for a terminal or a pipe: screen "diff summary" as lines. Ends without a newline. */
export function terminalSummary(summary: RunSummary, style: TextStyle): string {
  const drawn: TextStyle = { ...style, width: clampWidth(style.width) }
  const symbols = style.ascii ? ASCII : UNICODE
  const blocks = [
    titleLines(summary, drawn, symbols),
    ...summary.candidates.map((candidate) => candidateLines(summary, candidate, drawn)),
    summary.router === null ? [] : routerTable(summary.router, drawn),
    closingLines(summary, drawn),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function titleLines(summary: RunSummary, style: TextStyle, symbols: Symbols): string[] {
  const { count, sessions, problems, moreProblems } = summary.fixtures
  const verdict = runVerdict(summary)
  const facts = [
    `replay run ${summary.runId}`,
    // A plan keeps nothing per fixture, so it can not tell sessions apart.
    counted(count, 'fixture') + (summary.mode === 'plan' ? '' : `, ${counted(sessions, 'session')}`),
    `baseline ${summary.baseline.label}`,
    `seed ${summary.seed}`,
    ...(summary.complete ? [] : ['PARTIAL']),
  ].join(` ${symbols.dot} `)
  const bad = problems.length + moreProblems
  return [
    ...wrap(facts, style.width),
    ...wrap(headline(summary), style.width).map((line) => style.paint(line, verdict.tone)),
    ...(bad === 0 ? [] : problemLines(summary, style)),
  ]
}

function problemLines({ fixtures }: RunSummary, style: TextStyle): string[] {
  const shown = fixtures.problems
    .slice(0, 5)
    .flatMap((problem) => indented(`${problem.file}:${problem.line}  ${problem.message}`, style))
  const rest = fixtures.problems.length - Math.min(5, fixtures.problems.length) + fixtures.moreProblems
  return [
    style.paint(
      `${counted(fixtures.problems.length + fixtures.moreProblems, 'bad fixture line')}, the rest was replayed`,
      'warn',
    ),
    ...shown,
    ...(rest === 0 ? [] : [`  and ${rest} more`]),
  ]
}

function candidateLines(summary: RunSummary, candidate: CandidateSummary, style: TextStyle): string[] {
  const symbols = style.ascii ? ASCII : UNICODE
  const facts = [
    ['routes', routeText(candidate, symbols)],
    ['evidence', evidenceText(candidate, symbols)],
  ] as const
  return [
    ...wrap(`candidate ${candidate.name} vs ${summary.baseline.label}`, style.width).map((line) =>
      style.paint(line, 'strong'),
    ),
    ...facts.flatMap(([label, text]) => labelled(label, text, style)),
    ...(summary.mode === 'plan' ? planLines(candidate, style) : []),
    '',
    ...textTable(COLUMNS, metricRows(candidate, style, symbols), style),
    ...(candidate.gates.length === 0 ? [] : ['', ...gateLines(candidate.gates, style)]),
    ...armBudgetTable(summary, candidate, style),
    ...regressionLines(candidate, style),
  ]
}

function planLines({ calls }: CandidateSummary, style: TextStyle): string[] {
  const price = calls.expectedNanoUsd === null ? 'price unknown' : `about ${money(calls.expectedNanoUsd)}`
  const text =
    calls.needed === 0 ? 'a full run needs no calls' : `a full run needs ${counted(calls.needed, 'call')}, ${price}`
  return labelled('plan', text, style)
}

function labelled(label: string, text: string, style: TextStyle): string[] {
  return wrap(text, style.width - 10).map((line, at) => `${at === 0 ? label.padEnd(10) : ' '.repeat(10)}${line}`)
}

function indented(text: string, style: TextStyle): string[] {
  return wrap(text, style.width - 2).map((line) => `  ${line}`)
}

function metricRows(candidate: CandidateSummary, style: TextStyle, symbols: Symbols): TableRow[] {
  return metricLines(candidate, symbols).flatMap((line): TableRow[] => [
    { cells: metricCells(line) },
    ...line.notes.map((note): TableRow => ({ note: wrap(note, style.width - 4).map((part) => `    ${part}`) })),
    ...(line.metric === 'cost.total' && line.indent === 0 ? lossRow(candidate) : []),
  ])
}

function metricCells(line: MetricLine): { text: string; tone?: Tone }[] {
  return [
    { text: `${'  '.repeat(line.indent)}${line.name}` },
    { text: line.baseline },
    { text: line.candidate },
    { text: line.change },
    { text: line.interval },
    { text: line.n },
    { text: line.verdict, tone: line.tone },
  ]
}

function lossRow({ prefixLossNanoUsd }: CandidateSummary): TableRow[] {
  if (prefixLossNanoUsd === null) return []
  const { baseline, candidate } = prefixLossNanoUsd
  return [
    {
      cells: [
        { text: '  prompt-cache loss' },
        { text: money(baseline) },
        { text: money(candidate) },
        { text: '(in total)' },
      ],
    },
  ]
}

function gateLines(gates: readonly GateResult[], style: TextStyle): string[] {
  return gates.flatMap((gate, at) => {
    const word = gateWord(gate.status)
    const lines = wrap(`${gate.label}: ${describeGate(gate)}`, style.width - 17)
    return lines.map((line, part) => {
      const head = at === 0 && part === 0 ? 'gates'.padEnd(10) : ' '.repeat(10)
      const shown = part === 0 ? style.paint(word.padEnd(7), gateTone(gate)) : ' '.repeat(7)
      return `${head}${shown}${line}`
    })
  })
}

function gateTone({ status }: GateResult): Tone {
  switch (status) {
    case 'pass':
      return 'good'
    case 'warn':
    case 'undecided':
      return 'warn'
    case 'fail':
      return 'bad'
  }
}

/** Worst first; the rest is in the reports and in `replay show`. */
const LISTED_REGRESSIONS = 5

function regressionLines({ regressions, regressionCount, pairs }: CandidateSummary, style: TextStyle): string[] {
  if (regressionCount === 0) return []
  const symbols = style.ascii ? ASCII : UNICODE
  const listed = regressions.slice(0, LISTED_REGRESSIONS)
  const rest = regressionCount - listed.length
  return [
    '',
    `${counted(regressionCount, 'fixture')} worse than the baseline (${percent(regressionCount / pairs)})`,
    ...listed.map((regression) => cut(`  ${regressionText(regression, symbols)}`, style.width, symbols.ellipsis)),
    ...(rest === 0 ? [] : [`  and ${rest} more`]),
  ]
}

function closingLines(summary: RunSummary, style: TextStyle): string[] {
  const notes = summary.assumptions.flatMap((assumption) =>
    wrap(describeAssumption(assumption), style.width - 2).map((line, at) =>
      style.paint(`${at === 0 ? '~ ' : '  '}${line}`, 'dim'),
    ),
  )
  const reasons = summary.exit.reasons.flatMap((reason) =>
    wrap(describeExit(reason), style.width - 2).map((line, at) => `${at === 0 ? '! ' : '  '}${line}`),
  )
  const exit = summary.exit.code === 0 ? [] : [`exit ${summary.exit.code}`]
  return [...notes, ...reasons, ...exit]
}
