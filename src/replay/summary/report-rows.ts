import type { PairRow } from '../types.ts'
import { worstOf } from './regressions.ts'
import type { Regression } from './types.ts'

/** A pair as per-fixture reports get it: with the candidate's name and what got worse. */
export interface ReportRow {
  readonly candidate: string
  readonly pair: PairRow
  readonly worse: Pick<Regression, 'kind' | 'metric' | 'before' | 'after'> | null
}

/** Rows of every candidate in order, one at a time. */
export function* reportRows(
  candidates: readonly { readonly name: string; readonly rows: Iterable<PairRow> }[],
): Generator<ReportRow> {
  for (const { name, rows } of candidates) {
    for (const pair of rows) yield { candidate: name, pair, worse: worstOf(pair) }
  }
}
