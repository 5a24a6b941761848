import { join } from 'node:path'
import type { LedgerClosing } from '../../src/engine/ledger.ts'
import { unpackedRequestId } from '../../src/store/ledger/attempt-row.ts'
import { checkLedger, type LedgerProblem } from '../../src/store/ledger/check.ts'
import { COST_BASIS, nameOf, OUTCOME } from '../../src/store/ledger/codes.ts'
import { openExisting } from '../../src/store/open.ts'
import type { DevProject } from '../e2e/dev-process.ts'

/** One attempt, as the ledger has it. */
export interface KeptRow {
  readonly requestId: string
  readonly outcome: LedgerClosing['outcome']
  readonly basis: LedgerClosing['costBasis']
  readonly nanoUsd: number
  readonly reservedNanoUsd: number
}

export interface StoreFacts {
  readonly rows: readonly KeptRow[]
  readonly chargedNanoUsd: number
  /** Attempts written as begun and not as ended. */
  readonly open: number
  readonly problems: readonly LedgerProblem[]
}

/** What the ledger of a project holds, read by another process than the one that wrote it. */
export function storeFacts({ dir }: Pick<DevProject, 'dir'>): StoreFacts {
  const connection = openExisting(join(dir, '.gateway', 'gateway.db'))
  if (connection === null) throw new Error(`${dir} has no store`)
  try {
    const rows = connection
      .prepare<[], Row>('SELECT request, outcome, cost_basis, cost_nano, reserved_nano FROM attempt')
      .all()
      .map(({ request, outcome, cost_basis, cost_nano, reserved_nano }) => ({
        requestId: unpackedRequestId(request),
        outcome: nameOf(OUTCOME, outcome),
        basis: nameOf(COST_BASIS, cost_basis),
        nanoUsd: cost_nano,
        reservedNanoUsd: reserved_nano,
      }))
    return {
      rows,
      chargedNanoUsd: rows.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0),
      open: connection.prepare<[], number>('SELECT count(*) FROM attempt_open').pluck().get() ?? 0,
      problems: checkLedger(connection).problems,
    }
  } finally {
    connection.close()
  }
}

interface Row {
  readonly request: string | Uint8Array
  readonly outcome: number
  readonly cost_basis: number
  readonly cost_nano: number
  readonly reserved_nano: number
}
