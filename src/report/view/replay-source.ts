import type { RunSummary } from '../../replay/summary/types.ts'
import type { PairRow } from '../../replay/types.ts'
import type { AnswerTexts } from './pair-view.ts'
import type { ReplayProgress } from './replay-progress.ts'

/** What the replay view draws from: a run under way, or a stored one. */
export interface ReplaySource {
  /** Calls back after every change; returns the way to stop. */
  subscribe(listener: () => void): () => void
  state(): ReplayState
  /** Null for a stored run, where there is nothing to stop. */
  readonly control: ReplayControl | null
}

export type ReplayState =
  | { readonly kind: 'running'; readonly progress: ReplayProgress }
  | { readonly kind: 'finished'; readonly run: FinishedRun }

/** What the user may do to a run under way. */
export interface ReplayControl {
  /** Absent when the run can not pause. */
  pause?(paused: boolean): void
  /** Ends the run after what is in flight; its summary then follows as partial. */
  stop(): void
  /** Ends the run without a summary; it can be resumed. */
  abort(): void
}

/** A run with its rows. Rows are asked for when they are shown, so that a long run stays on disk. */
export interface FinishedRun {
  readonly summary: RunSummary
  /** All rows of a candidate (from 0), in the order of the fixtures. Read once. */
  pairs(candidate: number): Iterable<PairRow>
  /** The row at a position of `pairs()`. */
  pair(candidate: number, index: number): Promise<PairRow | null>
  /** The answers behind a row; null where none is kept. */
  texts(row: PairRow, candidate: number): Promise<AnswerTexts>
}
