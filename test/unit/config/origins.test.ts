import { describe, expect, it } from 'vitest'
import { effectiveConfig, effectiveValues } from '../../../src/config/origins.ts'
import { check } from './check.ts'

const TEXT = `failover:
  deadline: 30s
  cooldown: { base: 2s }
tiers: [low, high]
routing:
  policies:
    best: { maximize: quality }
`

function originOf(path: string, sets: readonly string[] = [], fromEnvironment = 0): string | undefined {
  const values = effectiveValues(check(TEXT, 'gateway.yaml', sets), fromEnvironment)
  return values.find((value) => value.path === path)?.origin
}

describe('origins', () => {
  it.each([
    ['failover.deadline', 'gateway.yaml:2'],
    ['failover.cooldown.base', 'gateway.yaml:3'],
    ['failover.cooldown.max', 'default'],
    ['failover.max_attempts', 'default'],
    ['tiers', 'gateway.yaml:4'],
    ['routing.policies.best.maximize', 'gateway.yaml:7'],
    ['routing.policies.cheapest.minimize', 'default'],
  ])('%s comes from %s', (path, origin) => {
    expect(originOf(path)).toBe(origin)
  })

  it('prefers --set to GATEWAY_SET to the file to the defaults', () => {
    const sets = ['failover.deadline=10s', 'failover.max_attempts=2', 'failover.deadline=5s']
    expect(originOf('failover.deadline', sets.slice(0, 2), 2)).toBe('GATEWAY_SET')
    expect(originOf('failover.deadline', sets, 2)).toBe('--set')
    expect(originOf('failover.max_attempts', sets, 2)).toBe('GATEWAY_SET')
    expect(originOf('failover.cooldown.base', sets, 2)).toBe('gateway.yaml:3')
  })
})

describe('the config as it applies', () => {
  it('has the defaults under the file, lists and policies replaced as a whole', () => {
    expect(effectiveConfig(check(TEXT).value)).toMatchObject({
      failover: { deadline: '30s', max_attempts: 4, cooldown: { base: '2s', max: '5m' } },
      tiers: ['low', 'high'],
      routing: { default_policy: 'balanced', policies: { best: { maximize: 'quality' } } },
    })
    expect(effectiveConfig(check(TEXT).value)).not.toHaveProperty('routing.policies.best.relax')
  })

  it('is itself a valid config that means the same', () => {
    const text = JSON.stringify(effectiveConfig(check(TEXT).value))
    expect(check(text, 'effective.json').problems).toEqual([])
  })
})
