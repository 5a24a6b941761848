import { usdText } from '../engine/record-facts.ts'
import type { LedgerRow } from '../engine/ledger.ts'
import { csvLine } from './csv-line.ts'
import { amount } from './format.ts'
import { oneLine } from './plain-text.ts'
import { ASCII, UNICODE, type TextStyle } from './style.ts'
import { textTable, type Column } from './text-table.ts'

const COLUMNS: readonly Column[] = [
  { header: 'TIME', align: 'left' },
  { header: 'KEY', align: 'left', drop: 4 },
  { header: 'USER', align: 'left', drop: 5 },
  { header: 'PROJECT', align: 'left', drop: 1 },
  { header: 'MODEL', align: 'left' },
  { header: 'INTENT', align: 'left', drop: 2 },
  { header: 'IN', align: 'right', drop: 3 },
  { header: 'OUT', align: 'right', drop: 3 },
  { header: 'COST $', align: 'right' },
  { header: 'OUTCOME', align: 'left' },
]

/** Single calls for people. */
export function rowsTable(rows: readonly LedgerRow[], style: TextStyle): string[] {
  const none = (style.ascii ? ASCII : UNICODE).none
  const cells = rows.map((row) =>
    [
      isoTime(row.at).replace('T', ' '),
      row.alias,
      row.user ?? none,
      row.project ?? none,
      row.model,
      row.intent,
      tokensText(row, none, ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h']),
      tokensText(row, none, ['output', 'reasoning']),
      costText(row),
      row.failure === null ? row.outcome : `${row.outcome}: ${row.failure}`,
    ].map((text) => ({ text: oneLine(text) })),
  )
  return textTable(
    COLUMNS,
    cells.map((one) => ({ cells: one })),
    style,
  )
}

type Bucket = 'input' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'output' | 'reasoning'

/** The buckets are disjoint, so their sum counts no token twice. */
function tokensText({ usage }: LedgerRow, none: string, buckets: readonly Bucket[]): string {
  if (usage === null) return none
  const tokens = buckets.reduce((sum, bucket) => sum + usage[bucket], 0)
  return amount(tokens, 'tokens')
}

/** `~` marks what is not a bill: estimated tokens, or only what was reserved. */
function costText({ costNanoUsd, costBasis }: LedgerRow): string {
  if (costBasis === 'unknown') return 'unknown'
  return `${costBasis === 'estimated' || costBasis === 'reserved' ? '~' : ''}${usdText(costNanoUsd)}`
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19)
}

/** All that a row holds, by column. */
const CSV: Readonly<Record<string, (row: LedgerRow) => string | number | null>> = {
  request_id: ({ requestId }) => requestId,
  attempt: ({ attempt }) => attempt,
  at: ({ at }) => new Date(at).toISOString(),
  ms: ({ at, endedAt }) => endedAt - at,
  key_id: ({ keyId }) => keyId,
  alias: ({ alias }) => alias,
  groups: ({ groups }) => groups.join(' '),
  user: ({ user }) => user,
  project: ({ project }) => project,
  tags: ({ tags }) => tags.join(' '),
  endpoint: ({ endpoint }) => endpoint,
  model: ({ model }) => model,
  tier: ({ tier }) => tier,
  provider: ({ provider }) => provider,
  upstream_model: ({ upstreamModel }) => upstreamModel,
  intent: ({ intent }) => intent,
  outcome: ({ outcome }) => outcome,
  failure: ({ failure }) => failure,
  status: ({ status }) => status,
  usage_basis: ({ usage }) => usage?.basis ?? null,
  input_tokens: ({ usage }) => usage?.input ?? null,
  cache_read_tokens: ({ usage }) => usage?.cacheRead ?? null,
  cache_write_5m_tokens: ({ usage }) => usage?.cacheWrite5m ?? null,
  cache_write_1h_tokens: ({ usage }) => usage?.cacheWrite1h ?? null,
  output_tokens: ({ usage }) => usage?.output ?? null,
  reasoning_tokens: ({ usage }) => usage?.reasoning ?? null,
  cost_usd: ({ costNanoUsd }) => usdText(costNanoUsd),
  cost_nano_usd: ({ costNanoUsd }) => costNanoUsd,
  cost_basis: ({ costBasis }) => costBasis,
  reserved_nano_usd: ({ reservedNanoUsd }) => reservedNanoUsd,
  price_source: ({ priceSource }) => priceSource,
  price_as_of: ({ priceAsOf }) => priceAsOf,
  cache: ({ cache }) => cache,
  config_hash: ({ configHash }) => configHash,
}

/** Lines for spreadsheets, the heading first. */
export function* rowsCsv(rows: Iterable<LedgerRow>): Generator<string> {
  yield csvLine(Object.keys(CSV))
  for (const row of rows) yield csvLine(Object.values(CSV).map((read) => read(row)))
}

/** One JSON document in pieces, so that it may be longer than the memory. */
export function* rowsJson(rows: Iterable<LedgerRow>): Generator<string> {
  yield '{"schema":"gateway.spend-rows/1","rows":['
  let separator = ''
  for (const row of rows) {
    yield `${separator}\n${JSON.stringify(row)}`
    separator = ','
  }
  yield '\n]}\n'
}
