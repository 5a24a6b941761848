import { describe, expect, it } from 'vitest'
import { decide } from '../../../../src/engine/decide.ts'
import { isRejected, type Score } from '../../../../src/engine/decision.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import type { Policy, Requirements } from '../../../../src/engine/routing-config.ts'
import { FASTEST, given, latency, matrix, resultOf, row, step, THREE, type Situation } from './world.ts'

function under(policy: Policy, situation: Situation = {}): ReturnType<typeof decide> {
  return decide(given({ ...situation, config: { policies: { p: policy }, defaultPolicy: 'p', ...situation.config } }))
}

function scoreOf(decision: ReturnType<typeof decide>, model: string): Score {
  const candidate = decision.candidates.find((entry) => entry.model === model)
  if (candidate === undefined || isRejected(candidate)) throw new Error(`${model} has no score`)
  return candidate.score
}

function weighted(quality: number, cost: number, latencyWeight: number): Policy {
  const weights = { quality, cost, latency: latencyWeight }
  return { kind: 'weighted', weights, require: {}, relax: [], strict: false }
}

describe('policies', () => {
  it('minimise cost, maximise quality and minimise latency each follow their axis', () => {
    expect(resultOf(decide(given()))).toBe('chosen cheap')
    expect(resultOf(decide(given({ model: 'auto:best' })))).toBe('chosen dear')
    const world = matrix(row('slow', { firstTokenP95Ms: 2_000 }), row('quick', { firstTokenP95Ms: 200 }))
    expect(resultOf(under(FASTEST, { matrix: world }))).toBe('chosen quick')
  })

  it('weights scale each axis over the candidates, and the parts add up to the score', () => {
    const decision = under(weighted(0.5, 0.3, 0.2))
    // Quality .60/.75/.90, cost 0.14/1.4/14 m$, total latency 2250/2500/3500 ms.
    const middle = scoreOf(decision, 'middle')
    expect(middle.parts.quality).toBeCloseTo(0.25)
    expect(middle.parts.cost).toBeCloseTo(0.3 * (12.6 / 13.86))
    expect(middle.parts.latency).toBeCloseTo(0.2 * 0.8)
    expect(middle.total).toBe((middle.parts.quality ?? 0) + (middle.parts.cost ?? 0) + (middle.parts.latency ?? 0))
    expect(decision.outcome).toMatchObject({ model: 'middle', runnerUp: 'cheap', because: { policyKind: 'weighted' } })
    expect(resultOf(under(weighted(0.9, 0.05, 0.05)))).toBe('chosen dear')
    expect(resultOf(under(weighted(0.05, 0.9, 0.05)))).toBe('chosen cheap')
  })

  it('the margin is the distance to the runner-up', () => {
    const { outcome } = decide(given())
    expect(outcome).toMatchObject({ runnerUp: 'middle' })
    expect(outcome.kind === 'chosen' ? outcome.margin : null).toBeCloseTo(1 - 12.6 / 13.86)
  })

  it('a tie is settled by name', () => {
    const decision = decide(given({ matrix: matrix(row('zeta'), row('beta'), row('alpha')) }))
    expect(decision.outcome).toMatchObject({ model: 'alpha', because: { kind: 'tie_by_name' }, margin: 0 })
  })

  it('an unknown price never looks cheap, an unknown latency counts as middling', () => {
    const rows = matrix(row('known', { price: { input: 99, output: 99 } }), row('blank', { price: null }))
    expect(resultOf(decide(given({ matrix: rows })))).toBe('chosen known')
    const speeds = matrix(
      row('fast', { firstTokenP95Ms: 100 }),
      row('slow', { firstTokenP95Ms: 9_000 }),
      row('unknown'),
    )
    const decision = under(FASTEST, { matrix: speeds })
    expect(['fast', 'unknown', 'slow'].map((model) => scoreOf(decision, model).total)).toEqual([1, 0.5, 0])
  })

  it('takes the quality of the intent, else the overall one, else a prior by tier that says so', () => {
    const world = matrix(
      row('both', { quality: 0.5, intents: { math: { value: 0.9, source: 'user' } } }),
      row('overall', { quality: 0.7 }),
      row('none', { tier: 'premium' }),
    )
    const math = decide(given({ matrix: world, intent: 'math' }))
    expect(scoreOf(math, 'both').quality).toEqual({ value: 0.9, source: 'user' })
    expect(scoreOf(math, 'overall').quality).toEqual({ value: 0.7, source: 'measured' })
    expect(scoreOf(math, 'none').quality).toEqual({ value: 0.8, source: 'prior' })
    const unknown = decide(given({ matrix: world, intent: 'unknown' }))
    expect(scoreOf(unknown, 'both').quality).toEqual({ value: 0.5, source: 'measured' })
  })

  it('live latency wins over that of the matrix', () => {
    const world = matrix(row('a', { firstTokenP95Ms: 200 }), row('b', { firstTokenP95Ms: 400 }))
    expect(resultOf(under(FASTEST, { matrix: world }))).toBe('chosen a')
    const state = { latency: { [modelId('a')]: latency(5_000) } }
    expect(resultOf(under(FASTEST, { matrix: world, state }))).toBe('chosen b')
  })
})

