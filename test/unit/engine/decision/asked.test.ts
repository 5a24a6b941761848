import { describe, expect, it } from 'vitest'
import { decide } from '../../../../src/engine/decide.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import { targetKey } from '../../../../src/engine/state.ts'
import { CHEAPEST, given, matrix, rejectionCode, resultOf, row, session, type Situation } from './world.ts'

function result(situation: Situation): string {
  return resultOf(decide(given(situation)))
}

function down(model: string): NonNullable<Situation['state']> {
  return { health: { [targetKey('alpha', model)]: { state: 'down', retryAt: null, reason: 'test' } } }
}

describe('the model that a request asks for', () => {
  it('a model of the matrix is taken although rules and policy would choose another', () => {
    const rules = [{ name: 'r', when: {}, tier: 'free' }]
    const decision = decide(given({ model: 'dear', config: { rules } }))
    expect(decision.outcome).toMatchObject({
      kind: 'chosen',
      model: 'dear',
      rule: null,
      because: { kind: 'asked_for_model' },
      margin: null,
    })
    expect(decision.plan.map((step) => [step.model, step.why])).toEqual([
      ['dear', 'choice'],
      ['middle', 'lower_tier'],
      ['cheap', 'lower_tier'],
    ])
  })

  it('a named model that can not do it is refused, not replaced', () => {
    expect(result({ model: 'dear', features: { modalities: ['text', 'audio'] } })).toBe('refused no_capable_model')
  })

  it('a named model that is out of reach for now is stood in for, and the decision says so', () => {
    const decision = decide(given({ model: 'middle', state: down('middle') }))
    expect(decision.outcome).toMatchObject({
      model: 'cheap',
      because: { kind: 'asked_unavailable', asked: 'middle', cause: 'provider_unhealthy' },
      downgradedFrom: { tier: 'standard', cause: 'tier' },
    })
    expect(rejectionCode(decision, 'middle')).toBe('provider_unhealthy')
    expect(rejectionCode(decision, 'dear')).toBe('excluded_by_request')
  })

  it('nothing stands in when failover is off, or when only higher tiers are left', () => {
    const failover = { ...given().config.failover, maxAttempts: 1 }
    expect(result({ model: 'middle', state: down('middle'), config: { failover } })).toBe('refused no_capable_model')
    expect(result({ model: 'cheap', state: down('cheap') })).toBe('refused no_capable_model')
  })

  it('an alias is a group to choose from', () => {
    const aliases = { chat: [modelId('middle'), modelId('dear')] }
    expect(result({ model: 'chat', config: { aliases } })).toBe('chosen middle')
    expect(result({ model: 'chat', config: { aliases, defaultPolicy: 'best' } })).toBe('chosen dear')
  })

  it('an alias stands before a model of the same name', () => {
    expect(result({ model: 'dear', config: { aliases: { dear: [modelId('cheap')] } } })).toBe('chosen cheap')
  })

  it('auto:<policy> asks for another policy', () => {
    expect(result({ model: 'auto:best' })).toBe('chosen dear')
    expect(result({ model: 'auto:cheapest', config: { defaultPolicy: 'best' } })).toBe('chosen cheap')
  })

  it('tier:<name> keeps to a tier, and falls to lower ones only where the config lets it', () => {
    expect(result({ model: 'tier:standard' })).toBe('chosen middle')
    const fallen = decide(given({ model: 'tier:premium', state: down('dear') }))
    expect(fallen.outcome).toMatchObject({ model: 'middle', downgradedFrom: { tier: 'premium', cause: 'tier' } })
    const failover = { ...given().config.failover, lowerTiers: false }
    expect(result({ model: 'tier:premium', state: down('dear'), config: { failover } })).toBe(
      'refused no_capable_model',
    )
    expect(result({ model: 'tier:free', state: down('cheap') })).toBe('refused no_capable_model')
  })

  it('goes to a higher tier only when the config says so', () => {
    const failover = { ...given().config.failover, higherTiers: true }
    expect(result({ model: 'tier:free', state: down('cheap'), config: { failover } })).toBe('chosen middle')
  })

  it.each([
    ['midle', ['middle']],
    ['auto:bset', ['auto:best']],
    ['tier:premum', ['tier:premium']],
    ['__proto__', []],
    ['', []],
  ])('refuses the unknown name %j and suggests %j', (model, closest) => {
    const { outcome } = decide(given({ model }))
    expect(outcome).toMatchObject({ kind: 'refused', code: 'model_not_found', closest })
  })

  it('does not suggest models that the key may not use', () => {
    const { outcome } = decide(given({ model: 'midle', rights: { models: ['cheap'] } }))
    expect(outcome).toMatchObject({ code: 'model_not_found', closest: [] })
  })
})

