import { describe, expect, it } from 'vitest'
import { check, listed } from './check.ts'

const TEXT = `models:
  gpt-5.4-mini: { tier: standard }
  gpt-5.4: { tier: premium }
routing:
  rules:
    - { name: a, when: {}, tier: free }
    - { name: b, when: {}, tier: free }
`

describe('--set', () => {
  it.each([
    ['routing.default_policy=best', (config: Config) => config.routing?.default_policy, 'best'],
    ['routing.rules.1.tier=premium', (config: Config) => config.routing?.rules?.[1]?.tier, 'premium'],
    ['routing.rules[0].tier=standard', (config: Config) => config.routing?.rules?.[0]?.tier, 'standard'],
    ['models.gpt-5.4-mini.tier=free', (config: Config) => config.models?.['gpt-5.4-mini']?.tier, 'free'],
    ['models."gpt-5.4".tier=free', (config: Config) => config.models?.['gpt-5.4']?.tier, 'free'],
    ['models."new.model".tier=free', (config: Config) => config.models?.['new.model']?.tier, 'free'],
    ['failover.deadline=5s', (config: Config) => config.failover?.deadline, 5_000],
    [
      'models.gpt-5.4.quality={code.generate: 0.5}',
      (config: Config) => config.models?.['gpt-5.4']?.quality,
      { 'code.generate': 0.5 },
    ],
    ['tiers=[free, standard, premium, huge]', (config: Config) => config.tiers?.length, 4],
  ])('%s', (set, read, expected) => {
    const { config, problems } = check(TEXT, 'gateway.yaml', [set])
    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([])
    expect(read(config ?? {})).toEqual(expected)
  })

  it('applies several in order', () => {
    const { config } = check(TEXT, 'gateway.yaml', ['routing.sticky=off', 'routing.sticky=session'])
    expect(config?.routing?.sticky).toBe('session')
  })

  it('works on an empty config', () => {
    expect(check('', 'defaults', ['routing.default_policy=best']).config?.routing?.default_policy).toBe('best')
  })

  it('is checked like the file', () => {
    expect(listed(check(TEXT, 'gateway.yaml', ['routing.default_policy=bst'])).join()).toContain('unknown policy "bst"')
    expect(listed(check(TEXT, 'gateway.yaml', ['routing.polcies.x=1'])).join()).toContain('unknown key "polcies"')
  })

  it.each([
    ['routing.default_policy', 'has no "="'],
    ['models.gpt-5.4.tier.deep=x', 'does not lead to a value'],
    ['a..b=1', 'has a path that can not be read'],
    ['tiers=[a', 'has a value that is not valid YAML'],
  ])('%s is refused', (set, expected) => {
    expect(() => check(TEXT, 'gateway.yaml', [set])).toThrow(expected)
  })

  it('does not repeat the value in an error', () => {
    expect(() => check(TEXT, 'gateway.yaml', ['a..b=very-secret'])).toThrow(expect.not.stringContaining('very-secret'))
  })
})

type Config = NonNullable<ReturnType<typeof check>['config']>
