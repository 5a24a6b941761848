import { describe, expect, it } from 'vitest'
import { configJsonSchema } from '../../../src/config/json-schema.ts'
import { compileRouting } from '../../../src/config/compile.ts'
import { STARTER_CONFIG } from '../../../src/config/starter.ts'
import type { BudgetRule, RoutingConfig } from '../../../src/engine/routing-config.ts'
import { check, listed, shown } from './check.ts'

function compiled(text: string): RoutingConfig {
  const validated = check(text)
  if (validated.config === undefined) throw new Error(shown(validated))
  return compileRouting(validated.config)
}

function budget(members: string): BudgetRule | undefined {
  return compiled(`budgets: [{ name: b, scope: key,  limit: 5 USD, window: day, ${members} }]`).budgets[0]
}

const PLAIN = { name: 'b', scope: 'key', limitNanoUsd: 5e9, window: 'day', warnAt: 0.8, onExceed: 'block' }

describe('budgets', () => {
  it('carry only what differs from the defaults', () => {
    expect(budget('')).toEqual(PLAIN)
    expect(budget('rolling: false, time_zone: UTC, apply: all, warn_at: 80%, on_exceed: block')).toEqual(PLAIN)
  })

  it('compile every member', () => {
    expect(
      budget(
        'model_class: alias:chat, time_zone: Asia/Kathmandu, mode: soft, unknown_price: 0.05 USD, apply: referenced } ]\naliases: { chat: { models: [gpt-5.4] } }\nrate_limits: [{ scope: user, concurrent: 1',
      ),
    ).toEqual({
      ...PLAIN,
      modelClass: { kind: 'alias', alias: 'chat' },
      timeZone: 'Asia/Kathmandu',
      mode: 'soft',
      unknownPriceNanoUsd: 50_000_000,
      byReference: true,
    })
    expect(budget('rolling: true')).toEqual({ ...PLAIN, rolling: true })
  })

  it('may have a limit of zero, which is not the same as none', () => {
    const text = 'budgets: [{ name: b, scope: key,  limit: 0, window: day }]'
    expect(compiled(text).budgets[0]?.limitNanoUsd).toBe(0)
    expect(listed(check(text.replace('limit: 0', 'limit: null')))).toEqual([
      'config_bad_value 1:42 "budgets[0].limit": expected an amount such as "5 USD"',
    ])
  })

  it('of a tier may be hard and lead to a lower tier', () => {
    expect(budget('mode: hard, on_exceed: downgrade')).toMatchObject({ mode: 'hard', onExceed: 'downgrade' })
  })
})

describe('rate limits', () => {
  it('are absent when there are none, so that nothing about such a config changes', () => {
    expect(compiled('')).not.toHaveProperty('rateLimits')
    expect(compiled('rate_limits: []').hash).toBe(compiled('').hash)
  })

  it('compile every member, and get a name from scope and place', () => {
    const text = `rate_limits:
  - { scope: key, requests: 60/min, tokens: 200k/min, concurrent: 10 }
  - { name: premium, scope: group, model_class: tier:premium, tokens: 1k/s, apply: referenced }
`
    expect(compiled(text).rateLimits).toEqual([
      {
        name: 'key-1',
        scope: 'key',
        requests: { amount: 60, perMs: 60_000 },
        tokens: { amount: 200_000, perMs: 60_000 },
        concurrent: 10,
      },
      {
        name: 'premium',
        scope: 'group',
        modelClass: { kind: 'tier', tier: 'premium' },
        tokens: { amount: 1_000, perMs: 1_000 },
        byReference: true,
      },
    ])
    expect(compiled(text).hash).not.toBe(compiled('').hash)
  })
})

