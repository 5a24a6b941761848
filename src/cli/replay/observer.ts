import type { PairRow } from '../../replay/types.ts'
import type { CliContext } from '../context.ts'
import { PlainProgress } from './progress.ts'

/** Watches a run while it goes on: plain lines, or a view on the whole terminal. */
export interface RunObserver {
  /** The rows of one finished fixture, one a candidate. */
  rows(rows: readonly PairRow[]): void
  /** Awaited before every fixture; holds the run up while the user pauses it. */
  gate(): Promise<void>
}

export function plainObserver(context: CliContext, total: number): RunObserver {
  const progress = new PlainProgress(context, total)
  let done = 0
  return {
    rows() {
      done += 1
      progress.update(done)
    },
    gate: () => Promise.resolve(),
  }
}
