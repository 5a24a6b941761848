import { parseGateExpression } from '../../../src/replay/gates/parse-expression.ts'
import { requireGates } from '../../../src/replay/gates/read-gate.ts'
import { reportRows, type ReportRow } from '../../../src/replay/summary/report-rows.ts'
import { summarise, type SummaryInput } from '../../../src/replay/summary/summarise.ts'
import type { RunSummary } from '../../../src/replay/summary/types.ts'
import type { PairRow } from '../../../src/replay/types.ts'
import { sampleRows } from '../replay/summary/sample-rows.ts'

const SAMPLE_GATES = [
  'cost.total<=+5%',
  'quality.score non-inferior 0.03',
  'quality.score{intent=code.*} non-inferior 5pp',
  'errors.rate<=1%',
]

export interface SampleRun {
  readonly rows?: readonly PairRow[]
  readonly gates?: readonly string[]
  readonly over?: Partial<SummaryInput>
}

/** A finished run over seeded rows. */
export function sampleRun({ rows = sampleRows(128), gates = SAMPLE_GATES, over = {} }: SampleRun = {}): {
  summary: RunSummary
  rows: () => Iterable<ReportRow>
} {
  const summary = summarise({
    run: {
      runId: '7f3a91c',
      suite: 'default',
      seed: 7,
      mode: 'full',
      complete: true,
      baseline: { label: 'recorded', configHash: null },
      catalogHash: 'ca7a10900000',
      pricesHash: '90000000beef',
      reproduce: ['fixtures/sample.jsonl', '--seed', '7', '--gate', 'cost.total<=+5%'],
    },
    fixtures: {
      hash: 'f1x70000',
      files: [{ path: 'fixtures/sample.jsonl', count: 128 }],
      problems: [],
      moreProblems: 0,
    },
    candidates: [{ name: 'cheap-first', label: 'cheap-first.yaml', configHash: 'c0ff1900', rows }],
    gates: requireGates(gates.map((text) => ({ object: parseGateExpression(text) }))),
    synthetic: ['arrival times'],
    ...over,
  })
  return { summary, rows: () => reportRows([{ name: 'cheap-first', rows }]) }
}
