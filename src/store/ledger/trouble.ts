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

/** Trouble with a sentence for people. */
export type ToldTrouble = LedgerTrouble & { readonly text: string }

function troubleText(trouble: LedgerTrouble): string {
  switch (trouble.kind) {
    case 'failing':
      return `the ledger can not be written: ${trouble.error.message}; ${trouble.waiting} entries wait in memory`
    case 'full':
      return `the ledger still can not be written and ${trouble.waiting} entries wait: new requests are refused`
    case 'recovered':
      return 'the ledger is written again; nothing was lost'
    case 'lost':
      return `${trouble.rows} ledger rows of $${(trouble.nanoUsd / 1e9).toFixed(9)} were never written and are lost`
  }
}

/** Remembers what was told. */
export class TroubleTeller {
  readonly #tell: (trouble: ToldTrouble) => void
  #state: 'well' | 'failing' | 'full' = 'well'

  constructor(tell: (trouble: ToldTrouble) => void) {
    this.#tell = tell
  }

  get failing(): boolean {
    return this.#state !== 'well'
  }

  failed(error: GatewayError, waiting: number): void {
    if (this.#state !== 'well') return
    this.#state = 'failing'
    this.#say({ kind: 'failing', error, waiting })
  }

  full(waiting: number): void {
    if (this.#state !== 'failing') return
    this.#state = 'full'
    this.#say({ kind: 'full', waiting })
  }

  over(): void {
    if (this.#state === 'well') return
    this.#state = 'well'
    this.#say({ kind: 'recovered' })
  }

  lost(rows: readonly LedgerRow[]): void {
    this.#say({
      kind: 'lost',
      rows: rows.length,
      nanoUsd: rows.reduce((sum, row) => sum + row.costNanoUsd, 0),
    })
  }

  #say(trouble: LedgerTrouble): void {
    this.#tell({ ...trouble, text: troubleText(trouble) })
  }
}
