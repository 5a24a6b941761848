import type { Incoming } from '../../pipeline/ports.ts'
import { armRow, pairRow } from './pair.ts'
import type { Fixture, FixtureResponse, PairRow, ScoreResult } from '../types.ts'
import type { Arm, ArmOutcome } from './arm.ts'
import type { AlternativesPort } from './evidence.ts'
import { Breather } from './breathe.ts'
import { inFlight } from './replay-upstream.ts'

/** A fixture ready to enter the pipeline. */
export interface ReplayItem {
  readonly fixture: Fixture
  readonly incoming: Incoming
  /** Position in the run, from 0. */
  readonly ordinal: number
  readonly file: string
  readonly line: number
}

export type Score = (fixture: Fixture, response: FixtureResponse) => readonly ScoreResult[]

export interface ReplayJob {
  readonly items: AsyncIterable<ReplayItem>
  readonly alternatives: AlternativesPort
  readonly baseline: Arm
  readonly candidates: readonly Arm[]
  readonly score: Score
  /** Rows of an interrupted earlier run, taken as they are; null where there are none. */
  readonly stored: (ordinal: number) => readonly PairRow[] | null
  /** Awaited before every fixture; a user may hold the run up there. */
  readonly gate: () => Promise<void>
  /** Called in the order of the fixtures, once per fixture, with one row per candidate. */
  onRows(rows: readonly PairRow[], item: ReplayItem): void
  /** Stops between two fixtures; what is in flight is brought to its end. */
  readonly signal: AbortSignal
}

interface Waiting {
  readonly item: ReplayItem
  settled: readonly ArmOutcome[] | null
}

/** Runs every fixture through the baseline and all candidates. Resolves to false when it was stopped before the end. */
export async function runReplay(job: ReplayJob): Promise<boolean> {
  const arms = [job.baseline, ...job.candidates]
  const waiting: Waiting[] = []
  const failures: unknown[] = []
  const breather = new Breather()
  let complete = true
  for await (const item of job.items) {
    await breather.step()
    await job.gate()
    if (job.signal.aborted) {
      complete = false
      break
    }
    waiting.push(await arrive(arms, item, { alternatives: job.alternatives, failures }))
    flush(job, waiting)
    if (failures.length > 0) break
  }
  for (const arm of arms) await arm.finish()
  // Outcomes of the last events are still on their way through promise callbacks.
  await new Promise((resolve) => setImmediate(resolve))
  if (failures.length > 0) throw failures[0]
  flush(job, waiting)
  return complete
}

async function arrive(
  arms: readonly Arm[],
  item: ReplayItem,
  context: { alternatives: AlternativesPort; failures: unknown[] },
): Promise<Waiting> {
  const alternatives = context.alternatives.of(item.fixture.id)
  const settled: Promise<ArmOutcome>[] = []
  for (const arm of arms) {
    const started = await arm.arrive(item.incoming, inFlight(item.fixture, alternatives))
    settled.push(started.settled)
  }
  const waiting: Waiting = { item, settled: null }
  void collect(waiting, settled, context.failures)
  return waiting
}

async function collect(waiting: Waiting, settled: readonly Promise<ArmOutcome>[], failures: unknown[]): Promise<void> {
  try {
    waiting.settled = await Promise.all(settled)
  } catch (error) {
    failures.push(error)
  }
}

/** Hands out finished rows in the order of the fixtures; a slow exchange holds up the rows behind it, not the run. */
function flush(job: ReplayJob, waiting: Waiting[]): void {
  let done = 0
  for (const { item, settled } of waiting) {
    if (settled === null) break
    const [baseline, ...candidates] = settled
    if (baseline !== undefined)
      job.onRows(job.stored(item.ordinal) ?? rowsOf(job, item, { baseline, candidates }), item)
    done += 1
  }
  waiting.splice(0, done)
}

function rowsOf(
  job: ReplayJob,
  item: ReplayItem,
  { baseline, candidates }: { baseline: ArmOutcome; candidates: readonly ArmOutcome[] },
): PairRow[] {
  const { score } = job
  const intent = candidates.find(({ decision }) => decision !== null)?.decision?.intent.label ?? 'unknown'
  const baselineRow = armRow(baseline, item.fixture, score)
  const recorded = job.baseline.label === 'recorded'
  return candidates.map((candidate) => pairRow({ item, intent, baseline, baselineRow, recorded, candidate, score }))
}
