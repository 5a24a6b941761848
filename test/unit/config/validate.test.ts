import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configOrThrow } from '../../../src/config/validate.ts'
import { GatewayError } from '../../../src/wire/errors.ts'
import { check, listed, shown } from './check.ts'

const here = import.meta.dirname

describe('a config with mistakes', () => {
  it('reports all of them at once, each with its place, a suggestion and what to do', async () => {
    const validated = check(readFileSync(join(here, 'ten-mistakes.yaml'), 'utf8'), 'ten-mistakes.yaml')
    expect(validated.config).toBeUndefined()
    expect(validated.problems.length).toBeGreaterThanOrEqual(10)
    await expect(`${shown(validated)}\n`).toMatchFileSnapshot('ten-mistakes.expected.txt')
  })

  it('becomes one error that carries the report', () => {
    const validated = check('tiers: 5\nfoo: 1\n')
    const error = thrownBy(() => configOrThrow(validated))
    expect(error).toBeInstanceOf(GatewayError)
    expect(error).toMatchObject({ code: 'config_invalid', message: 'gateway.yaml has 2 mistakes' })
    expect(error).toHaveProperty('data.report', expect.stringContaining('gateway.yaml:2:1'))
  })

  it('shows the same mistake in several places once', () => {
    const text =
      'routing:\n  rules:\n    - { name: a, when: {}, tier: gold }\n    - { name: a1, when: {}, tier: gold }\n'
    const report = shown(check(text.replace('name: a1', 'name: a')))
    expect(report).toContain('unknown tier "gold" in rule "a"')
    expect(report).toContain('also at 4:34')
    expect(report.match(/unknown tier/g)).toHaveLength(1)
  })

  it('cuts long lines around the mistake and keeps the caret under it', () => {
    const text = `aliases: { chat: { models: [${'gpt-5.4, '.repeat(1)}${' '.repeat(300)}gpt-5.4-mni] } }\n`
    const lines = shown(check(text)).split('\n')
    const code = lines.find((line) => /^ +1 \|/.test(line)) ?? ''
    const caret = lines.find((line) => line.includes('^')) ?? ''
    expect(code.length).toBeLessThan(130)
    expect(code.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('gpt-5.4-mni')
  })

  it('does not pass control characters of a file on to the terminal', () => {
    const report = shown(check('tiers: ["\u001b]0;owned\u0007"]\nfoo\u202e: "\u001b[2J"\n'))
    expect(report).toContain('gateway.yaml:')
    expect(report.split('').filter((char) => char !== '\n' && (char < ' ' || char === '\u202e'))).toEqual([])
  })
})

describe('names', () => {
  it.each([
    ['aliases: { a: { models: [nope] } }', 'config_unknown_model 1:26 unknown model "nope" in alias "a"'],
    ['routing: { default_policy: chepest }', 'config_unknown_name 1:28 unknown policy "chepest" as default'],
    [
      'routing: { rules: [{ name: r, when: {}, policy: p }] }',
      'config_unknown_name 1:49 unknown policy "p" in rule "r"',
    ],
    ['models: { m: { provider: p, price: {} } }', 'config_unknown_name 1:26 unknown provider "p" for model "m"'],
    ['models: { gpt-5.4: { quality: { code.foo: 1 } } }', 'config_unknown_name 1:43 unknown intent "code.foo"'],
    ['tiers: [a, b, a]', 'config_duplicate 1:15 tier "a" is listed twice'],
    [
      'budgets: [{ name: b, scope: user, limit: 1, window: day, model_class: tier:x }]',
      'config_unknown_name 1:71 unknown tier "x" in "budgets[0].model_class"',
    ],
    [
      'aliases: { auto: { models: [gpt-5.4] } }',
      'config_conflict 1:12 alias "auto" has the name of something built in',
    ],
    [
      'models: { gpt-5.4: {} }\naliases: { gpt-5.4: { models: [gpt-5.4] } }',
      'config_conflict 2:12 alias "gpt-5.4" has the name of a model',
    ],
  ])('%s', (text, expected) => {
    expect(listed(check(text))).toContain(expected)
  })

  it('accepts an alias in a rule, a model of the catalogue without a models section, and intent prefixes', () => {
    const text =
      'aliases: { a: { models: [gpt-5.4] } }\nrouting: { rules: [{ name: r, when: { intent: [code.*, math] }, models: [a, gpt-5.4-mini] }] }'
    expect(listed(check(text))).toEqual([])
  })

  it('says so when a model exists but is not among the listed ones', () => {
    const report = shown(check('models: { gpt-5.4: {} }\naliases: { a: { models: [gpt-4o-mini] } }'))
    expect(report).toContain('in the catalogue, but not under "models"')
  })

  it('warns of a model of which nothing is known, and still accepts the config', () => {
    const validated = check('models: { gpt-4o-mni: {} }')
    expect(validated.config).toBeDefined()
    expect(shown(validated)).toContain('warning config_weak  nothing is known of model "gpt-4o-mni"')
    expect(shown(validated)).toContain('did you mean "gpt-4o-mini"?')
  })
})

describe('values', () => {
  it.each([
    ['failover: { deadline: 60 }', '"failover.deadline": expected a duration above zero'],
    ['failover: { max_attempts: 0 }', '"failover.max_attempts": expected a whole number above zero'],
    ['budgets: [{ name: b, scope: user, limit: 5 EUR, window: day }]', '"budgets[0].limit": expected an amount'],
    ['budgets: [{ name: b, scope: user, window: day }]', '"budgets[0]" has no "limit"'],
    ['rate_limits: [{ scope: key, requests: 60 }]', '"rate_limits[0].requests": expected a rate'],
    ['cache: { semantic: { threshold: 1.2 } }', '"cache.semantic.threshold" must be at most 1'],
    ['routing: [1]', '"routing" must be a map, not a list'],
    ['auth: { required: "no" }', '"auth.required" must be a boolean, not a text'],
    ['version: 2', '"version" must be 1'],
    ['replay: { gates: [{ metric: cost.total }] }', 'gate 1 (cost.total) has no limit'],
    ['routing: { policies: { p: { require: { quality: 0.5 } } } }', 'policy "p" has no aim'],
    ['routing: { policies: { p: { weights: { cost: 0 } } } }', 'policy "p" gives no axis any weight'],
    ['routing: { rules: [{ name: r, when: {}, order: listed }] }', '"order: listed" in rule "r" needs "models"'],
    [
      'models: { gpt-5.4: { price: { input: 0.1234567 } } }',
      '"models.gpt-5.4.price.input": expected a price in USD per million tokens',
    ],
  ])('%s', (text, expected) => {
    const validated = check(text)
    expect(validated.config).toBeUndefined()
    expect(listed(validated).join('\n')).toContain(expected)
  })

  it('counts gates with the same metric and slice as one, however the slice is written', () => {
    const gates = (second: string): string =>
      `replay: { gates: [{ metric: q, where: { intent: [math, chat] }, min: 0.5 }, { metric: q, where: ${second}, min: 0.4 }] }`
    expect(listed(check(gates('{ intent: [chat, math] }'))).join()).toContain('config_duplicate')
    expect(listed(check(gates('{ intent: chat }')))).toEqual([])
  })
})

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
