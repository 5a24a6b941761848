import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RoutingConfig } from '../../../src/engine/routing-config.ts'
import { compileRouting } from '../../../src/config/compile.ts'
import { validateConfig } from '../../../src/config/validate.ts'
import { CATALOGUE, check } from './check.ts'

function compiled(text: string): RoutingConfig {
  const { config } = check(text)
  if (config === undefined) throw new Error('not valid')
  return compileRouting(config)
}

describe('the compiled routing config', () => {
  it('has four policies and working defaults for an empty config', () => {
    const routing = compiled('')
    expect(Object.keys(routing.policies)).toEqual(['balanced', 'cheapest', 'best', 'fastest'])
    expect(routing).toMatchObject({
      tiers: ['free', 'standard', 'premium'],
      defaultPolicy: 'balanced',
      sticky: 'session',
      strictParams: false,
      rules: [],
      failover: { maxAttempts: 4, deadlineMs: 60_000, cooldownBaseMs: 5_000, cooldownMaxMs: 300_000 },
    })
    expect(routing.failover).not.toHaveProperty('maxCostNanoUsd')
  })

  it('converts the whole vocabulary', () => {
    const text = readFileSync(join(import.meta.dirname, 'vocabulary.yaml'), 'utf8')
    const { config } = validateConfig({ text, file: 'vocabulary.yaml' }, CATALOGUE)
    expect(config).toBeDefined()
    const routing = compileRouting(config ?? {})
    expect(routing.policies['balanced']).toEqual({
      kind: 'minimize_cost',
      require: { qualityMin: 0.8, firstTokenP95MaxMs: 3_000 },
      relax: ['latency', 'quality'],
      strict: false,
    })
    expect(routing.policies['best']).toMatchObject({ require: { costPerRequestMaxNanoUsd: 50_000_000 } })
    expect(routing.rules[2]?.when).toEqual({ inputTokens: { op: '>', value: 100_000 } })
    // Nano-dollars.
    expect(routing.failover.maxCostNanoUsd).toBe(50_000_000)
    expect(routing.budgets[1]).toEqual({
      name: 'premium per project',
      scope: 'project',
      modelClass: { kind: 'tier', tier: 'premium' },
      limitNanoUsd: 200_000_000_000,
      window: 'month',
      warnAt: 0.8,
      onExceed: 'downgrade',
    })
    expect(config?.canaries?.[0]?.rollback_if?.quality).toEqual({ op: '<', value: -0.08, unit: 'pp' })
  })

  it('puts the models of an alias into a rule that names it, each once', () => {
    const routing = compiled(
      'aliases: { chat: { models: [gpt-5.4, gpt-5.4-mini] } }\nrouting: { rules: [{ name: r, when: {}, models: [gpt-5.4, chat] }] }',
    )
    expect(routing.rules[0]?.models).toEqual(['gpt-5.4', 'gpt-5.4-mini'])
  })

  it('lets a strict policy relax nothing', () => {
    const routing = compiled('routing: { policies: { p: { minimize: cost, strict: true } } }')
    expect(routing.policies['p']).toMatchObject({ strict: true, relax: [] })
  })
})

describe('the config hash', () => {
  const base = `failover: { max_attempts: 2, deadline: 30s }
routing: { default_policy: best, rules: [{ name: r, when: { intent: math }, tier: free }] }
`

  it.each([
    ['comments and blank lines', `# hello\n\n${base}\n# bye\n`],
    [
      'key order',
      'routing: { rules: [{ tier: free, name: r, when: { intent: math } }], default_policy: best }\nfailover: { deadline: 30s, max_attempts: 2 }\n',
    ],
    ['another way to write a value', base.replace('30s', '30000ms').replace('intent: math', 'intent: [math]')],
    ['a default written out', `${base}tiers: [free, standard, premium]\n`],
    [
      'sections that do not route',
      `${base}replay: { gates: [{ metric: cost.total, max: 1% }] }\nproviders: { s: { kind: simulated } }\n`,
    ],
  ])('does not change with %s', (_what, text) => {
    expect(compiled(text).hash).toBe(compiled(base).hash)
  })

  it.each([
    ['a limit', base.replace('max_attempts: 2', 'max_attempts: 3')],
    ['a cap on cost', base.replace('max_attempts: 2', 'max_attempts: 2, max_cost: 5 USD')],
    ['a rule', base.replace('tier: free', 'tier: premium')],
    ['the order of tiers', `${base}tiers: [premium, standard, free]\n`],
    ['a policy', base.replace('default_policy: best', 'default_policy: best, policies: { best: { minimize: cost } }')],
  ])('changes with %s', (_what, text) => {
    expect(compiled(text).hash).not.toBe(compiled(base).hash)
  })

  it('is twelve hex digits and does not depend on where a rule stands in the file', () => {
    const { config } = check(base)
    const near = compileRouting(config ?? {}, { ruleLine: () => 3 })
    const far = compileRouting(config ?? {}, { ruleLine: () => 300 })
    expect(near.hash).toMatch(/^[0-9a-f]{12}$/)
    expect(far.hash).toBe(near.hash)
    expect(far.rules[0]?.line).toBe(300)
  })
})
