import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../../src/engine/ledger.ts'
import { createRowReader } from '../../../src/store/ledger/rows.ts'
import { createLedgerWriter } from '../../../src/store/ledger/writer.ts'
import { openDatabase } from '../../../src/store/open.ts'
import { closing, MINUTE, NOON, opening, storeDirectory } from './support.ts'

const { dir, path } = storeDirectory()
const ALL = { since: null, until: null, filter: {} }

const amount = fc.oneof(fc.nat(10), fc.integer({ min: 0, max: 1e15 }))
const name = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.constantFrom("'; DROP TABLE attempt; --", '["a"]', '5', '%', '_'),
)
const rowArbitrary: fc.Arbitrary<LedgerRow> = fc
  .record({
    requestId: fc.oneof(
      name,
      fc.uuid().map((id) => `req_${id.replaceAll('-', '')}`),
    ),
    attempt: fc.nat(5),
    at: fc.integer({ min: 0, max: 4e12 }),
    keyId: name,
    alias: name,
    groups: fc.uniqueArray(name, { maxLength: 3 }).map((list) => list.sort()),
    user: fc.option(name),
    project: fc.option(name),
    tags: fc.array(name, { maxLength: 3 }),
    endpoint: name,
    model: name,
    tier: name,
    provider: name,
    upstreamModel: name,
    intent: name,
    configHash: name,
    reservedNanoUsd: amount,
    took: fc.nat(1e7),
    outcome: fc.constantFrom('answered', 'failed', 'client_gone', 'refused', 'orphaned' as const),
    failure: fc.option(fc.constantFrom('rate_limited', 'cut_mid_stream' as const)),
    status: fc.option(fc.integer({ min: 100, max: 599 })),
    usage: fc.option(
      fc.record(
        {
          input: amount,
          cacheRead: amount,
          cacheWrite5m: amount,
          cacheWrite1h: amount,
          output: amount,
          reasoning: amount,
          basis: fc.constantFrom('reported', 'counted', 'estimated' as const),
          reportedNanoUsd: amount,
        },
        { requiredKeys: ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'reasoning', 'basis'] },
      ),
    ),
    costNanoUsd: amount,
    costBasis: fc.constantFrom('reported', 'counted', 'estimated', 'reserved', 'unknown', 'none' as const),
    priceSource: fc.option(name),
    priceAsOf: fc.option(name),
    cache: name,
  })
  .map(({ took, ...row }) => ({ ...row, id: `${row.requestId}.${row.attempt}`, endedAt: row.at + took }))

describe('rows', () => {
  it('come back as they were written, the last first, whatever their texts hold', () => {
    let files = 0
    fc.assert(
      fc.property(fc.array(rowArbitrary, { maxLength: 20 }), (closings) => {
        files += 1
        const connection = openDatabase(`${dir()}/${files}.db`)
        createLedgerWriter(connection)({ openings: [], ended: [], closings })
        expect([...createRowReader(connection)(ALL)]).toEqual(closings.toReversed())
        connection.close()
      }),
      { seed: 20260805, numRuns: 60 },
    )
  })

  it('are read in pages and narrowed by time and filter', () => {
    const connection = openDatabase(path())
    const closings = Array.from({ length: 2500 }, (_, n) =>
      closing(opening({ at: NOON + n * MINUTE, user: `u${n % 2}`, tags: n % 5 === 0 ? ['five'] : [] })),
    )
    createLedgerWriter(connection)({ openings: [], ended: [], closings })
    const read = createRowReader(connection)
    expect([...read(ALL)].map(({ id }) => id)).toEqual(closings.map(({ id }) => id).reverse())
    const range = { since: NOON + 10 * MINUTE, until: NOON + 20 * MINUTE }
    expect([...read({ ...range, filter: { user: 'u0', tag: 'five' } })].map(({ at }) => (at - NOON) / MINUTE)).toEqual([
      10,
    ])
    expect([...read({ ...range, filter: {} })]).toHaveLength(10)
    connection.close()
  })

  it('that do not fit a column are rounded against the spender rather than lost', () => {
    const connection = openDatabase(path())
    const odd = closing(opening({ at: NOON + 0.25, reservedNanoUsd: -3 }), { costNanoUsd: 1.01, endedAt: NOON - 5 })
    createLedgerWriter(connection)({ openings: [], ended: [], closings: [odd] })
    expect([...createRowReader(connection)(ALL)]).toMatchObject([{ costNanoUsd: 2, reservedNanoUsd: 0, at: NOON + 1 }])
    connection.close()
  })
})
