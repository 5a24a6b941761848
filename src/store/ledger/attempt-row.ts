import type { LedgerRow } from '../../engine/ledger.ts'
import type { Connection } from '../open.ts'
import { COST_BASIS, OUTCOME, USAGE_BASIS } from './codes.ts'
import { createDictionary, type Dictionary } from './dictionary.ts'

const COLUMNS = [
  'seq',
  'at_ms',
  'took_ms',
  'request',
  'attempt',
  'who',
  'what',
  'tags',
  'config',
  'outcome',
  'failure',
  'status',
  'usage_basis',
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'reasoning',
  'reported_nano',
  'cost_nano',
  'cost_basis',
  'price_source',
  'price_as_of',
  'cache',
  'reserved_nano',
]

/** Appends rows; only inside a transaction of the one writer. */
export interface AttemptTable {
  insert(row: LedgerRow): void
  /** Number of the last row inserted, whether committed or not. */
  lastSeq(): number
  /** To be called when a transaction was rolled back. */
  rolledBack(): void
}

export function createAttemptTable(connection: Connection): AttemptTable {
  const dictionary = createDictionary(connection)
  const insert = connection.prepare(
    `INSERT INTO attempt (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
  )
  // Not from the rows alone: when all were dropped, new ones must still come after those in the roll-ups.
  const newest = connection
    .prepare<[], number>('SELECT max(rolled_seq, coalesce((SELECT max(seq) FROM attempt), 0)) FROM ledger_state')
    .pluck()
  let seq = newest.get() ?? 0
  return {
    insert(row) {
      insert.run(seq + 1, ...cells(row, dictionary))
      seq += 1
    },
    lastSeq: () => seq,
    rolledBack() {
      dictionary.forget()
      seq = newest.get() ?? seq
    },
  }
}

function cells(row: LedgerRow, dictionary: Dictionary): (number | string | Uint8Array | null)[] {
  const { usage } = row
  return [
    whole(row.at),
    whole(row.endedAt - row.at),
    packedRequestId(row.requestId),
    whole(row.attempt),
    dictionary.who(row),
    dictionary.what(row),
    dictionary.word(row.tags.length === 0 ? null : JSON.stringify(row.tags)),
    dictionary.word(row.configHash),
    OUTCOME[row.outcome],
    dictionary.word(row.failure),
    row.status === null ? null : whole(row.status),
    usage === null ? null : USAGE_BASIS[usage.basis],
    whole(usage?.input ?? 0),
    whole(usage?.cacheRead ?? 0),
    whole(usage?.cacheWrite5m ?? 0),
    whole(usage?.cacheWrite1h ?? 0),
    whole(usage?.output ?? 0),
    whole(usage?.reasoning ?? 0),
    usage?.reportedNanoUsd === undefined ? null : whole(usage.reportedNanoUsd),
    whole(row.costNanoUsd),
    COST_BASIS[row.costBasis],
    dictionary.word(row.priceSource),
    dictionary.word(row.priceAsOf),
    dictionary.word(row.cache),
    whole(row.reservedNanoUsd),
  ]
}

/**
 * The most that a column takes of one attempt: a million dollars, or as many tokens. Providers state their usage themselves,
 * and sums of thousands of the absurdest figures must still fit into 64 bits.
 */
const MOST = 1e15

/** Strict columns take integers only, and one row that does not fit would hold up all behind it. Amounts round up. */
function whole(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(MOST, Math.max(0, Math.ceil(value)))
}

const PROXY_REQUEST_ID = /^req_[0-9a-f]{32}$/u

/** The ids that the proxy makes are 128 random bits; written as such they take half of the room. */
function packedRequestId(id: string): string | Uint8Array {
  return PROXY_REQUEST_ID.test(id) ? Buffer.from(id.slice('req_'.length), 'hex') : id
}

/** The id as it was given. */
export function unpackedRequestId(stored: string | Uint8Array): string {
  return typeof stored === 'string' ? stored : `req_${Buffer.from(stored).toString('hex')}`
}
