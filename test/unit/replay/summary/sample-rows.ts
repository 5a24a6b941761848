import type { Intent } from '../../../../src/engine/intents.ts'
import { createRandom } from '../../../../src/replay/stats/random.ts'
import type { ArmRow, PairRow } from '../../../../src/replay/types.ts'

/** An arm with usual values; tests override what they are about. */
export function arm(over: Partial<ArmRow> = {}): ArmRow {
  return {
    model: 'big-model',
    tier: 'premium',
    provider: 'acme',
    rule: null,
    reason: 'cheapest that keeps the limits',
    evidence: 'R',
    costNanoUsd: 1_000_000,
    costBasis: 'reported',
    firstTokenMs: 300,
    totalMs: 1_000,
    latencyBasis: 'recorded',
    inputTokens: 900,
    outputTokens: 100,
    metrics: {},
    scores: [],
    error: null,
    refused: false,
    ...over,
  }
}

export function pair(index: number, over: Partial<PairRow> = {}): PairRow {
  return {
    fixture: `fx_${String(index).padStart(3, '0')}`,
    file: 'fixtures/sample.jsonl',
    line: index + 2,
    session: `s_${index}`,
    turn: 0,
    intent: 'chat',
    tags: [],
    weight: 1,
    baseline: arm(),
    candidate: arm({ evidence: '=' }),
    routeChanged: false,
    ...over,
  }
}

/** A run as users have it: most routes unchanged, some cheaper and now and then wrong. Drawn from a seed. */
export function sampleRows(count: number, seed = 'sample'): PairRow[] {
  const random = createRandom(seed)
  const intents: readonly Intent[] = ['code.edit', 'chat', 'math']
  return Array.from({ length: count }, (_, i) => {
    const before = Number(random.next() < 0.87)
    const cost = Math.ceil(800_000 * (0.5 + random.next() * 3))
    const score = (value: number): Pick<ArmRow, 'metrics' | 'scores'> => ({
      metrics: { 'quality.score': value },
      scores: [
        { scorer: 'answer', metric: 'quality.score', weight: 1, score: value, binary: true, detail: `got ${value}` },
      ],
    })
    const baseline = arm({ costNanoUsd: cost, ...score(before) })
    const changed = random.next() < 0.5
    const lost = random.next() < 0.12
    const candidate = changed
      ? arm({
          model: 'small-model',
          tier: 'standard',
          rule: 'easy',
          costNanoUsd: Math.ceil(cost * (0.2 + 0.2 * random.next())),
          ...score(lost ? 0 : Math.max(before, Number(random.next() < 0.3))),
        })
      : { ...baseline, evidence: '=' as const }
    return pair(i, {
      session: `s_${Math.floor(i / 3)}`,
      turn: i % 3,
      intent: intents[Math.floor(random.next() * intents.length)] ?? 'chat',
      tags: i % 4 === 0 ? ['golden'] : [],
      baseline,
      candidate,
      routeChanged: changed,
    })
  })
}
