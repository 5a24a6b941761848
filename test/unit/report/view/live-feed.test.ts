import { describe, expect, it } from 'vitest'
import { modelId } from '../../../../src/engine/matrix.ts'
import { plainText } from '../../../../src/report/view/frame.ts'
import type { LiveStatus } from '../../../../src/report/view/live-feed.ts'
import { liveHeader } from '../../../../src/report/view/live-list.ts'
import { requestSentence } from '../../../../src/report/view/spoken.ts'
import { lookOf } from '../../../../src/report/view/width.ts'
import { NOW } from '../../engine/decision/world.ts'
import { attempt, busyFeed, feed, record } from '../../tui/samples.ts'

function routes(source: ReturnType<typeof feed>): string[] {
  return source.snapshot().rows.map(({ route }) => route)
}

describe('live feed', () => {
  it('says in words and marks how each request went', () => {
    expect(routes(busyFeed())).toEqual([
      'free cheap',
      'premium dear v standard middle',
      'standard first >> second',
      'free cheap !chaos',
      'refused model_not_found',
      'refused invalid_api_key /v1/chat/completions',
      'free cheap',
      'asked for auto',
    ])
  })

  it('shows where a spent budget sent a request, in words too', () => {
    const chosen = record().decision
    if (chosen.outcome.kind !== 'chosen') throw new Error('not chosen')
    const down = { tier: 'premium', cause: 'budget' } as const
    const outcome = { ...chosen.outcome, tier: 'standard', model: modelId('middle'), downgradedFrom: down }
    const source = feed()
    source.accept({ kind: 'finished', record: record({ decision: { ...chosen, outcome, plan: [] }, attempts: [] }) })
    const [row] = source.snapshot().rows
    expect(row).toMatchObject({
      route: 'premium v standard (budget) middle',
      shortRoute: 'v (budget) middle',
      tone: 'warn',
    })
    expect(row === undefined ? '' : requestSentence(row)).toContain(
      'premium, lowered by the budget to standard middle,',
    )
  })

  it('turns one request from waiting over streaming to done, in its place', () => {
    const source = feed()
    const incoming = { requestId: 'req_a', rights: { alias: 'dev' }, asked: { model: 'auto' } }
    source.accept({ kind: 'started', incoming, at: NOW })
    source.accept({ kind: 'finished', record: record({ requestId: 'req_b' }) })
    const states = (): string[] => source.snapshot().rows.map(({ requestId, state }) => `${requestId} ${state}`)
    expect(states()).toEqual(['req_a waiting', 'req_b done'])
    source.accept({ kind: 'streaming', draft: record({ requestId: 'req_a', cost: { kind: 'pending' } }) })
    expect(states()).toEqual(['req_a streaming', 'req_b done'])
    source.accept({ kind: 'finished', record: record({ requestId: 'req_a' }) })
    expect(states()).toEqual(['req_a done', 'req_b done'])
  })

  it('does not wait for ever for one that met a bug of ours', () => {
    const source = feed()
    const incoming = { requestId: 'req_a', rights: { alias: 'dev' }, asked: { model: 'auto' } }
    source.accept({ kind: 'started', incoming, at: NOW })
    const refusal = {
      requestId: 'req_a',
      at: NOW,
      endpoint: 'chat',
      status: 500,
      code: 'internal_error',
      ms: 3,
    } as const
    source.accept({ kind: 'refused', refusal })
    expect(source.snapshot().rows).toMatchObject([{ seq: 1, requestId: 'req_a', state: 'done' }])
    source.clear()
    expect(source.snapshot().rows).toEqual([])
  })

  it('keeps two requests apart that came with the same id', () => {
    const source = feed()
    for (const at of [1, 2]) source.accept({ kind: 'finished', record: record({ requestId: 'same', at }) })
    expect(source.snapshot().rows).toHaveLength(2)
    expect([source.record(1)?.at, source.record(2)?.at]).toEqual([1, 2])
  })

  it('forgets the oldest rows, and full records sooner', () => {
    const source = feed({ rows: 10, records: 3 })
    for (let at = 1; at <= 25; at += 1) source.accept({ kind: 'finished', record: record({ requestId: `r${at}`, at }) })
    expect(source.snapshot().rows.map(({ seq }) => seq)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25])
    expect([source.record(22), source.record(23)?.at]).toEqual([null, 23])
  })

  it('clears what is over and keeps what is running', () => {
    const source = busyFeed()
    source.clear()
    expect(source.snapshot().rows.map(({ state }) => state)).toEqual(['streaming', 'waiting'])
  })

  it('counts the last minute and the last five', () => {
    const source = feed()
    const failed = { kind: 'failed', status: 502, code: 'upstream_exhausted', afterFirstByte: false } as const
    for (let index = 1; index <= 20; index += 1) {
      const timing = { ...record().timing, totalMs: index * 100 }
      source.accept({ kind: 'finished', record: record({ timing, ...(index === 20 ? { result: failed } : {}) }) })
    }
    expect(source.snapshot().figures).toEqual({ perMinute: 20, failedShare: 0.05, p50Ms: 1_000, p95Ms: 1_900 })
  })

  it('tells every listener until it leaves', () => {
    const source = feed()
    let calls = 0
    const leave = source.subscribe(() => (calls += 1))
    source.accept({ kind: 'notice', text: 'hello' })
    leave()
    source.accept({ kind: 'config', accepted: false, text: 'gateway.yaml is not valid' })
    expect(calls).toBe(1)
    expect(source.snapshot().notice).toEqual({ text: 'gateway.yaml is not valid', bad: true })
  })

  it('shows a failure with its code, and a client that left', () => {
    const source = feed()
    const failed = attempt({ status: 503, failure: 'overloaded' })
    source.accept({
      kind: 'finished',
      record: record({
        attempts: [failed],
        result: { kind: 'failed', status: 502, code: 'upstream_exhausted', afterFirstByte: false },
      }),
    })
    source.accept({ kind: 'finished', record: record({ attempts: [], result: { kind: 'client_gone', status: 499 } }) })
    expect(routes(source)).toEqual(['free cheap failed upstream_exhausted', 'free cheap client left'])
  })
})

describe('the header', () => {
  const LOOK = lookOf(true)
  const shown = (budget: LiveStatus['budget'], columns: number): string =>
    liveHeader(feed({ status: { maxSpendNanoUsd: null, budget } }).snapshot(), columns, LOOK)
      .map((shownLine) => plainText(shownLine))
      .join('\n')

  it('shows the budget that is closest to its end, with what it holds', () => {
    const budget = { name: 'per user', subject: 'anna', usedNanoUsd: 4_200_000_000, limitNanoUsd: 5_000_000_000 }
    expect(shown(budget, 120)).toContain('per user anna $4.20 of $5.00')
    expect(shown(budget, 120)).toMatch(/\[#+-*\]/)
    expect(shown(null, 120)).not.toContain('per user')
  })

  it('keeps subjects from writing into the terminal', () => {
    const budget = { name: 'per user', subject: 'a\u001b[2J', usedNanoUsd: 1, limitNanoUsd: 2 }
    expect(shown(budget, 120)).not.toContain('\u001b')
  })
})
