import { describe, expect, it } from 'vitest'
import { decide } from '../../../../src/engine/decide.ts'
import { globMatches } from '../../../../src/engine/budgets/concerns.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import type { BudgetLeft } from '../../../../src/engine/state.ts'
import { budget, given, matrix, rejectionCode, resultOf, row, THREE, type Situation } from './world.ts'

function decided(budgets: readonly BudgetLeft[], situation: Situation = {}): ReturnType<typeof decide> {
  return decide(given({ ...situation, state: { ...situation.state, budgets } }))
}

const BEST: Situation = { model: 'auto:best' }
const PREMIUM = { kind: 'tier', tier: 'premium' } as const

describe('budgets', () => {
  it('warn from their warning share on, whatever they do when spent', () => {
    const at = (leftNanoUsd: number): number =>
      decided([budget({ leftNanoUsd, onExceed: 'warn' })]).budgetWarnings.length
    expect([at(200_000_001), at(200_000_000), at(-5)]).toEqual([0, 1, 1])
    expect(decided([budget({ leftNanoUsd: 100_000_000 })]).budgetWarnings).toEqual([
      { budget: 'b', subject: 'anna', leftNanoUsd: 100_000_000, limitNanoUsd: 1_000_000_000 },
    ])
  })

  it('that only warn keep no model out', () => {
    expect(resultOf(decided([budget({ leftNanoUsd: -1, onExceed: 'warn' })], BEST))).toBe('chosen dear')
  })

  it('downgrade: a spent class makes way for the next tier, and the decision says so', () => {
    const decision = decided([budget({ leftNanoUsd: 0, modelClass: PREMIUM })], BEST)
    expect(decision.outcome).toMatchObject({ model: 'middle', downgradedFrom: { tier: 'premium', cause: 'budget' } })
    expect(rejectionCode(decision, 'dear')).toBe('budget_exhausted')
    expect(decision.plan.map((attempt) => attempt.model)).toEqual(['middle', 'cheap'])
  })

  it('count as spent for a model that costs more than what is left', () => {
    // dear needs 14 m$, middle 1.4 m$, cheap 0.14 m$.
    expect(resultOf(decided([budget({ leftNanoUsd: 14_000_000 })], BEST))).toBe('chosen dear')
    expect(resultOf(decided([budget({ leftNanoUsd: 13_999_999 })], BEST))).toBe('chosen middle')
    expect(resultOf(decided([budget({ leftNanoUsd: 1_399_999 })], BEST))).toBe('chosen cheap')
    expect(resultOf(decided([budget({ leftNanoUsd: 0 })], BEST))).toBe('refused budget_exceeded')
  })

  it('never lead to a higher tier', () => {
    const rules = [{ name: 'r', when: {}, models: [modelId('middle'), modelId('dear')] }]
    const standard = { kind: 'tier', tier: 'standard' } as const
    const spent = [budget({ leftNanoUsd: 0, modelClass: standard })]
    expect(resultOf(decided(spent, { config: { rules } }))).toBe('refused budget_exceeded')
    const twins = matrix(...THREE.rows, row('other', { price: { input: 3, output: 3 }, quality: 0.7 }))
    const onlyMiddle = [budget({ leftNanoUsd: 0, modelClass: { kind: 'pattern', pattern: 'mid*' } })]
    const decision = decided(onlyMiddle, { matrix: twins, model: 'tier:standard' })
    expect(decision.outcome).toMatchObject({ model: 'other', downgradedFrom: null })
  })

  it('bar the tiers above the one whose budget is spent', () => {
    const rows = matrix(
      row('a-free', { tier: 'free', price: { input: 9, output: 9 } }),
      row('b-standard', { tier: 'standard', price: { input: 1, output: 1 } }),
      row('c-premium', { tier: 'premium', price: { input: 2, output: 2 } }),
    )
    const spent = [budget({ leftNanoUsd: 0, modelClass: { kind: 'tier', tier: 'standard' } })]
    const decision = decided(spent, { matrix: rows })
    expect(resultOf(decision)).toBe('chosen a-free')
    expect(rejectionCode(decision, 'c-premium')).toBe('tier_above_ceiling')
  })

  it('lead from the tier of a rule to lower ones even where failover does not', () => {
    const rules = [{ name: 'r', when: {}, tier: 'premium' }]
    const failover = { ...given().config.failover, lowerTiers: false }
    const decision = decided([budget({ leftNanoUsd: 0, modelClass: PREMIUM })], { config: { rules, failover } })
    expect(decision.outcome).toMatchObject({ model: 'middle', downgradedFrom: { tier: 'premium', cause: 'budget' } })
  })

  it('downgrade a named model too', () => {
    const decision = decided([budget({ leftNanoUsd: 0, modelClass: PREMIUM })], { model: 'dear' })
    expect(decision.outcome).toMatchObject({
      model: 'middle',
      because: { kind: 'asked_unavailable', asked: 'dear', cause: 'budget_exhausted' },
      downgradedFrom: { tier: 'premium', cause: 'budget' },
    })
  })

  it('block refuses when it stands before the winner, and only then', () => {
    const block = budget({ leftNanoUsd: 0, modelClass: PREMIUM, onExceed: 'block' })
    expect(resultOf(decided([block], BEST))).toBe('refused budget_exceeded')
    expect(resultOf(decided([block], { model: 'dear' }))).toBe('refused budget_exceeded')
    const decision = decided([block])
    expect(resultOf(decision)).toBe('chosen cheap')
    expect(rejectionCode(decision, 'dear')).toBe('budget_exhausted')
  })

  it('block refuses on the way down from another tier too', () => {
    const health = { 'alpha/dear': { state: 'down', retryAt: null, reason: 'x' } } as const
    const budgets = [budget({ leftNanoUsd: 0, onExceed: 'block' })]
    expect(resultOf(decided(budgets, { model: 'tier:premium', state: { health } }))).toBe('refused budget_exceeded')
  })

  it('block wins over downgrade', () => {
    const both = [budget({ leftNanoUsd: 0 }), budget({ leftNanoUsd: 0, name: 'stop', onExceed: 'block' })]
    expect(resultOf(decided(both, BEST))).toBe('refused budget_exceeded')
  })

  it('leave free models alone, however overspent they are', () => {
    const gratis = matrix(...THREE.rows, row('gratis', { tier: 'free', price: { input: 0, output: 0 } }))
    expect(resultOf(decided([budget({ leftNanoUsd: -9, onExceed: 'block' })], { matrix: gratis }))).toBe(
      'chosen gratis',
    )
  })

  it('keep a model without a price out of choice and plan', () => {
    const blank = matrix(...THREE.rows, row('blank', { price: null, quality: 1 }))
    const decision = decided([budget({ leftNanoUsd: 1e9 })], { ...BEST, matrix: blank })
    expect(resultOf(decision)).toBe('chosen dear')
    expect(rejectionCode(decision, 'blank')).toBe('price_unknown')
    expect(decision.plan.some((attempt) => attempt.model === 'blank')).toBe(false)
  })

  it('apply to aliases and name patterns', () => {
    const aliases = { pool: [modelId('dear')] }
    const alias = budget({ leftNanoUsd: 0, modelClass: { kind: 'alias', alias: 'pool' } })
    expect(resultOf(decided([alias], { ...BEST, config: { aliases } }))).toBe('chosen middle')
    const pattern = budget({ leftNanoUsd: 0, modelClass: { kind: 'pattern', pattern: '*ea*' } })
    expect(rejectionCode(decided([pattern], BEST), 'dear')).toBe('budget_exhausted')
    expect(rejectionCode(decided([pattern], BEST), 'middle')).toBeUndefined()
  })

  it.each([
    ['gpt-*', 'gpt-5', true],
    ['gpt-*', 'my-gpt-5', false],
    ['*mini', 'gpt-mini-mini', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['*', '', true],
    ['', 'a', false],
    [`${'*a'.repeat(30)}b`, 'a'.repeat(2_000), false],
  ])('pattern %j against %j is %j', (pattern, text, matches) => {
    expect(globMatches(pattern, text)).toBe(matches)
  })
})

describe('plan', () => {
  const both = ['alpha', 'beta'].map((provider) => ({ provider, upstreamModel: 'up', hasCredentials: true }))
  const rows = matrix(
    row('a', { targets: both, price: { input: 1, output: 1 } }),
    row('b', { price: { input: 3, output: 3 } }),
    row('c', { price: { input: 2, output: 2 } }),
    row('d', { tier: 'free', price: { input: 9, output: 9 } }),
    row('e', { tier: 'premium' }),
  )

  function plan(situation: Situation = {}): readonly string[] {
    const decision = decide(given({ matrix: rows, model: 'tier:standard', ...situation }))
    return decision.plan.map(({ provider, model, why }) => `${provider}/${model} ${why}`)
  }

  const FULL = [
    'alpha/a choice',
    'beta/a same_model_other_provider',
    'alpha/c same_tier',
    'alpha/b same_tier',
    'alpha/d lower_tier',
  ]

  function failover(over: object): Situation {
    return { config: { failover: { ...given().config.failover, maxAttempts: 10, ...over } } }
  }

  it('is the choice, its other providers, the same tier by score, then lower tiers', () => {
    expect(plan(failover({}))).toEqual(FULL)
  })

  it('is capped, stays in its tier without lowerTiers, and goes up only when told', () => {
    expect(plan(failover({ maxAttempts: 3 }))).toEqual(FULL.slice(0, 3))
    expect(plan(failover({ lowerTiers: false }))).toEqual(FULL.slice(0, 4))
    expect(plan(failover({ higherTiers: true }))).toEqual([...FULL, 'alpha/e higher_tier'])
  })

  it('leaves out providers that are unwell', () => {
    const health = { 'alpha/up': { state: 'open', retryAt: null, reason: 'x' } } as const
    expect(plan({ state: { health } })[0]).toBe('beta/a choice')
  })

  it('names no target twice', () => {
    const twice = matrix(row('a', { targets: [...both, ...both] }))
    expect(plan({ matrix: twice })).toEqual(FULL.slice(0, 2))
  })

  it('keeps embeddings on their model', () => {
    const embedders = matrix(row('a', { kind: 'embedding', targets: both }), row('b', { kind: 'embedding' }))
    expect(plan({ matrix: embedders, model: 'a', endpoint: 'embeddings' })).toEqual(FULL.slice(0, 2))
  })
})
