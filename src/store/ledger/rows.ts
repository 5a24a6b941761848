import type { LedgerRow } from '../../engine/ledger.ts'
import type { UpstreamFailureClass } from '../../engine/record.ts'
import type { SpendFilter } from '../../engine/spend.ts'
import type { TokenUsage } from '../../wire/usage.ts'
import type { Connection } from '../open.ts'
import { unpackedRequestId } from './attempt-row.ts'
import { COST_BASIS, nameOf, OUTCOME, USAGE_BASIS } from './codes.ts'
import { filterSql } from './spend-sql.ts'

export interface RowsQuery {
  /** `[since, until)` by admission, ms since the epoch; null: no limit. */
  readonly since: number | null
  readonly until: number | null
  readonly filter: SpendFilter
}

/** Rows read at once. */
const PAGE = 1000

/** Names of columns whose number stands for a word, and the table that has them. */
const WORDS = {
  keyId: 'who.key',
  alias: 'who.alias',
  user: 'who.user',
  project: 'who.project',
  groups: 'who.groups',
  endpoint: 'what.endpoint',
  model: 'what.model',
  tier: 'what.tier',
  provider: 'what.provider',
  upstreamModel: 'what.upstream_model',
  intent: 'what.intent',
  tags: 'row.tags',
  configHash: 'row.config',
  failure: 'row.failure',
  priceSource: 'row.price_source',
  priceAsOf: 'row.price_as_of',
  cache: 'row.cache',
} as const

type Columns = Readonly<Record<Exclude<keyof typeof WORDS, 'failure'>, string>> & {
  readonly failure: UpstreamFailureClass | ''
  readonly seq: number
  readonly at_ms: number
  readonly took_ms: number
  readonly request: string | Uint8Array
  readonly attempt: number
  readonly outcome: number
  readonly status: number | null
  readonly usage_basis: number | null
  readonly input: number
  readonly cache_read: number
  readonly cache_write_5m: number
  readonly cache_write_1h: number
  readonly output: number
  readonly reasoning: number
  readonly reported_nano: number | null
  readonly cost_nano: number
  readonly cost_basis: number
  readonly reserved_nano: number
}

/** Single rows, the last written first, in pages so that memory stays flat. */
export function createRowReader(connection: Connection): (query: RowsQuery) => Generator<LedgerRow> {
  const entries = Object.entries(WORDS)
  const texts = entries.map(([name]) => `word_${name}.text AS "${name}"`).join(', ')
  const joins = entries
    .map(([name, column]) => `CROSS JOIN word AS word_${name} ON word_${name}.id = ${column}`)
    .join(' ')
  return function* rows({ since, until, filter }) {
    const { sql, parameters } = filterSql(filter)
    const page = connection.prepare<[object], Columns>(
      `SELECT row.*, ${texts} FROM (
         SELECT * FROM attempt WHERE seq < $before AND at_ms >= $from AND at_ms < $to${sql} ORDER BY seq DESC LIMIT ${PAGE}
       ) AS row CROSS JOIN who ON who.id = row.who CROSS JOIN what ON what.id = row.what ${joins} ORDER BY seq DESC`,
    )
    const range = { from: since ?? 0, to: until ?? Number.MAX_SAFE_INTEGER, ...parameters }
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const found = page.all({ before, ...range })
      for (const columns of found) yield ledgerRow(columns)
      const last = found.at(-1)
      if (last === undefined || found.length < PAGE) return
      before = last.seq
    }
  }
}

function ledgerRow(columns: Columns): LedgerRow {
  const requestId = unpackedRequestId(columns.request)
  const { attempt, at_ms: at, keyId, alias, endpoint, model, tier, provider, upstreamModel, intent } = columns
  return {
    id: `${requestId}.${attempt}`,
    requestId,
    attempt,
    at,
    keyId,
    alias,
    groups: list(columns.groups),
    user: columns.user || null,
    project: columns.project || null,
    tags: list(columns.tags),
    endpoint,
    model,
    tier,
    provider,
    upstreamModel,
    intent,
    configHash: columns.configHash,
    reservedNanoUsd: columns.reserved_nano,
    endedAt: at + columns.took_ms,
    outcome: nameOf(OUTCOME, columns.outcome),
    failure: columns.failure || null,
    status: columns.status,
    usage: usage(columns),
    costNanoUsd: columns.cost_nano,
    costBasis: nameOf(COST_BASIS, columns.cost_basis),
    priceSource: columns.priceSource || null,
    priceAsOf: columns.priceAsOf || null,
    cache: columns.cache,
  }
}

/** A word that holds a list. */
function list(text: string): readonly string[] {
  return text === '' ? [] : JSON.parse(text)
}

function usage(columns: Columns): TokenUsage | null {
  if (columns.usage_basis === null) return null
  return {
    input: columns.input,
    cacheRead: columns.cache_read,
    cacheWrite5m: columns.cache_write_5m,
    cacheWrite1h: columns.cache_write_1h,
    output: columns.output,
    reasoning: columns.reasoning,
    basis: nameOf(USAGE_BASIS, columns.usage_basis),
    ...(columns.reported_nano === null ? {} : { reportedNanoUsd: columns.reported_nano }),
  }
}
