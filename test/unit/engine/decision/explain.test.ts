import { describe, expect, it } from 'vitest'
import { decide } from '../../../../src/engine/decide.ts'
import { compareDecisions } from '../../../../src/engine/explain/compare.ts'
import { flip, type FlipReport } from '../../../../src/engine/explain/flip.ts'
import * as vary from '../../../../src/engine/explain/vary.ts'
import { whyNot } from '../../../../src/engine/explain/why-not.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import type { Policy } from '../../../../src/engine/routing-config.ts'
import { given, matrix, resultOf, row, session, type Situation } from './world.ts'

const WEIGHTED: Policy = {
  kind: 'weighted',
  weights: { quality: 0.5, cost: 0.3, latency: 0.2 },
  require: {},
  relax: [],
  strict: false,
}
const weighted: Situation = { config: { policies: { w: WEIGHTED }, defaultPolicy: 'w' } }

describe('why not', () => {
  function kind(model: string, situation: Situation = {}): string {
    return whyNot(decide(given(situation)), model).kind
  }

  it('names the filter with its numbers', () => {
    const decision = decide(given({ rights: { tierCeiling: 'free' } }))
    expect(whyNot(decision, 'dear')).toEqual({
      kind: 'rejected',
      model: 'dear',
      rejection: { code: 'tier_above_ceiling', tier: 'premium', ceiling: 'free' },
      rule: null,
    })
  })

  it('shows how far a candidate was outscored, axis by axis', () => {
    const found = whyNot(decide(given(weighted)), 'dear')
    expect(found).toMatchObject({ kind: 'outscored', winner: 'middle' })
    const gaps = found.kind === 'outscored' ? found.gaps : {}
    expect(gaps.quality).toBeCloseTo(-0.25)
    expect(gaps.cost).toBeCloseTo(0.3 * (12.6 / 13.86))
    expect(gaps.latency).toBeCloseTo(0.16)
  })

  it('tells limits, ties, lists, sessions, unknown names and the choice itself apart', () => {
    expect(kind('cheap')).toBe('chosen')
    expect(kind('nobody')).toBe('unknown_model')
    expect(kind('b', { matrix: matrix(row('a'), row('b')) })).toBe('tie')
    const policies = { cheapest: { ...WEIGHTED, kind: 'minimize_cost' as const, require: { qualityMin: 0.7 } } }
    expect(kind('cheap', { config: { policies } })).toBe('broken_limits')
    expect(kind('cheap', { config: { sticky: 'session' }, state: { session: session('dear') } })).toBe('session_kept')
    const models = [modelId('dear'), modelId('cheap')]
    expect(kind('cheap', { config: { rules: [{ name: 'r', when: {}, models, order: 'listed' }] } })).toBe(
      'listed_later',
    )
  })

  it('says for a strict refusal which limit each model breaks', () => {
    const strict = { ...WEIGHTED, require: { qualityMin: 0.99 }, strict: true }
    const decision = decide(given({ config: { policies: { w: strict }, defaultPolicy: 'w' } }))
    expect(whyNot(decision, 'dear')).toMatchObject({ kind: 'broken_limits', axes: ['quality'] })
  })
})