describe('expected cost', () => {
  function costOf(situation: Situation): unknown {
    return scoreOf(decide(given({ matrix: matrix(row('m')), ...situation })), 'm').expectedCost
  }

  it('uses the price step of the real size', () => {
    const steps = [step({ input: 1, output: 2 }), step({ input: 2, output: 4 }, 200_000)]
    const world = matrix({
      ...row('m', { contextWindow: null }),
      prices: { steps, source: 'test', asOf: '2026-01-01' },
    })
    expect(costOf({ matrix: world, features: { inputTokens: 200_000 } })).toMatchObject({ nanoUsd: 200_400_000 })
    expect(costOf({ matrix: world, features: { inputTokens: 200_001 } })).toMatchObject({ nanoUsd: 400_802_000 })
  })

  it('takes the output length from history, else from a prior, never above what client or model allow', () => {
    const outputTokens = { 'chat|m': { mean: 120.4, p99: 500, n: 9 } }
    expect(costOf({ state: { outputTokens } })).toMatchObject({ outputTokens: 121, outputBasis: 'history' })
    expect(costOf({ state: { outputTokens }, features: { maxOutputTokens: 50 } })).toMatchObject({ outputTokens: 50 })
    expect(costOf({})).toMatchObject({ outputTokens: 200, outputBasis: 'prior' })
    expect(costOf({ features: { maxOutputTokens: 50 } })).toMatchObject({
      outputTokens: 50,
      outputBasis: 'client_limit',
    })
    expect(costOf({ config: { defaultMaxOutput: 30 } })).toMatchObject({ outputTokens: 30, outputBasis: 'prior' })
    expect(costOf({ matrix: matrix(row('m', { maxOutput: 20 })) })).toMatchObject({ outputTokens: 20 })
  })

  it('counts every answer that was asked for', () => {
    const needs = { ...given().features.needs, choices: 3 }
    expect(costOf({ features: { needs } })).toMatchObject({ outputTokens: 600 })
  })

  it('costs an embedding by its input alone', () => {
    const world = matrix(row('m', { kind: 'embedding', price: { input: 1, output: 0 } }))
    expect(costOf({ matrix: world, endpoint: 'embeddings' })).toMatchObject({ nanoUsd: 1_000_000, outputTokens: 0 })
  })
})

