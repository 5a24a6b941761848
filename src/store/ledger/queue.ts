import type { LedgerOpening, LedgerRow, SpentPart, SpentQuery } from '../../engine/ledger.ts'
import type { LedgerGroup } from './writer.ts'

/** Closings written in one transaction, so that a long queue does not hold up the process. */
const GROUP_ROWS = 1000

/** Openings and closings that are not committed yet. An opening that is closed meanwhile is never written as open. */
export class LedgerQueue {
  readonly #openings = new Map<string, LedgerOpening>()
  /** Ids written as open. */
  readonly #open = new Set<string>()
  #closings: LedgerRow[] = []

  get waiting(): number {
    return this.#openings.size + this.#closings.length
  }

  get closings(): readonly LedgerRow[] {
    return this.#closings
  }

  open(opening: LedgerOpening): void {
    this.#openings.set(opening.id, opening)
  }

  close(row: LedgerRow): void {
    this.#openings.delete(row.id)
    this.#closings.push(row)
  }

  /** The next rows to write; they stay in the queue until `written`. */
  next(): LedgerGroup {
    const closings = this.#closings.length <= GROUP_ROWS ? this.#closings : this.#closings.slice(0, GROUP_ROWS)
    return {
      openings: [...this.#openings.values()],
      ended: closings.filter(({ id }) => this.#open.has(id)).map(({ id }) => id),
      closings,
    }
  }

  written({ openings, ended, closings }: LedgerGroup): void {
    for (const { id } of openings) {
      this.#open.add(id)
      this.#openings.delete(id)
    }
    for (const id of ended) this.#open.delete(id)
    this.#closings = this.#closings.slice(closings.length)
  }

  /** What a subject spent by the closings that wait. */
  spent(query: SpentQuery): SpentPart[] {
    const { from, to } = query
    return this.#closings
      .filter((row) => row.at >= from && row.at < to && row.costNanoUsd > 0 && concerns(row, query))
      .map(({ at, model, tier, costNanoUsd }) => ({ at, model, tier, nanoUsd: costNanoUsd }))
  }
}

function concerns(row: LedgerRow, { scope, subject }: SpentQuery): boolean {
  switch (scope) {
    case 'global':
      return true
    case 'key':
      return row.keyId === subject
    case 'user':
      return row.user === subject
    case 'project':
      return row.project === subject
    case 'group':
      return row.groups.includes(subject)
  }
}