describe('mistakes', () => {
  const of = (members: string): string => `budgets: [{ name: b, scope: key,  limit: 5 USD, window: day, ${members} }]`

  it.each([
    [of('time_zone: Europe/Berlim'), 'config_bad_value 1:73 unknown time zone "Europe/Berlim"'],
    [of('time_zone: "+02:00"'), 'config_bad_value 1:73 unknown time zone "+02:00"'],
    [
      of('rolling: true').replace('window: day', 'window: total'),
      'config_conflict 1:73 budget "b" has window total, which never ends, so it can not roll',
    ],
    [
      of('rolling: true, time_zone: Europe/Berlin'),
      'config_conflict 1:77 budget "b" has a time zone, but no calendar window',
    ],
    [of('mode: hard, on_exceed: warn'), 'config_conflict 1:68 budget "b" only warns, so it can not be hard'],
    [of('model_class: tier:gold'), 'config_unknown_name 1:75 unknown tier "gold" in "budgets[0].model_class"'],
    [of('model_class: alias:chat'), 'config_unknown_name 1:75 unknown alias "chat" in "budgets[0].model_class"'],
    [of('model_class: premium'), 'config_unknown_name 1:75 unknown model "premium" in "budgets[0].model_class"'],
    [of('model_class: gpt-5'), 'config_unknown_model 1:75 unknown model "gpt-5" in "budgets[0].model_class"'],
    [
      `${of('').slice(0, -1)}, { name: b, scope: key, limit: 1, window: day }]`,
      'config_duplicate 1:74 budget "b" is listed twice',
    ],
    ['rate_limits: [{ scope: key }]', 'config_conflict 1:15 "rate_limits[0]" limits nothing'],
    [
      'rate_limits: [{ scope: key, concurrent: 1, apply: referenced }]',
      'config_conflict 1:51 "rate_limits[0]" binds only those who name it, but has no name',
    ],
    [
      'rate_limits: [{ scope: key, concurrent: 1 }, { name: key-1, scope: user, concurrent: 1 }]',
      'config_duplicate 1:54 rate limit "key-1" is listed twice',
    ],
    [
      'rate_limits: [{ scope: key, concurrent: 1, model_class: tier:gold }]',
      'config_unknown_name 1:57 unknown tier "gold" in "rate_limits[0].model_class"',
    ],
  ])('%s', (text, expected) => {
    expect(listed(check(text))).toContain(expected)
  })

  it('says what a class without its prefix should have been', () => {
    const text = shown(check(of('model_class: premium')))
    expect(text).toContain('that is a tier')
    expect(text).toContain('write tier:premium')
  })

  it('accepts patterns, and exact models', () => {
    expect(listed(check(of('model_class: gpt-*')))).toEqual([])
    expect(listed(check(of('model_class: gpt-5.4')))).toEqual([])
  })
})

describe('a way around all budgets', () => {
  const user = '{ name: a, scope: user, limit: 1 USD, window: day }'
  it('is a request that names no user, where nothing else binds it', () => {
    expect(shown(check(`budgets: [${user}]`))).toContain('requests that name no user are under no budget')
    expect(check(`budgets: [${user}]`).config).toBeDefined()
  })

  it('is closed by a budget for keys or for all', () => {
    for (const scope of ['key', 'global']) {
      const other = `{ name: b, scope: ${scope}, limit: 9 USD, window: day }`
      expect(listed(check(`budgets: [${user}, ${other}]`))).toEqual([])
    }
  })
})

describe('what editors and beginners see', () => {
  it('the JSON Schema knows every member', () => {
    const text = JSON.stringify(configJsonSchema())
    for (const member of ['rolling', 'time_zone', 'mode', 'unknown_price', 'apply'])
      expect(text).toContain(`"${member}"`)
  })

  it('the starter file shows budgets and limits that are valid once the marks are taken away', () => {
    const uncommented = STARTER_CONFIG.replaceAll(/^# (budgets:|rate_limits:| {2}- \{)/gm, '$1')
    expect(uncommented).not.toBe(STARTER_CONFIG)
    const { config, problems } = check(uncommented.replaceAll(/qwen3-coder-plus/g, 'gpt-5.4'), 'gateway.yaml')
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(config?.budgets).toHaveLength(3)
    expect(config?.rate_limits).toHaveLength(1)
  })
})
