import type { LedgerOpening, LedgerRow } from '../../../src/engine/ledger.ts'

export const NOON = Date.UTC(2026, 2, 10, 12)
let count = 0

export function opening(changes: Partial<LedgerOpening> = {}): LedgerOpening {
  count += 1
  const requestId = changes.requestId ?? `req_${count.toString(16).padStart(32, '0')}`
  const attempt = changes.attempt ?? 0
  return {
    id: `${requestId}.${attempt}`,
    requestId,
    attempt,
    at: NOON,
    keyId: 'key_a',
    alias: 'team-a',
    groups: ['staff'],
    user: 'ada',
    project: 'docs',
    tags: [],
    endpoint: 'chat.completions',
    model: 'gpt-5-nano',
    tier: 'free',
    provider: 'openai',
    upstreamModel: 'gpt-5-nano-2026',
    intent: 'math',
    configHash: 'abcdef012345',
    reservedNanoUsd: 5000,
    ...changes,
  }
}

export function closing(opened: LedgerOpening, changes: Partial<LedgerRow> = {}): LedgerRow {
  return {
    ...opened,
    endedAt: opened.at + 1200,
    outcome: 'answered',
    failure: null,
    status: 200,
    usage: { input: 100, cacheRead: 20, cacheWrite5m: 3, cacheWrite1h: 4, output: 50, reasoning: 7, basis: 'reported' },
    costNanoUsd: 1234,
    costBasis: 'reported',
    priceSource: 'models.dev',
    priceAsOf: '2026-02-01',
    cache: 'bypass',
    ...changes,
  }
}
