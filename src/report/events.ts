import type { GateResult } from '../replay/gates/types.ts'
import type { ReportRow } from '../replay/summary/report-rows.ts'
import type { RunSummary } from '../replay/summary/types.ts'

/** Version of the event stream; additions raise the minor. */
const EVENTS_VERSION = '1.0'

/** What is known before the first answer. */
type RunPlan = Pick<RunSummary, 'runId' | 'suite' | 'seed' | 'mode' | 'baseline' | 'fixtures'> & {
  readonly candidates: readonly { readonly name: string; readonly configHash: string | null }[]
}

/** One line of `--report jsonl=`. The first is `version`, the last `summary`. */
export type RunEvent =
  | { readonly type: 'version'; readonly ui: typeof EVENTS_VERSION }
  | ({ readonly type: 'plan' } & RunPlan)
  | ({ readonly type: 'fixture' } & ReportRow)
  | ({ readonly type: 'gate'; readonly candidate: string } & GateResult)
  | { readonly type: 'summary'; readonly summary: RunSummary }

const VERSION_EVENT: RunEvent = { type: 'version', ui: EVENTS_VERSION }

/** JSON on one line, with its newline. */
export function eventLine(event: RunEvent): string {
  return `${JSON.stringify(event)}\n`
}

/** The events of a finished run in order. */
export function* runEvents(summary: RunSummary, rows: Iterable<ReportRow>): Generator<RunEvent> {
  yield VERSION_EVENT
  yield { type: 'plan', ...planOf(summary) }
  for (const row of rows) yield { type: 'fixture', ...row }
  for (const { name, gates } of summary.candidates) {
    for (const gate of gates) yield { type: 'gate', candidate: name, ...gate }
  }
  yield { type: 'summary', summary }
}

function planOf(summary: RunSummary): RunPlan {
  const { runId, suite, seed, mode, baseline, fixtures } = summary
  const candidates = summary.candidates.map(({ name, configHash }) => ({ name, configHash }))
  return { runId, suite, seed, mode, baseline, fixtures, candidates }
}
