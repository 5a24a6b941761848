import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../../../src/engine/decide.ts'
import { isRejected, type Rejection } from '../../../../src/engine/decision.ts'
import { count, duration, share, usd } from '../../../../src/engine/describe/amounts.ts'
import { describeDifference } from '../../../../src/engine/describe/difference.ts'
import { describeFlip } from '../../../../src/engine/describe/flip.ts'
import { describeOutcome } from '../../../../src/engine/describe/outcome.ts'
import { reasonCode } from '../../../../src/engine/record-facts.ts'
import { describeRejection } from '../../../../src/engine/describe/rejection.ts'
import { describeWhyNot } from '../../../../src/engine/describe/why-not.ts'
import { compareDecisions } from '../../../../src/engine/explain/compare.ts'
import { whyNot } from '../../../../src/engine/explain/why-not.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import { anyInput } from './arbitrary.ts'
import { budget, given, NOW, session } from './world.ts'

describe('amounts', () => {
  it.each([
    [0, '$0'],
    [910_000, '$.00091'],
    [12_345, '$.000012'],
    [1, '$.000000001'],
    [14_300_000, '$.0143'],
    [430_000_000, '$.430'],
    [12_300_000_000, '$12.30'],
    [-910_000, '-$.00091'],
  ])('%d nano-dollars read %s', (nanoUsd, text) => {
    expect(usd(nanoUsd)).toBe(text)
  })

  it('keep counts, shares and durations short', () => {
    expect([999, 1_234, 41_000, 128_000, 1_050_000].map((value) => count(value))).toEqual([
      '999',
      '1.2k',
      '41k',
      '128k',
      '1.05M',
    ])
    expect([0.8123, 1, 0, -0.03, -0.0001].map((value) => share(value))).toEqual([
      '.812',
      '1.000',
      '.000',
      '-.030',
      '.000',
    ])
    expect([850, 3_200, 9_000, 840_000].map((value) => duration(value))).toEqual(['850ms', '3.2s', '9s', '14m'])
  })
})

describe('reasons in English', () => {
  it.each<[Rejection, string]>([
    [
      { code: 'context_window_exceeded', needTokens: 41_000, windowTokens: 32_000 },
      'needs 41k tokens, the window is 32k',
    ],
    [{ code: 'tier_above_ceiling', tier: 'premium', ceiling: 'free' }, 'tier premium is above the ceiling free'],
    [{ code: 'provider_no_credentials', providers: ['a', 'b'] }, 'no credentials for a, b'],
    [{ code: 'provider_no_credentials', providers: [] }, 'no configured provider serves it'],
    [
      { code: 'provider_unhealthy', state: 'open', reason: '503 x5 in 60s', retryAt: NOW + 11_200 },
      'breaker open (503 x5 in 60s, retry in 12s)',
    ],
    [
      { code: 'budget_exhausted', budget: 'per user', subject: 'anna', leftNanoUsd: 0, neededNanoUsd: 910_000 },
      'budget "per user" of anna has $0 left, needs about $.00091',
    ],
    [{ code: 'price_unknown', budget: 'per user' }, 'no known price, and budget "per user" applies'],
  ])('%j', (rejection, text) => {
    expect(describeRejection(rejection, NOW)).toBe(text)
  })

  it('say what gave way', () => {
    const spent = budget({ leftNanoUsd: 0, modelClass: { kind: 'tier', tier: 'premium' } })
    const { outcome } = decide(given({ model: 'auto:best', state: { budgets: [spent] } }))
    expect(describeOutcome(outcome)).toBe(
      'middle (standard) on alpha: highest expected quality; down from premium, whose budget is spent',
    )
    expect(describeOutcome(decide(given({ model: 'midle' })).outcome)).toBe(
      'no model, alias, policy or tier has this name; did you mean "middle"?',
    )
  })

  it('say why not, with the figures that made the difference', () => {
    const decision = decide(given())
    expect(describeWhyNot(whyNot(decision, 'dear'))).toBe(
      'dear scores .000, cheap 1.000, most by cost: about $.0140 against about $.00014',
    )
    const kept = decide(given({ config: { sticky: 'session' }, state: { session: session('dear') } }))
    expect(describeWhyNot(whyNot(kept, 'cheap'))).toBe('the conversation stays on dear although cheap scores higher')
  })

  it('give changes as conditions', () => {
    const [weight, price, tokens] = [
      { change: { kind: 'weight', axis: 'cost', from: 0.3, to: 0.37 }, becomes: modelId('m'), size: 0.07 },
      { change: { kind: 'price', model: modelId('m'), factor: 0.75 }, becomes: modelId('m'), size: 0.25 },
      { change: { kind: 'input_tokens', from: 10, to: 32_001 }, becomes: null, size: 3_200 },
    ] as const
    expect(describeFlip(weight)).toBe('cost weight >= .370 (now .300) -> m')
    expect(describeFlip(price)).toBe('m 25.0% cheaper -> m')
    expect(describeFlip(tokens)).toBe('prompt >= 32001 tokens (now 10) -> refused')
  })

  it('exist for whatever decide() can say, in one line, and never with a hole', () => {
    fc.assert(
      fc.property(anyInput, anyInput, (input, other) => {
        const [decision, second] = [decide(input), decide(other)]
        const texts = [
          describeOutcome(decision.outcome),
          ...decision.candidates.map((candidate) =>
            isRejected(candidate)
              ? describeRejection(candidate.rejected, input.now)
              : describeWhyNot(whyNot(decision, candidate.model)),
          ),
          ...compareDecisions(decision, second).map((difference) => describeDifference(difference)),
        ]
        for (const text of texts) {
          expect(text).toMatch(/^\S.*\S$/u)
          expect(text).not.toMatch(/undefined|null|NaN|\[object/u)
        }
      }),
      { seed: 99, numRuns: 400 },
    )
  })
})

describe('reason code', () => {
  it('is one header-safe word for any decision', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        expect(reasonCode(decide(input))).toMatch(/^[a-z_]+(\+[a-z_]+)*(;rule=.+)?$/u)
      }),
      { seed: 5, numRuns: 300 },
    )
  })

  it('names what settled the choice and what gave way', () => {
    expect(reasonCode(decide(given()))).toBe('minimize_cost')
    expect(reasonCode(decide(given({ model: 'nobody' })))).toBe('model_not_found')
    const rules = [{ name: 'r', when: {}, tier: 'premium' }]
    const spent = budget({ leftNanoUsd: 0, modelClass: { kind: 'tier', tier: 'premium' } })
    expect(reasonCode(decide(given({ config: { rules }, state: { budgets: [spent] } })))).toBe(
      'only_candidate+budget_downgrade;rule=r',
    )
  })
})
