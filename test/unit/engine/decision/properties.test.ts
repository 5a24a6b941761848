import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../../../src/engine/decide.ts'
import { isRejected, type Decision, type DecideInput } from '../../../../src/engine/decision.ts'
import { withPriceFactor } from '../../../../src/engine/explain/vary.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import type { RoutingConfig } from '../../../../src/engine/routing-config.ts'
import { anyInput, NAMES, rule } from './arbitrary.ts'
import { CHEAPEST } from './world.ts'

const RUNS = { seed: 4711, numRuns: 2_000 }

function scored(decision: Decision): readonly string[] {
  return decision.candidates.filter((candidate) => !isRejected(candidate)).map((candidate) => candidate.model)
}

function withConfig(input: DecideInput, over: Partial<RoutingConfig>): DecideInput {
  return { ...input, config: { ...input.config, ...over } }
}

/** -1 for a ceiling that the config does not know. */
function ceilingRank({ config, rights }: DecideInput): number {
  return config.tiers.indexOf(rights.tierCeiling ?? '')
}

/** Every model the request can reach in any way: with all tiers open and attempts without number, choice and plan. */
function reachable(input: DecideInput): ReadonlySet<string> {
  const failover = { ...input.config.failover, maxAttempts: 1_000 }
  const decision = decide(withConfig(input, { failover }))
  return new Set([...scored(decision), ...decision.plan.map((attempt) => attempt.model)])
}

describe('decide, for any input', () => {
  it('gives a decision: never throws, and every row of the matrix stands in it once', () => {
    const kinds = new Set<string>()
    fc.assert(
      fc.property(anyInput, (input) => {
        const decision = decide(input)
        kinds.add(decision.outcome.kind === 'chosen' ? decision.outcome.because.kind : decision.outcome.code)
        expect(decision.candidates.map((candidate) => candidate.model)).toEqual(input.matrix.rows.map((row) => row.id))
      }),
      RUNS,
    )
    // The generator must reach every way in which a decision can end, or the properties below say little.
    expect([...kinds].toSorted()).toEqual(
      [
        'asked_for_model',
        'asked_unavailable',
        'budget_exceeded',
        'listed_first',
        'model_not_allowed',
        'model_not_found',
        'no_capable_model',
        'only_candidate',
        'policy',
        'sticky_session',
        'tie_by_name',
      ].toSorted(),
    )
  })

  it('is the same for the same input, also as another object, and survives JSON', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const decision = decide(input)
        expect(decide(structuredClone(input))).toEqual(decision)
        expect(JSON.parse(JSON.stringify(decision))).toEqual(decision)
      }),
      { ...RUNS, numRuns: 500 },
    )
  })

  it('does not change its input', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const before = structuredClone(input)
        decide(input)
        expect(input).toEqual(before)
      }),
      { ...RUNS, numRuns: 300 },
    )
  })

  it('plans no target twice, starts with the choice, keeps to the cap, and plans nothing on refusal', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { plan, outcome } = decide(input)
        const first =
          outcome.kind === 'refused' ? [] : [{ model: outcome.model, provider: outcome.provider, why: 'choice' }]
        expect(plan.slice(0, 1)).toMatchObject(first)
        expect(plan.length).toBeLessThanOrEqual(outcome.kind === 'refused' ? 0 : input.config.failover.maxAttempts)
        const targets = plan.map((attempt) => `${attempt.model} ${attempt.provider}/${attempt.upstreamModel}`)
        expect(new Set(targets).size).toBe(targets.length)
      }),
      RUNS,
    )
  })

  it('plans only models that the key may use and whose price fits the budgets', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { rights, config, state, matrix } = input
        const pool = rights.models?.includes('pool') === true ? (config.aliases['pool'] ?? []) : []
        const allowed: readonly string[] = [...(rights.models ?? NAMES), ...pool]
        const known = new Set(config.tiers.slice(0, ceilingRank(input) + 1))
        const limited = state.budgets.some(
          ({ rule: { onExceed, modelClass } }) => onExceed !== 'warn' && modelClass === undefined,
        )
        const wrong = decide(input).plan.filter(({ model, tier }) => {
          const priced = matrix.rows.find((row) => row.id === model)?.prices !== null
          return !allowed.includes(model) || (rights.tierCeiling !== null && !known.has(tier)) || (limited && !priced)
        })
        expect(wrong).toEqual([])
      }),
      RUNS,
    )
  })

  it('falls to lower tiers only where failover or a budget says so, to higher ones only where the config does', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        // A list in a rule is an order of its own, whatever the tiers.
        const rules = input.config.rules.map(({ order: _order, ...entry }) => entry)
        const { plan } = decide(withConfig(input, { rules }))
        const { lowerTiers, higherTiers } = input.config.failover
        const allowed = ['choice', 'same_model_other_provider', 'same_tier']
        if (lowerTiers) allowed.push('lower_tier')
        if (higherTiers) allowed.push('higher_tier')
        for (const attempt of plan) expect(allowed).toContain(attempt.why)
      }),
      RUNS,
    )
  })
})

