import type { LedgerRow } from '../../engine/ledger.ts'
import type { GatewayError } from '../../wire/errors.ts'

/** What the ledger tells whoever opened it. Each is told once in an episode, which ends with `recovered`. */
export type LedgerTrouble =
  /** Rows wait in memory; answers go out all the same, and budgets go on holding from memory. */
  | { readonly kind: 'failing'; readonly error: GatewayError; readonly waiting: number }
  /** No more may wait: nothing should be admitted until `recovered`. */
  | { readonly kind: 'full'; readonly waiting: number }
  | { readonly kind: 'recovered' }
  /** The process ends and the store still fails: these rows are in no file. */
  | { readonly kind: 'lost'; readonly rows: number; readonly nanoUsd: number }

/** Remembers what was told. */
export class TroubleTeller {
  readonly #tell: (trouble: LedgerTrouble) => void
  #state: 'well' | 'failing' | 'full' = 'well'

  constructor(tell: (trouble: LedgerTrouble) => void) {
    this.#tell = tell
  }

  get failing(): boolean {
    return this.#state !== 'well'
  }

  failed(error: GatewayError, waiting: number): void {
    if (this.#state !== 'well') return
    this.#state = 'failing'
    this.#tell({ kind: 'failing', error, waiting })
  }

  full(waiting: number): void {
    if (this.#state !== 'failing') return
    this.#state = 'full'
    this.#tell({ kind: 'full', waiting })
  }

  over(): void {
    if (this.#state === 'well') return
    this.#state = 'well'
    this.#tell({ kind: 'recovered' })
  }

  lost(rows: readonly LedgerRow[]): void {
    this.#tell({ kind: 'lost', rows: rows.length, nanoUsd: rows.reduce((sum, row) => sum + row.costNanoUsd, 0) })
  }
}