describe('flip', () => {
  function changeOf(report: FlipReport, kind: string, axis?: string): unknown {
    return report.flips.find(
      ({ change }) => change.kind === kind && (axis === undefined || ('axis' in change && change.axis === axis)),
    )
  }

  it('finds the exact edge of a rule on tokens', () => {
    const rules = [{ name: 'long', when: { inputTokens: { op: '>', value: 54_321 } as const }, tier: 'premium' }]
    const report = flip(given({ config: { rules } }))
    expect(changeOf(report, 'input_tokens')).toMatchObject({
      change: { from: 1_000, to: 54_322 },
      becomes: 'dear',
    })
    const back = flip(given({ config: { rules }, features: { inputTokens: 60_000 } }))
    expect(changeOf(back, 'input_tokens')).toMatchObject({ change: { from: 60_000, to: 54_321 }, becomes: 'cheap' })
  })

  it('finds complexity, limits and health', () => {
    const rules = [{ name: 'hard', when: { complexity: { op: '>=', value: 0.613 } as const }, tier: 'premium' }]
    const policies = { cheapest: { ...WEIGHTED, kind: 'minimize_cost' as const, require: { qualityMin: 0.6 } } }
    const report = flip(given({ config: { rules, policies } }))
    expect(report.current).toBe('cheap')
    expect(changeOf(report, 'complexity')).toMatchObject({ change: { from: 0.5, to: 0.613 }, becomes: 'dear' })
    expect(changeOf(report, 'limit', 'quality')).toMatchObject({ change: { from: 0.6, to: 0.601 }, becomes: 'middle' })
    expect(changeOf(report, 'health')).toMatchObject({
      change: { model: 'cheap', state: 'down' },
      becomes: 'middle',
      size: 1,
    })
  })

  it('each flip really flips, one step before it nothing does, and the smallest comes first', () => {
    const input = given(weighted)
    const { flips, current } = flip(input)
    expect(current).toBe('middle')
    expect(flips.map((found) => found.size)).toEqual(flips.map((found) => found.size).toSorted((a, b) => a - b))
    const weight = flips.find(({ change }) => change.kind === 'weight' && change.axis === 'cost')?.change
    const to = weight?.kind === 'weight' ? weight.to : Number.NaN
    const at = (cost: number): string =>
      resultOf(decide(vary.withPolicy(input, 'w', { ...WEIGHTED, weights: { ...WEIGHTED.weights, cost } })))
    expect(at(to)).not.toBe('chosen middle')
    expect(at(to < 0.3 ? to + 0.001 : to - 0.001)).toBe('chosen middle')
  })

  it('finds the price at which a rival wins', () => {
    const rows = matrix(row('a', { price: { input: 1, output: 1 } }), row('b', { price: { input: 2, output: 2 } }))
    const report = flip(given({ matrix: rows }))
    // a costs 1.2 m$ and b 2.4 m$; at half its price b ties and loses by name, so it takes a little less.
    expect(changeOf(report, 'price')).toMatchObject({ change: { model: 'b', factor: 0.499 }, becomes: 'b' })
  })

  it('finds what would make a refused request routable, or nothing', () => {
    const report = flip(given({ features: { inputTokens: 130_000 } }))
    expect(report.current).toBeNull()
    expect(changeOf(report, 'input_tokens')).toMatchObject({ change: { to: 128_000 }, becomes: 'cheap' })
    expect(flip(given({ matrix: matrix() }))).toEqual({ current: null, flips: [] })
  })
})

describe('comparison', () => {
  it('is empty for equal decisions', () => {
    expect(compareDecisions(decide(given()), decide(given()))).toEqual([])
  })

  it('puts the outcome first, then the plan, then each model that stands differently', () => {
    const rules = [{ name: 'r', when: {}, tier: 'premium' }]
    const before = decide(given({ rights: { tierCeiling: 'standard' } }))
    const after = decide(given({ config: { rules } }))
    expect(compareDecisions(before, after)).toMatchObject([
      { kind: 'choice', from: 'cheap (free) on alpha', to: 'dear (premium) on alpha' },
      { kind: 'rule', from: null, to: 'r' },
      { kind: 'because' },
      { kind: 'plan', from: ['alpha/cheap'], to: ['alpha/dear', 'alpha/middle', 'alpha/cheap'] },
      { kind: 'dropped', model: 'cheap', now: { code: 'tier_below_floor' } },
      { kind: 'admitted', model: 'dear', was: { code: 'tier_above_ceiling' } },
      { kind: 'dropped', model: 'middle' },
    ])
  })

  it('tells new and gone models, other reasons and other scores apart', () => {
    const kinds = (a: Situation, b: Situation): readonly string[] =>
      compareDecisions(decide(given(a)), decide(given(b))).map((difference) => difference.kind)
    const one = { matrix: matrix(row('a'), row('b', { contextWindow: 1 })) }
    const two = { matrix: matrix(row('a'), row('b', { contextWindow: 2 }), row('c', { contextWindow: 1 })) }
    expect(kinds(one, two)).toEqual(['rejection', 'added'])
    expect(kinds(two, one)).toEqual(['rejection', 'removed'])
    expect(
      kinds(weighted, {
        config: {
          policies: { w: { ...WEIGHTED, weights: { quality: 0.5, cost: 0.31, latency: 0.2 } } },
          defaultPolicy: 'w',
        },
      }),
    ).toContain('score')
  })
})
