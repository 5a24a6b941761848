import type { JsonObject } from '../wire/json.ts'
import type { RunSummary } from './summary/types.ts'
import type { FixtureResponse, PairRow } from './types.ts'

export type RunStatus = 'running' | 'complete' | 'interrupted'

export interface StoredRun {
  readonly id: string
  readonly status: RunStatus
  /** When it was last worked on, ms since the epoch. */
  readonly at: number
  /** What was asked, enough to run it again. */
  readonly spec: JsonObject
  /** Null until the run has ended or was interrupted. */
  readonly summary: RunSummary | null
}

export interface StoredRow {
  readonly candidate: number
  readonly ordinal: number
  readonly row: PairRow
}

/** Keeps replay runs. Rows are written in groups; what was appended before a crash is there afterwards. */
export interface RunStore {
  /** Opens a run under its content-made id; rows of an earlier, unfinished attempt stay unless `fresh`. */
  begin(run: { readonly id: string; readonly spec: JsonObject; readonly at: number; readonly fresh: boolean }): void
  append(id: string, rows: readonly StoredRow[]): void
  finish(id: string, end: { readonly status: RunStatus; readonly summary: RunSummary; readonly at: number }): void
  /** Newest first. */
  list(): readonly StoredRun[]
  /** By id or unambiguous beginning of one. */
  find(id: string): StoredRun | undefined
  rows(id: string, candidate: number): Iterable<StoredRow>
  remove(id: string): boolean
  close(): void
}

/** Answers that earlier replays paid for, by fixture key (which covers messages and parameters) and model. */
export interface ResponseStore {
  find(key: string, model: string): FixtureResponse | undefined
  save(entry: { key: string; model: string; response: FixtureResponse; at: number }): void
}
