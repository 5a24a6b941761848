import type { SpentPart, SpentQuery } from '../../engine/ledger.ts'
import type { BudgetScope } from '../../engine/routing-config.ts'
import type { Connection } from '../open.ts'
import { QUARTER_MS, SCOPE } from './codes.ts'

/** What one subject spent, as far as it is committed. */
export type SpentReader = (query: SpentQuery) => readonly SpentPart[]

/** Whole quarters from the roll-up, the edges of the range from the rows themselves. */
interface Split {
  readonly firstQuarter: number
  readonly endQuarter: number
  /** `[from, to)` in ms. */
  readonly edges: readonly (readonly [number, number])[]
}

interface Spending {
  readonly at: number
  readonly model: string
  readonly tier: string
  readonly nanoUsd: number
}

/**
 * Reads the ledger of any process. Where the rows of an edge were dropped already, its whole quarter counts: a budget may then
 * be a little stricter, never more generous.
 */
export function createSpentReader(connection: Connection): SpentReader {
  const state = connection.prepare<[], { rolled_seq: number; rows_from_quarter: number }>(
    'SELECT rolled_seq, rows_from_quarter FROM ledger_state',
  )
  const word = connection.prepare<[string], number>('SELECT id FROM word WHERE text = ?').pluck()
  // A month has thousands of them, of few models: their words are looked up once each, not joined.
  const quarters = connection
    .prepare<number[], readonly [number, number, number, number]>(
      `SELECT quarter * ${QUARTER_MS}, model, tier, cost_nano FROM spend_quarter
       WHERE scope = ? AND subject = ? AND quarter >= ? AND quarter < ?`,
    )
    .raw()
  const text = wordReader(connection)
  const rows = rowReaders(connection)
  const read = connection.transaction((query: SpentQuery): SpentPart[] => {
    const { scope } = query
    const subject = scope === 'global' ? 0 : word.get(query.subject)
    if (subject === undefined || (scope !== 'global' && subject === 0)) return []
    const { rolled_seq: rolled, rows_from_quarter: rowsFrom } = state.get() ?? NO_STATE
    const from = Math.max(0, Math.ceil(query.from))
    const to = Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(query.to))
    if (from >= to) return []
    const { firstQuarter, endQuarter, edges } = split(from, to, rowsFrom)
    const { unrolled, edge } = rows[scope]
    return [
      ...quarters
        .all(SCOPE[scope], subject, firstQuarter, endQuarter)
        .map(([at, model, tier, nanoUsd]) => ({ at, model: text(model), tier: text(tier), nanoUsd })),
      ...edges.flatMap(([start, end]) =>
        edge.all(Math.floor(start / QUARTER_MS), Math.floor((end - 1) / QUARTER_MS), start, end, rolled, subject),
      ),
      ...unrolled.all(rolled, from, to, subject),
    ].map((part) => (part.at < from ? { ...part, at: from } : part))
  })
  return (query) => read(query)
}

/** Texts by number, remembered: a number never changes its text while a proxy runs. */
function wordReader(connection: Connection): (id: number) => string {
  const read = connection.prepare<[number], string>('SELECT text FROM word WHERE id = ?').pluck()
  const known = new Map<number, string>()
  return (id) => {
    const text = known.get(id) ?? read.get(id) ?? ''
    known.set(id, text)
    return text
  }
}

const NO_STATE = { rolled_seq: 0, rows_from_quarter: 0 }

function split(from: number, to: number, rowsFrom: number): Split {
  const [startOf, endOf] = [Math.floor(from / QUARTER_MS), Math.floor(to / QUARTER_MS)]
  const firstQuarter = startOf < rowsFrom ? startOf : Math.ceil(from / QUARTER_MS)
  const endQuarter = endOf < rowsFrom ? Math.ceil(to / QUARTER_MS) : endOf
  if (firstQuarter > endQuarter) return { firstQuarter, endQuarter, edges: [[from, to]] }
  const before: readonly [number, number] = [from, firstQuarter * QUARTER_MS]
  const after: readonly [number, number] = [endQuarter * QUARTER_MS, to]
  return { firstQuarter, endQuarter, edges: [before, after].filter(([start, end]) => start < end) }
}

/** For each scope, which spenders concern a subject. */
const SPENDERS: Readonly<Record<BudgetScope, string>> = {
  global: '? = 0',
  key: 'who IN (SELECT id FROM who WHERE key = ?)',
  user: 'who IN (SELECT id FROM who WHERE user = ?)',
  project: 'who IN (SELECT id FROM who WHERE project = ?)',
  group: 'who IN (SELECT who FROM who_group WHERE name = ?)',
}

function rowReaders(connection: Connection) {
  const select = `SELECT at_ms AS at, m.text AS model, t.text AS tier, cost_nano AS nanoUsd
    FROM attempt CROSS JOIN what ON what.id = attempt.what
    CROSS JOIN word AS m ON m.id = what.model CROSS JOIN word AS t ON t.id = what.tier`
  const readers = (scope: BudgetScope) => ({
    edge: connection.prepare<number[], Spending>(
      `${select} WHERE at_ms / ${QUARTER_MS} BETWEEN ? AND ? AND at_ms >= ? AND at_ms < ? AND seq <= ?
       AND cost_nano > 0 AND ${SPENDERS[scope]}`,
    ),
    unrolled: connection.prepare<number[], Spending>(
      `${select} WHERE seq > ? AND at_ms >= ? AND at_ms < ? AND cost_nano > 0 AND ${SPENDERS[scope]}`,
    ),
  })
  return {
    global: readers('global'),
    key: readers('key'),
    user: readers('user'),
    project: readers('project'),
    group: readers('group'),
  }
}
