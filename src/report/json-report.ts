import type { ReportRow } from '../replay/summary/report-rows.ts'
import type { RunSummary } from '../replay/summary/types.ts'

/**
 * The whole run as one JSON document: the members of `RunSummary` and then `rows`, one per fixture and candidate. In
 * pieces, so that a large run is never one string.
 */
export function* jsonReport(summary: RunSummary, rows: Iterable<ReportRow>): Generator<string> {
  const text = JSON.stringify(summary, null, 2)
  yield `${text.slice(0, text.lastIndexOf('\n}'))},\n  "rows": [`
  let first = true
  for (const row of rows) {
    yield `${first ? '' : ','}\n    ${JSON.stringify(row)}`
    first = false
  }
  yield first ? ']\n}\n' : '\n  ]\n}\n'
}