describe('limits of a policy', () => {
  function requiring(require: Requirements, over: Partial<Pick<Policy, 'relax' | 'strict'>> = {}): Policy {
    return { kind: 'minimize_cost', require, relax: [], strict: false, ...over }
  }

  function bestUnder(require: Requirements, strict: boolean): Policy {
    return { kind: 'maximize_quality', require, relax: [], strict }
  }

  it('bind measured and user values', () => {
    expect(resultOf(under(requiring({ qualityMin: 0.7 })))).toBe('chosen middle')
    expect(resultOf(under(requiring({ qualityMin: 0.75 })))).toBe('chosen middle')
    expect(resultOf(under(requiring({ firstTokenP95MaxMs: 400 }, { relax: ['latency'] })))).toBe('chosen cheap')
    expect(resultOf(under(bestUnder({ costPerRequestMaxNanoUsd: 2_000_000 }, false)))).toBe('chosen middle')
  })

  it('neither pass nor fail what is unmeasured, and the score says so', () => {
    const guessed = matrix(
      row('guessed', { quality: 0.1, qualitySource: 'prior' }),
      row('measured', { quality: 0.9, price: { input: 9, output: 9 } }),
    )
    const decision = under(requiring({ qualityMin: 0.8, firstTokenP95MaxMs: 100 }), { matrix: guessed })
    expect(resultOf(decision)).toBe('chosen guessed')
    expect(scoreOf(decision, 'guessed').limits).toEqual([
      { axis: 'quality', state: 'unmeasured' },
      { axis: 'latency', state: 'unmeasured' },
    ])
    expect(scoreOf(decision, 'measured').limits[0]).toEqual({ axis: 'quality', state: 'kept' })
  })

  it('are given up in the order of the policy, and no more of them than needed', () => {
    // dear keeps quality and breaks latency; cheap and middle the other way round.
    const require = { qualityMin: 0.85, firstTokenP95MaxMs: 1_500 }
    const latencyFirst = under(requiring(require, { relax: ['latency', 'quality'] }))
    expect(latencyFirst.outcome).toMatchObject({ model: 'dear', relaxed: ['latency'] })
    const qualityFirst = under(requiring(require, { relax: ['quality', 'latency'] }))
    expect(qualityFirst.outcome).toMatchObject({ model: 'cheap', relaxed: ['quality'] })
    const onlyQualityHelps = under(
      requiring({ qualityMin: 0.95, firstTokenP95MaxMs: 600 }, { relax: ['latency', 'quality'] }),
    )
    expect(onlyQualityHelps.outcome).toMatchObject({ model: 'cheap', relaxed: ['quality'] })
  })

  it('are given up all the same when the policy names no order', () => {
    expect(under(requiring({ qualityMin: 0.99 })).outcome).toMatchObject({ model: 'cheap', relaxed: ['quality'] })
  })

  it('strict refuses instead', () => {
    const decision = under(requiring({ qualityMin: 0.99 }, { strict: true, relax: ['quality'] }))
    expect(resultOf(decision)).toBe('refused no_capable_model')
    expect(scoreOf(decision, 'dear').limits).toEqual([{ axis: 'quality', state: 'broken' }])
  })

  it('keep a strict policy’s fallbacks within them too', () => {
    const decision = under(bestUnder({ qualityMin: 0.7 }, true))
    expect(decision.plan.map((attempt) => attempt.model)).toEqual(['dear', 'middle'])
  })
})

