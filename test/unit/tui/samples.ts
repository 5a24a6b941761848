import { decide } from '../../../src/engine/decide.ts'
import type { AttemptRecord, ExchangeRecord } from '../../../src/engine/record.ts'
import { createLiveFeed, type LiveFeed, type LiveStatus } from '../../../src/report/view/live-feed.ts'
import type { Frame, Size } from '../../../src/report/view/frame.ts'
import { plainText } from '../../../src/report/view/frame.ts'
import { given, matrix, NOW, row, type Situation } from '../engine/decision/world.ts'

export const SIZES: readonly Size[] = [
  { columns: 64, rows: 16 },
  { columns: 80, rows: 24 },
  { columns: 96, rows: 30 },
  { columns: 120, rows: 40 },
]

export function attempt(over: Partial<AttemptRecord> = {}): AttemptRecord {
  const named = { model: 'cheap', provider: 'alpha', upstreamModel: 'cheap' }
  const outcome = { status: 200, failure: null, ms: 2_100, firstTokenMs: 310, retryAfterMs: null, injected: false }
  return { ...named, ...outcome, ...over }
}

/** A finished exchange over a real decision. */
export function record(over: Partial<ExchangeRecord> = {}, situation: Situation = {}): ExchangeRecord {
  return {
    schema: 'gateway.record/1',
    requestId: 'req_8f2a',
    at: NOW,
    decision: decide(given(situation)),
    session: { id: 's_1', turn: 0 },
    cache: { kind: 'bypass', why: 'off' },
    attempts: [attempt()],
    result: { kind: 'answered', status: 200, finish: 'stop' },
    usage: {
      input: 1_204,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 412,
      reasoning: 0,
      basis: 'reported',
    },
    cost: { kind: 'known', nanoUsd: 900_000, usageBasis: 'reported', priceSource: 'test', priceAsOf: '2026-01-01' },
    timing: {
      parseMs: 0.2,
      authMs: 0.1,
      decideMs: 0.4,
      firstTokenMs: 310,
      upstreamMs: 2_098,
      totalMs: 2_100,
      overheadMs: 2,
    },
    droppedParams: [],
    upstreamMode: 'live',
    clientRetry: 0,
    ...over,
  }
}

const STATUS: LiveStatus = {
  url: 'http://127.0.0.1:4100',
  config: { file: '/home/me/app/gateway.yaml', hash: '3f9c12aa', rejected: null },
  upstream: 'live',
  recording: { mode: 'new', written: 12, dropped: 0 },
  maxSpendNanoUsd: 5_000_000_000,
  budget: null,
  inFlight: 0,
  totals: { calls: 7, costNanoUsd: 430_000_000, costUnknown: 0 },
}

export interface FeedSpec {
  readonly status?: Partial<LiveStatus>
  readonly rows?: number
  readonly records?: number
}

export function feed({ status, ...limits }: FeedSpec = {}): LiveFeed {
  return createLiveFeed({
    status: () => ({ ...STATUS, ...status }),
    now: () => NOW + 5_000,
    utcOffsetMinutes: 0,
    ...limits,
  })
}

/** One of everything that the list can show. */
export function busyFeed(spec: FeedSpec = {}): LiveFeed {
  const source = feed(spec)
  const failed = { status: 503, failure: 'overloaded', ms: 400, firstTokenMs: null, retryAfterMs: 20_000 } as const
  const slow = { ms: 5_600, firstTokenMs: 1_400 }
  source.accept({ kind: 'finished', record: record({ requestId: 'req_1' }, { intent: 'code.generate' }) })
  const lower = [
    attempt({ ...failed, model: 'dear', upstreamModel: 'dear', cooldownMs: 20_000 }),
    attempt({ ...slow, model: 'middle', upstreamModel: 'middle', waitedMs: 150, retryOf: 0 }),
  ]
  const best = { intent: 'reasoning', config: { defaultPolicy: 'best' } } as const
  source.accept({ kind: 'finished', record: record({ requestId: 'req_2', at: NOW + 1_000, attempts: lower }, best) })
  const other = [
    attempt({ ...failed, model: 'first', upstreamModel: 'first' }),
    attempt({ ...slow, model: 'second', upstreamModel: 'second' }),
  ]
  const twins = { matrix: matrix(row('first'), row('second')) }
  source.accept({ kind: 'finished', record: record({ requestId: 'req_2b', at: NOW + 1_500, attempts: other }, twins) })
  source.accept({
    kind: 'finished',
    record: record({
      requestId: 'req_3',
      at: NOW + 2_000,
      attempts: [attempt({ status: 429, failure: 'rate_limited', injected: true }), attempt()],
    }),
  })
  source.accept({
    kind: 'finished',
    record: record(
      {
        requestId: 'req_4',
        at: NOW + 2_500,
        attempts: [],
        result: { kind: 'refused', status: 404, code: 'model_not_found' },
        usage: null,
        cost: { kind: 'none' },
      },
      { model: 'nonsense' },
    ),
  })
  const refusal = { requestId: 'req_5', at: NOW + 2_700, endpoint: '/v1/chat/completions', status: 401, ms: 1 }
  source.accept({ kind: 'refused', refusal: { ...refusal, code: 'invalid_api_key' } })
  source.accept({
    kind: 'streaming',
    draft: record({ requestId: 'req_6', at: NOW + 3_000, cost: { kind: 'pending' } }),
  })
  const asked = { requestId: 'req_7', rights: { alias: 'dev-b' }, asked: { model: 'auto' } }
  source.accept({ kind: 'started', incoming: asked, at: NOW + 4_000 })
  return source
}

export function screenText(frame: Frame): string {
  return frame.map((line) => plainText(line).trimEnd()).join('\n')
}