describe('hints', () => {
  it('a tier hint chooses inside that tier, and lowers what a rule wants', () => {
    expect(result({ hints: { tier: 'standard' } })).toBe('chosen middle')
    const rules = [{ name: 'r', when: {}, tier: 'premium' }]
    expect(result({ hints: { tier: 'standard' }, config: { rules } })).toBe('chosen middle')
  })

  it('a tier hint raises neither a rule nor a key', () => {
    const rules = [{ name: 'r', when: {}, tier: 'free' }]
    expect(result({ hints: { tier: 'premium' }, config: { rules } })).toBe('chosen cheap')
    expect(result({ hints: { tier: 'premium' }, rights: { tierCeiling: 'standard' } })).toBe('chosen middle')
  })

  it('a policy hint chooses a policy, but not against the one its key imposes', () => {
    expect(result({ hints: { policy: 'best' } })).toBe('chosen dear')
    expect(result({ hints: { policy: 'best' }, rights: { policy: 'cheapest' } })).toBe('refused model_not_allowed')
    expect(result({ model: 'auto:best', rights: { policy: 'cheapest' } })).toBe('refused model_not_allowed')
    expect(result({ hints: { policy: 'cheapest' }, rights: { policy: 'cheapest' } })).toBe('chosen cheap')
  })

  it('a hint that names nothing is refused, since ignoring it could cost more', () => {
    expect(decide(given({ hints: { tier: 'premum' } })).outcome).toMatchObject({
      code: 'model_not_found',
      closest: ['tier:premium'],
    })
    expect(result({ hints: { policy: 'nope' } })).toBe('refused model_not_found')
  })

  it('the policy of the key wins over that of the rule', () => {
    const rules = [{ name: 'r', when: {}, policy: 'best' }]
    expect(result({ config: { rules } })).toBe('chosen dear')
    expect(result({ config: { rules }, rights: { policy: 'cheapest' } })).toBe('chosen cheap')
  })
})

describe('sticky sessions', () => {
  const sticky = { sticky: 'session' } as const

  it('keep their model while it stays eligible', () => {
    const decision = decide(given({ config: sticky, state: { session: session('dear') } }))
    expect(decision.outcome).toMatchObject({
      model: 'dear',
      because: { kind: 'sticky_session' },
      runnerUp: 'cheap',
      margin: -1,
    })
  })

  it('say that the policy chose when it would have chosen the same', () => {
    const { outcome } = decide(given({ config: sticky, state: { session: session('cheap') } }))
    expect(outcome).toMatchObject({ model: 'cheap', because: { kind: 'policy' } })
  })

  it('move on when the model is down, the rule leaves it out, a limit forbids it, or stickiness is off', () => {
    const on = session('dear')
    expect(result({ config: sticky, state: { session: on, ...down('dear') } })).toBe('chosen cheap')
    const rules = [{ name: 'r', when: {}, tier: 'free' }]
    expect(result({ config: { ...sticky, rules }, state: { session: on } })).toBe('chosen cheap')
    const policies = { cheapest: { ...CHEAPEST, require: { costPerRequestMaxNanoUsd: 2_000_000 } } }
    expect(result({ config: { ...sticky, policies }, state: { session: on } })).toBe('chosen cheap')
    expect(result({ state: { session: on } })).toBe('chosen cheap')
  })

  it('the lost prompt cache is part of the price of leaving', () => {
    const rows = matrix(
      row('here', { price: { input: 2, output: 2, cacheRead: 0.2 } }),
      row('there', { price: { input: 1, output: 1, cacheRead: 0.1 } }),
    )
    const features = { inputTokens: 100_000 }
    expect(result({ matrix: rows, features })).toBe('chosen there')
    const decision = decide(given({ matrix: rows, features, state: { session: session('here', 90_000) } }))
    expect(resultOf(decision)).toBe('chosen here')
    const costs = decision.candidates.map((candidate) => ('score' in candidate ? candidate.score.expectedCost : null))
    // here: 10k × 2 + 90k × 0.2 + 200 × 2 µ$; there: 100k × 1 + 200 × 1, of which 90k × 0.9 are the lost prefix.
    expect(costs[0]).toMatchObject({ nanoUsd: 38_400_000, cachedTokens: 90_000, prefixLossNanoUsd: 0 })
    expect(costs[1]).toMatchObject({ nanoUsd: 100_200_000, cachedTokens: 0, prefixLossNanoUsd: 81_000_000 })
  })
})