describe('rules', () => {
  function chosenWith(when: object, situation: Situation = {}): string {
    return resultOf(decide(given({ ...situation, config: { rules: [{ name: 'r', when, tier: 'premium' }] } })))
  }
  const HELD = 'chosen dear'
  const NOT_HELD = 'chosen cheap'
  const SIGHTED = matrix(...THREE.rows.map((entry) => ({ ...entry, inputModalities: [] })))

  it.each([
    ['intent', { intent: ['math', 'code.*'] }, { intent: 'code.review' }, { intent: 'chat' }],
    ['complexity', { complexity: { op: '>=', value: 0.6 } }, { complexity: 0.6 }, { complexity: 0.59 }],
    ['input tokens', { inputTokens: { op: '>', value: 1000 } }, { features: { inputTokens: 1001 } }, {}],
    ['language', { language: ['de'] }, { features: { language: 'de' } }, {}],
    ['modality', { modality: ['image'] }, { features: { modalities: ['text', 'image'] } }, {}],
    ['tools', { tools: true }, { features: { needs: { ...given().features.needs, tools: true } } }, {}],
    ['key', { key: ['ci'] }, { rights: { alias: 'ci' } }, {}],
    ['group', { group: ['research'] }, { rights: { groups: ['a', 'research'] } }, { rights: { groups: ['a'] } }],
    ['user', { user: ['anna'] }, { rights: { user: 'anna' } }, { rights: { user: 'ben' } }],
    ['project', { project: ['docs'] }, { rights: { project: 'docs' } }, {}],
    ['tags', { tags: ['golden'] }, { hints: { tags: ['x', 'golden'] } }, { hints: { tags: ['x'] } }],
  ] as const)('test %s', (_name, when, held, notHeld) => {
    expect(chosenWith(when, { ...held, matrix: SIGHTED })).toBe(HELD)
    expect(chosenWith(when, notHeld)).toBe(NOT_HELD)
  })

  it('test the time of day in UTC, also over midnight', () => {
    const at = (hour: number): Situation => ({ now: 1_772_323_200_000 + hour * 3_600_000 })
    const office = { timeOfDay: { fromMinute: 8 * 60, toMinute: 18 * 60 } }
    expect([7.99, 8, 17.99, 18].map((hour) => chosenWith(office, at(hour)))).toEqual([NOT_HELD, HELD, HELD, NOT_HELD])
    const night = { timeOfDay: { fromMinute: 22 * 60, toMinute: 6 * 60 } }
    expect([21, 22, 23.5, 0, 5.9, 6].map((hour) => chosenWith(night, at(hour)) === HELD)).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it('must hold in all their parts', () => {
    const when = { intent: ['chat'], language: ['de'] }
    expect(chosenWith(when)).toBe(NOT_HELD)
    expect(chosenWith(when, { features: { language: 'de' } })).toBe(HELD)
  })

  it('decide by the first match', () => {
    const rules = [
      { name: 'never', when: { intent: ['math'] }, tier: 'premium' },
      { name: 'first', when: {}, models: [modelId('middle')] },
      { name: 'second', when: {}, tier: 'premium' },
    ]
    const { outcome } = decide(given({ config: { rules } }))
    expect(outcome).toMatchObject({
      model: 'middle',
      rule: { name: 'first', index: 1 },
      because: { kind: 'only_candidate' },
    })
  })

  it('a listed order beats the policy and is the order of the plan, whatever the tiers', () => {
    const models = [modelId('middle'), modelId('dear'), modelId('cheap')]
    const decision = decide(given({ config: { rules: [{ name: 'r', when: {}, models, order: 'listed' }] } }))
    expect(decision.outcome).toMatchObject({ model: 'middle', because: { kind: 'listed_first' }, runnerUp: 'dear' })
    expect(decision.plan.map((attempt) => [attempt.model, attempt.why])).toEqual([
      ['middle', 'choice'],
      ['dear', 'higher_tier'],
      ['cheap', 'lower_tier'],
    ])
  })

  it('are passed over when they name nothing of the alias asked for, and the decision says so', () => {
    const rules = [
      { name: 'others', when: {}, models: [modelId('dear')] },
      { name: 'tier', when: {}, tier: 'free' },
    ]
    const aliases = { chat: [modelId('cheap'), modelId('middle')] }
    const decision = decide(given({ model: 'chat', config: { rules, aliases, defaultPolicy: 'best' } }))
    expect(decision.outcome).toMatchObject({ model: 'cheap', rule: { name: 'tier' } })
    expect(decision.skippedRules).toEqual([{ name: 'others', index: 0 }])
  })

  it('are not passed over for what the key may not use: that refuses', () => {
    const rules = [{ name: 'r', when: {}, models: [modelId('dear')] }]
    expect(resultOf(decide(given({ config: { rules }, rights: { models: ['cheap'] } })))).toBe(
      'refused model_not_allowed',
    )
  })

  it('a tier without an eligible model falls to the next lower one', () => {
    const rules = [{ name: 'r', when: {}, tier: 'premium' }]
    const lower = matrix(...THREE.rows.map((entry) => (entry.id === 'dear' ? { ...entry, contextWindow: 1 } : entry)))
    const decision = decide(given({ config: { rules }, matrix: lower }))
    expect(decision.outcome).toMatchObject({ model: 'middle', downgradedFrom: { tier: 'premium', cause: 'tier' } })
  })
})
