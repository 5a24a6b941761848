import { pairEntry, shownEntries, type PairEntry, type PairSort } from '../report/view/pair-entries.ts'
import type { FinishedRun } from '../report/view/replay-source.ts'

/** What the user wants to see of a run's fixtures. */
export interface EntryWish {
  /** From 0. */
  readonly candidate: number
  readonly filter: string
  readonly sort: PairSort
}

/** The list of fixtures: rows are read once a candidate, filtered and sorted only when the wish changes. */
export class EntryList {
  #read: { readonly candidate: number; readonly all: readonly PairEntry[] } | null = null
  #shown: { readonly wish: EntryWish; readonly entries: readonly PairEntry[] } | null = null

  of(run: FinishedRun, { candidate, filter, sort }: EntryWish): readonly PairEntry[] {
    if (this.#read?.candidate !== candidate) {
      const all: PairEntry[] = []
      for (const row of run.pairs(candidate)) all.push(pairEntry(row, all.length))
      this.#read = { candidate, all }
      this.#shown = null
    }
    if (this.#shown?.wish.filter !== filter || this.#shown.wish.sort !== sort) {
      const wish = { candidate, filter, sort }
      this.#shown = { wish, entries: shownEntries(this.#read.all, filter, sort) }
    }
    return this.#shown.entries
  }
}
