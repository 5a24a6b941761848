import type { GateResult } from '../replay/gates/types.ts'
import type { ReportRow } from '../replay/summary/report-rows.ts'
import type { CandidateSummary, MetricSummary, RunSummary } from '../replay/summary/types.ts'
import { describeGate } from './describe-gate.ts'
import { describeExit, verdictLabel } from './describe-verdict.ts'
import { suitesXml, type Case, type Suite } from './junit-xml.ts'

export interface JunitOptions {
  /** A test case for every fixture, not only for those that got worse. */
  readonly all: boolean
}

/**
 * JUnit XML: one suite per candidate, one case per gate and one per fixture that got worse. An undecided gate is
 * `skipped`, or a `failure` where it fails the run. A worse fixture is a `failure` only when a gate of its candidate
 * failed: on its own it does not fail the run, and a red case would say otherwise. Fixtures in error are `error`.
 */
export function junitReport(summary: RunSummary, rows: Iterable<ReportRow>, options: JunitOptions): string {
  const byCandidate = new Map<string, ReportRow[]>()
  for (const row of rows) {
    if (row.worse === null && !options.all) continue
    const group = byCandidate.get(row.candidate)
    if (group === undefined) byCandidate.set(row.candidate, [row])
    else group.push(row)
  }
  const suites = [
    ...runSuite(summary),
    ...summary.candidates.map((candidate) => candidateSuite(summary, candidate, byCandidate.get(candidate.name) ?? [])),
  ]
  return suitesXml(`gateway replay ${summary.suite}`, suites)
}

/** What went wrong outside the candidates, so that a test report is not green when lines were unreadable. */
function runSuite(summary: RunSummary): Suite[] {
  const outside = summary.exit.reasons.filter(({ code }) => code !== 'gate_failed' && code !== 'gate_undecided')
  if (outside.length === 0) return []
  const cases = outside.map((reason): Case => ({
    name: reason.code,
    className: 'run',
    seconds: null,
    outcome: 'error',
    message: describeExit(reason),
    properties: [],
  }))
  return [{ name: 'run', properties: [], cases }]
}

function candidateSuite(summary: RunSummary, candidate: CandidateSummary, rows: readonly ReportRow[]): Suite {
  const failed = candidate.gates.some((gate) => gate.exit === 1)
  return {
    name: candidate.name,
    properties: [
      ['run', summary.runId],
      ['seed', String(summary.seed)],
      ['baseline', summary.baseline.label],
      ['config', candidate.configHash ?? ''],
      ['fixtures', summary.fixtures.hash],
      ...candidate.metrics.filter((metric) => metric.slice.label === 'all').flatMap(metricProperties),
    ],
    cases: [
      ...candidate.gates.map((gate) => gateCase(candidate.name, gate)),
      ...rows.map((row) => fixtureCase(row, failed)),
    ],
  }
}

function metricProperties(metric: MetricSummary): [string, string][] {
  const numbers: [string, number | null][] = [
    ['baseline', metric.baseline],
    ['candidate', metric.candidate],
    ['change', metric.change],
    ['low90', metric.interval90?.low ?? null],
    ['high90', metric.interval90?.high ?? null],
    ['n', metric.n],
  ]
  return [
    ...numbers.flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[`${metric.metric}.${name}`, String(value)]],
    ),
    [`${metric.metric}.verdict`, verdictLabel(metric.verdict)],
  ]
}

function gateCase(candidate: string, gate: GateResult): Case {
  return {
    name: gate.label,
    className: `${candidate}.gates`,
    seconds: null,
    outcome: gateOutcome(gate),
    message: gate.status === 'warn' ? `warning: ${describeGate(gate)}` : describeGate(gate),
    properties: Object.entries(gate.reason).flatMap(([name, value]): [string, string][] =>
      typeof value === 'number' || typeof value === 'string' ? [[name, String(value)]] : [],
    ),
  }
}

function gateOutcome({ status, exit }: GateResult): Case['outcome'] {
  switch (status) {
    case 'pass':
    case 'warn':
      return 'pass'
    case 'fail':
      return 'failure'
    case 'undecided':
      return exit === 4 ? 'failure' : 'skipped'
  }
}

function fixtureCase({ candidate, pair, worse }: ReportRow, gateFailed: boolean): Case {
  const { baseline, candidate: arm } = pair
  const properties: [string, string][] = [
    ['intent', pair.intent],
    ['baseline.model', baseline.model ?? ''],
    ['candidate.model', arm.model ?? ''],
    ...Object.entries(baseline.metrics).map(([name, value]): [string, string] => [`baseline.${name}`, String(value)]),
    ...Object.entries(arm.metrics).map(([name, value]): [string, string] => [`candidate.${name}`, String(value)]),
  ]
  return {
    name: pair.fixture,
    className: `${candidate}.fixtures`,
    seconds: arm.totalMs === null ? null : arm.totalMs / 1000,
    outcome: fixtureOutcome(worse, arm.error, gateFailed),
    message: fixtureMessage({ candidate, pair, worse }),
    file: pair.file,
    line: pair.line,
    properties,
  }
}

function fixtureOutcome(worse: ReportRow['worse'], error: string | null, gateFailed: boolean): Case['outcome'] {
  if (error !== null) return 'error'
  return worse !== null && gateFailed ? 'failure' : 'pass'
}

function fixtureMessage({ pair, worse }: ReportRow): string {
  const { baseline, candidate } = pair
  const route = `${baseline.model ?? 'none'} -> ${candidate.model ?? 'none'}`
  if (candidate.error !== null) return `${route}: ${candidate.error}`
  if (worse === null) return route
  const { kind, metric, before, after } = worse
  return metric === null ? `${route}: ${kind}` : `${route}: ${metric} ${before ?? ''} -> ${after ?? ''}`
}
