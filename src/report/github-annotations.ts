import type { GateResult } from '../replay/gates/types.ts'
import type { CandidateSummary, Regression, RunSummary } from '../replay/summary/types.ts'
import { describeGate } from './describe-gate.ts'
import { describeExit } from './describe-verdict.ts'
import { oneLine } from './plain-text.ts'
import { ASCII } from './style.ts'
import { lossText } from './summary-texts.ts'

/** GitHub shows ten of a kind per step; the tenth says how many more there are. */
const MOST = 9

interface Annotation {
  readonly level: 'error' | 'warning'
  readonly title: string
  readonly message: string
  readonly file?: string
  readonly line?: number
}

/**
 * Workflow commands for GitHub, worst first: failed gates, what kept the run from finishing, undecided gates that fail
 * the run, warnings, then fixtures that got worse. Each points at the config line of its gate or at the fixture's line.
 */
export function githubAnnotations(summary: RunSummary): string[] {
  const all = [
    ...gateAnnotations(summary, (gate) => gate.exit === 1),
    ...runAnnotations(summary),
    ...gateAnnotations(summary, (gate) => gate.exit === 4),
    ...gateAnnotations(summary, (gate) => gate.exit === 0 && gate.status !== 'pass'),
    ...regressionAnnotations(summary),
  ]
  const total =
    all.length +
    summary.candidates.reduce((sum, { regressions, regressionCount }) => sum + regressionCount - regressions.length, 0)
  const lines = all.slice(0, MOST).map(command)
  if (total <= MOST) return lines
  const rest = total - MOST
  return [...lines, command({ level: 'warning', title: 'gateway replay', message: `and ${rest} more in the summary` })]
}

function gateAnnotations({ candidates }: RunSummary, wanted: (gate: GateResult) => boolean): Annotation[] {
  return candidates.flatMap((candidate) =>
    candidate.gates.filter(wanted).map((gate): Annotation => ({
      level: gate.exit === 0 ? 'warning' : 'error',
      title: `${candidate.name}: gate ${gate.status === 'fail' ? 'failed' : gate.status}`,
      message: `${gate.label}: ${describeGate(gate)}`,
      ...(gate.gate.origin ?? placeOf(candidate.regressions[0])),
    })),
  )
}

/** Bad lines by their place, everything else that ended the run early without one. */
function runAnnotations({ fixtures, exit }: RunSummary): Annotation[] {
  const lines = fixtures.problems.map(({ file, line, message }): Annotation => ({
    level: 'error',
    title: 'bad fixture line',
    message,
    file,
    line,
  }))
  const outside = exit.reasons.filter(
    ({ code }) => code !== 'gate_failed' && code !== 'gate_undecided' && code !== 'fixture_errors',
  )
  return [
    ...outside.map((reason): Annotation => ({
      level: 'error',
      title: 'gateway replay',
      message: describeExit(reason),
    })),
    ...lines,
  ]
}

function regressionAnnotations({ candidates }: RunSummary): Annotation[] {
  return candidates.flatMap((candidate) =>
    candidate.regressions.map((regression) => regressionAnnotation(candidate, regression)),
  )
}

function regressionAnnotation(candidate: CandidateSummary, regression: Regression): Annotation {
  const { from, to } = regression
  return {
    level: 'warning',
    title: `${candidate.name}: ${regression.fixture} got worse`,
    message: `${lossText(regression, ASCII)}, route ${from.model ?? 'none'} -> ${to.model ?? 'none'} (${to.reason})`,
    ...placeOf(regression),
  }
}

function placeOf(regression: Regression | undefined): { file: string; line: number } | Record<string, never> {
  return regression === undefined ? {} : { file: regression.file, line: regression.line }
}

/** `::error file=…,line=…,title=…::message`; the escapes are those of the Actions toolkit. */
function command({ level, title, message, file, line }: Annotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${escapeProperty(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${escapeProperty(title)}`,
  ].join(',')
  return `::${level} ${properties}::${escapeData(message)}`
}

function escapeData(text: string): string {
  return oneLine(text).replaceAll('%', '%25')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
