import type { RunSummary } from '../../../src/replay/summary/types.ts'
import type { PairRow } from '../../../src/replay/types.ts'
import type { AnswerTexts } from '../../../src/report/view/pair-view.ts'
import { trackProgress, type ReplayFacts } from '../../../src/report/view/replay-progress.ts'
import type { FinishedRun, ReplayControl, ReplaySource } from '../../../src/report/view/replay-source.ts'

/** A run under way, as the replay view follows it. */
export interface ReplayRun {
  readonly source: ReplaySource
  /** The rows of one fixture, one a candidate. */
  add(rows: readonly PairRow[]): void
  /** The run is over (or was stopped); the view goes on to what it found. */
  finish(run: FinishedRun): void
}

export interface ReplayRunOptions {
  readonly facts: ReplayFacts
  /** Milliseconds from any fixed point. */
  readonly now: () => number
  readonly control: ReplayControl
}

/** Collects what the driver of a replay reports and hands it to the view. */
export function followReplay({ facts, now, control }: ReplayRunOptions): ReplayRun {
  const tracker = trackProgress(facts, now)
  const listeners = new Set<() => void>()
  let finished: FinishedRun | null = null
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const pause = (paused: boolean): void => {
    control.pause?.(paused)
    tracker.setPaused(paused)
    tell()
  }
  return {
    source: {
      subscribe(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
      state: () =>
        finished === null ? { kind: 'running', progress: tracker.snapshot() } : { kind: 'finished', run: finished },
      control: {
        ...(control.pause === undefined ? {} : { pause }),
        stop: () => control.stop(),
        abort: () => control.abort(),
      },
    },
    add(rows) {
      tracker.add(rows)
      tell()
    },
    finish(run) {
      finished = run
      tell()
    },
  }
}

/** A stored run, which can only be looked at. */
export function storedReplay(run: FinishedRun): ReplaySource {
  return { subscribe: () => () => undefined, state: () => ({ kind: 'finished', run }), control: null }
}

/** A finished run whose rows are in memory, one list a candidate. */
export function finishedRun(
  summary: RunSummary,
  rows: readonly (readonly PairRow[])[],
  texts: (row: PairRow, candidate: number) => Promise<AnswerTexts>,
): FinishedRun {
  return {
    summary,
    pairs: (candidate) => rows[candidate] ?? [],
    pair: (candidate, index) => Promise.resolve(rows[candidate]?.[index] ?? null),
    texts,
  }
}
