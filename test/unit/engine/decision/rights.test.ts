import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../../../src/engine/decide.ts'
import type { Rights } from '../../../../src/engine/decision.ts'
import { nameFilter } from '../../../../src/engine/eligibility/asked.ts'
import { compile } from '../../../../src/engine/eligibility/compiled.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import { targetKey } from '../../../../src/engine/state.ts'
import { config, given, RIGHTS, resultOf, THREE, type Situation } from './world.ts'

function result(situation: Situation): string {
  return resultOf(decide(given(situation)))
}

describe('the models of a key', () => {
  it('may be written as ids, aliases and patterns', () => {
    const aliases = { big: [modelId('dear')] }
    expect(result({ rights: { models: ['middle'] } })).toBe('chosen middle')
    expect(result({ rights: { models: ['big'] }, config: { aliases } })).toBe('chosen dear')
    expect(result({ rights: { models: ['m*', 'd*r'] } })).toBe('chosen middle')
    expect(result({ model: 'cheap', rights: { models: ['m*', 'd*'] } })).toBe('refused model_not_allowed')
    expect(result({ rights: { models: [] } })).toBe('refused model_not_allowed')
  })

  it('are judged by the model behind an alias, never by the name of the alias', () => {
    const aliases = { cheap: [modelId('dear')] }
    expect(result({ model: 'cheap', rights: { models: ['cheap'] }, config: { aliases } })).toBe('chosen dear')
    expect(result({ rights: { models: ['cheap'] }, config: { aliases } })).toBe('chosen dear')
    const other = { handy: [modelId('dear')] }
    expect(result({ model: 'handy', rights: { models: ['cheap'] }, config: { aliases: other } })).toBe(
      'refused model_not_allowed',
    )
  })

  it('must be in the lists of all groups too', () => {
    expect(result({ rights: { models: null, modelsAlso: [['dear']] } })).toBe('chosen dear')
    expect(result({ rights: { models: ['c*', 'm*'], modelsAlso: [['m*', 'd*']] } })).toBe('chosen middle')
    expect(result({ rights: { models: ['c*'], modelsAlso: [['m*'], ['c*']] } })).toBe('refused model_not_allowed')
  })

  it('bind the fallback targets as well', () => {
    const state = {
      health: { [targetKey('alpha', 'dear')]: { state: 'down', retryAt: null, reason: 'test' } },
    } as const
    const rights = { models: ['dear', 'cheap'] }
    const decision = decide(given({ model: 'dear', rights, state }))
    expect(decision.plan.map(({ model }) => model)).toEqual(['cheap'])
    expect(resultOf(decide(given({ model: 'dear', rights: { models: ['dear'] }, state })))).toMatch(/^refused/)
  })

  it('are named when another is asked for', () => {
    const { outcome } = decide(given({ model: 'dear', rights: { models: ['cheap', 'middle'] } }))
    expect(outcome).toMatchObject({ code: 'model_not_allowed', closest: ['cheap', 'middle'] })
  })

  it('lie at or below its ceiling, and a tier above it is refused, not lowered', () => {
    expect(result({ model: 'tier:premium', rights: { tierCeiling: 'standard' } })).toBe('refused model_not_allowed')
    expect(result({ model: 'tier:standard', rights: { tierCeiling: 'standard' } })).toBe('chosen middle')
    expect(result({ hints: { tier: 'premium' }, rights: { tierCeiling: 'standard' } })).toBe('chosen middle')
  })

  it('and nothing else are suggested for a wrong name', () => {
    const { outcome } = decide(given({ model: 'deer', rights: { models: ['cheap'] } }))
    expect(outcome).toMatchObject({ code: 'model_not_found', closest: [] })
    expect(decide(given({ model: 'deer' })).outcome).toMatchObject({ closest: ['dear'] })
  })
})

describe('the policies of a key', () => {
  it('keep others from being asked for', () => {
    const rights = { policies: ['cheapest', 'fastest'] }
    expect(result({ model: 'auto:best', rights })).toBe('refused model_not_allowed')
    expect(result({ hints: { policy: 'best' }, rights })).toBe('refused model_not_allowed')
    expect(result({ model: 'auto:fastest', rights })).toBe('chosen cheap')
  })

  it('give way to rule and default where those are among them, else the first is imposed', () => {
    const rules = [{ name: 'r', when: {}, policy: 'best' }]
    const policyOf = (situation: Situation): string | null => decide(given(situation)).outcome.policy
    expect(policyOf({ rights: { policies: ['best', 'cheapest'] }, config: { rules } })).toBe('best')
    expect(policyOf({ rights: { policies: ['fastest', 'cheapest'] }, config: { rules } })).toBe('cheapest')
    expect(policyOf({ rights: { policies: ['fastest'] }, config: { rules } })).toBe('fastest')
  })

  it('that do not exist, or an empty list, let nothing through', () => {
    expect(result({ rights: { policies: ['gone'] } })).toBe('refused model_not_allowed')
    expect(result({ rights: { policies: [] } })).toBe('refused model_not_allowed')
    expect(result({ rights: { policy: 'best', policies: ['cheapest'] } })).toBe('refused model_not_allowed')
    expect(result({ rights: { policies: ['gone', 'best'] } })).toBe('chosen dear')
  })
})

const name = fc.constantFrom('cheap', 'middle', 'dear', 'pair', 'c*', '*d*', '*', 'nothing')
const list = fc.array(name, { maxLength: 3 })
const rights = fc.record({
  models: fc.option(list, { nil: null }),
  modelsAlso: fc.array(list, { maxLength: 2 }),
  tierCeiling: fc.constantFrom(null, 'free', 'standard', 'premium', 'unknown'),
})
const world = config({ aliases: { pair: [modelId('cheap'), modelId('dear')] } })
const compiled = compile(world, THREE)

describe('what may be named', () => {
  it('is exactly what is not refused for want of rights, and every planned model is among it', () => {
    const asked = fc.constantFrom('auto', 'auto:best', 'tier:free', 'tier:premium', 'pair', 'cheap', 'middle', 'dear')
    let [open, shut] = [0, 0]
    fc.assert(
      fc.property(rights, asked, (given_: Partial<Rights>, model) => {
        const caller: Rights = { ...RIGHTS, ...given_ }
        const mayName = nameFilter(caller, compiled)
        const { outcome, plan } = decide(given({ model, rights: caller, config: world }))
        const refused = outcome.kind === 'refused' && outcome.code === 'model_not_allowed'
        // A tier without a model for the key may still be asked for, and falls to a lower one.
        const falls = model.startsWith('tier:') && !refused
        expect(mayName(model) || falls).toBe(!refused)
        for (const step of plan) expect(mayName(step.model)).toBe(true)
        if (refused) shut += 1
        else open += 1
      }),
      { seed: 4, numRuns: 600 },
    )
    expect(Math.min(open, shut)).toBeGreaterThan(60)
  })
})