describe('narrowing', () => {
  it('a narrower rule never widens the candidate set', () => {
    const keep = fc.subarray([...NAMES])
    fc.assert(
      fc.property(anyInput, rule, keep, (input, wide, names) => {
        // Tiers stay closed, so that the set is the rule's own and not that of a fallback.
        const failover = { ...input.config.failover, lowerTiers: false, higherTiers: false, maxAttempts: 1 }
        const models = (wide.models ?? NAMES.map((name) => modelId(name))).filter((model) =>
          (names as readonly string[]).includes(model),
        )
        const narrow = { ...wide, models }
        const request = { ...input, asked: { ...input.asked, model: 'auto' }, state: { ...input.state, budgets: [] } }
        const before = new Set(scored(decide(withConfig(request, { rules: [wide], failover }))))
        for (const model of scored(decide(withConfig(request, { rules: [narrow], failover })))) {
          expect(before).toContain(model)
        }
      }),
      RUNS,
    )
  })

  it('a tier hint never reaches a model that is out of reach without it', () => {
    const hint = fc.constantFrom('free', 'standard', 'premium')
    fc.assert(
      fc.property(anyInput, hint, (input, tier) => {
        // The plan for embeddings is one model long, so that it says nothing of what else is in reach.
        fc.pre(input.asked.endpoint !== 'embeddings')
        const failover = { ...input.config.failover, lowerTiers: true }
        const bare = withConfig({ ...input, asked: { ...input.asked, hints: { tags: [] } } }, { failover })
        // A budget's cap and a strict policy's limits depend on who wins, so they are left out of this comparison. A list
        // that a rule wrote out is, as to tiers, all the plan there is, and the hint may lower the tier within it.
        const rules = bare.config.rules.map(({ order: _order, ...rest }) => rest)
        const plain = {
          ...withConfig(bare, { rules, policies: { p: CHEAPEST, q: CHEAPEST } }),
          state: { ...bare.state, budgets: [] },
        }
        const without = reachable(withConfig(plain, { failover: { ...failover, higherTiers: true } }))
        const hinted = reachable({ ...plain, asked: { ...plain.asked, hints: { tier, tags: [] } } })
        for (const model of hinted) expect(without).toContain(model)
      }),
      RUNS,
    )
  })

  it('a hint never lifts what the key may not do', () => {
    fc.assert(
      fc.property(anyInput, fc.constantFrom('free', 'standard', 'premium'), (input, tier) => {
        const rights = { ...input.rights, tierCeiling: 'standard', models: ['m0', 'm1', 'm2'] }
        const hinted = { ...input, rights, asked: { ...input.asked, hints: { tier, tags: [] } } }
        for (const model of reachable(hinted)) {
          expect(rights.models).toContain(model)
          const found = input.matrix.rows.find((row) => row.id === model)
          expect(['free', 'standard']).toContain(found?.tier)
        }
      }),
      RUNS,
    )
  })
})

describe('prices', () => {
  it('raising the price of a model never makes it more attractive under minimise cost', () => {
    const factor = fc.double({ min: 1, max: 50, noNaN: true })
    let stayed = 0
    fc.assert(
      fc.property(anyInput, fc.constantFrom(...NAMES), factor, (input, name, times) => {
        const plain = withConfig(
          { ...input, asked: { ...input.asked, model: 'auto', hints: { tags: [] } } },
          { policies: { p: CHEAPEST, q: CHEAPEST }, rules: [], sticky: 'off' },
        )
        const before = decide({ ...plain, state: { ...plain.state, budgets: [] } })
        const after = decide(
          withPriceFactor({ ...plain, state: { ...plain.state, budgets: [] } }, modelId(name), times),
        )
        const chosen = ({ outcome }: Decision): boolean => outcome.kind === 'chosen' && outcome.model === name
        if (chosen(after)) stayed += 1
        expect(chosen(after) && !chosen(before)).toBe(false)
      }),
      RUNS,
    )
    expect(stayed).toBeGreaterThan(20)
  })
})
