import { describe, expect, it } from 'vitest'
import { loadBundledCatalog } from '../../../src/catalog/catalog-file.ts'
import { buildMatrix, type MatrixInput } from '../../../src/catalog/matrix.ts'
import type { ServingProvider } from '../../../src/catalog/ports.ts'
import type { ModelRow } from '../../../src/engine/matrix.ts'

const facts = loadBundledCatalog().models
const TIERS = ['free', 'standard', 'premium']
const openai: ServingProvider = { name: 'openai', vendor: 'openai', simulated: false, hasCredentials: true }
const local: ServingProvider = { name: 'local', vendor: null, simulated: false, hasCredentials: true }
const simulated: ServingProvider = { name: 'sim', vendor: null, simulated: true, hasCredentials: true }

const build = (input: Partial<MatrixInput>): ReturnType<typeof buildMatrix> =>
  buildMatrix({ facts, providers: [openai], models: null, tiers: TIERS, ...input })

function row(input: Partial<MatrixInput>, id: string): ModelRow {
  const found = build(input).matrix.rows.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no row ${id}`)
  return found
}

describe('the matrix without a models section', () => {
  it('has every current model of the providers and none of the historic ones', () => {
    const { rows } = build({}).matrix
    expect(rows.map((one) => one.id)).toEqual(expect.arrayContaining(['gpt-5.4', 'text-embedding-3-small']))
    expect(rows.some((one) => String(one.id) === 'gpt-4o-2024-08-06')).toBe(false)
    expect(rows.map((one) => one.id)).toEqual(rows.map((one) => one.id).sort())
  })

  it('spans three tiers on the simulated provider alone', () => {
    const { rows } = build({ providers: [simulated] }).matrix
    const perTier = TIERS.map((tier) => rows.filter((one) => one.tier === tier && one.kind === 'chat').length)
    expect(perTier).toEqual([3, 3, 3])
    const vectors = rows.filter(({ kind }) => kind === 'embedding').map(({ id }) => id)
    expect(vectors).toEqual(['gemini-embedding-001', 'mistral-embed', 'text-embedding-3-small'])
  })

  it('lists two accounts at one vendor as two targets of one row', () => {
    const second = { ...openai, name: 'openai-eu' }
    expect(row({ providers: [openai, second] }, 'gpt-5.4').targets.map((target) => target.provider)).toEqual([
      'openai',
      'openai-eu',
    ])
  })

  it('keeps models of two vendors under one name apart, because their prices differ', () => {
    const [first] = facts
    if (first === undefined) throw new Error('no facts')
    const shared = [
      { ...first, vendor: 'groq', id: 'shared' },
      { ...first, vendor: 'openrouter', id: 'shared' },
    ]
    const providers = ['groq', 'openrouter'].map((name) => ({ ...openai, name, vendor: name }))
    expect(build({ facts: shared, providers }).matrix.rows.map((one) => one.id)).toEqual([
      'openrouter/shared',
      'shared',
    ])
  })

  it('warns of a provider whose models nobody knows', () => {
    expect(build({ providers: [local] }).warnings).toEqual([
      'no known models at provider "local"; list them under "models"',
    ])
  })
})

describe('the matrix with a models section', () => {
  it('has exactly these rows', () => {
    const { rows } = build({ models: { 'gpt-5.4': {}, mine: { provider: ['openai'] } } }).matrix
    expect(rows.map((one) => one.id)).toEqual(['gpt-5.4', 'mine'])
  })

  it('takes facts by the upstream name where the own name is unknown', () => {
    const mine = row({ models: { mine: { provider: ['openai'], upstream_model: 'gpt-5.4' } } }, 'mine')
    expect(mine).toMatchObject({
      contextWindow: 1_050_000,
      targets: [{ provider: 'openai', upstreamModel: 'gpt-5.4' }],
    })
  })

  it('lets a simulated provider stand in for any model of the catalogue, also historic ones', () => {
    const old = row({ providers: [simulated], models: { 'gemini-1.5-pro': { provider: ['sim'] } } }, 'gemini-1.5-pro')
    expect(old.prices?.steps[0]?.input).toBe(1_250_000)
    expect(old.targets[0]?.provider).toBe('sim')
  })

  it('leaves unknown what nobody states: no price is not a price of zero', () => {
    const mine = row({ models: { mine: { provider: ['openai'] } } }, 'mine')
    expect(mine).toMatchObject({ prices: null, contextWindow: null, capabilities: { tools: null } })
    const free = row({ models: { mine: { provider: ['openai'], price: { input: 0 } } } }, 'mine')
    expect(free.prices?.steps[0]).toMatchObject({ input: 0, output: null })
  })

  it('puts user values over the catalogue', () => {
    const mine = row(
      {
        models: {
          'gpt-5.4': {
            tier: 'free',
            context_window: 1_000,
            price: { input: 1, output: 2, above: [{ input_tokens: 9, input: 3 }] },
            capabilities: { tools: false },
            latency: { first_token_p50: 1, first_token_p95: 2, per_token_p50: 3, per_token_p95: 4 },
            retires: '2030-01-01',
          },
        },
      },
      'gpt-5.4',
    )
    expect(mine).toMatchObject({
      tier: 'free',
      contextWindow: 1_000,
      capabilities: { tools: false, reasoning: true },
      latency: { source: 'user', perTokenP95Ms: 4 },
      dates: { released: '2026-03-05', retires: '2030-01-01' },
    })
    expect(mine.prices).toMatchObject({
      source: 'user',
      steps: [{ input: 1 }, { aboveInputTokens: 9, input: 3, output: null }],
    })
  })

  it('adds a listed capability to what is known', () => {
    const mine = row({ models: { mine: { provider: ['openai'], capabilities: ['json_schema'] } } }, 'mine')
    expect(mine.capabilities).toMatchObject({ jsonSchema: true, jsonMode: true, tools: null })
  })

  it('serves a model that names no provider by that of its vendor, and warns when there is none', () => {
    expect(row({ providers: [local, openai], models: { 'gpt-5.4': {} } }, 'gpt-5.4').targets[0]?.provider).toBe(
      'openai',
    )
    expect(build({ providers: [local, openai], models: { mine: {} } }).warnings).toEqual([
      'model "mine" is served by no provider; give it a "provider"',
    ])
  })

  it('keeps the order of several providers', () => {
    const mine = row({ providers: [openai, local], models: { m: { provider: ['local', 'openai'] } } }, 'm')
    expect(mine.targets.map((target) => target.provider)).toEqual(['local', 'openai'])
  })
})

describe('default tiers', () => {
  it.each([
    ['gpt-5-nano', 'free'],
    ['gpt-5.4-mini', 'standard'],
    ['gpt-5.5', 'premium'],
  ])('%s is %s by its list price', (id, tier) => {
    expect(row({}, id).tier).toBe(tier)
  })

  it('are scaled to the tiers there are', () => {
    expect(row({ tiers: ['one'] }, 'gpt-5.5').tier).toBe('one')
    expect(row({ tiers: ['low', 'high'] }, 'gpt-5.5').tier).toBe('high')
    expect(row({ tiers: ['a', 'b', 'c', 'd', 'e'] }, 'gpt-5.4-mini').tier).toBe('c')
  })
})

describe('quality', () => {
  it('is a prior by price class, with documented family strengths', () => {
    const { quality } = row({ providers: [simulated] }, 'qwen3-coder-plus')
    expect(quality.overall?.source).toBe('prior')
    expect(quality.byIntent['code.generate']?.value).toBeGreaterThan(quality.overall?.value ?? 1)
    expect(quality.byIntent['math']).toBeUndefined()
  })

  it('does not rise because the user calls a cheap model premium', () => {
    const plain = row({ models: { 'gpt-5-nano': {} } }, 'gpt-5-nano').quality.overall
    expect(row({ models: { 'gpt-5-nano': { tier: 'premium' } } }, 'gpt-5-nano').quality.overall).toEqual(plain)
  })

  it('takes user values, exact intents over prefixes, and drops priors under a user overall', () => {
    const { quality } = row(
      { models: { 'gpt-5.4': { quality: { overall: 0.5, 'code.*': 0.6, 'code.generate': 0.9 } } } },
      'gpt-5.4',
    )
    expect(quality).toEqual({
      overall: { value: 0.5, source: 'user' },
      byIntent: expect.objectContaining({
        'code.generate': { value: 0.9, source: 'user' },
        'code.review': { value: 0.6, source: 'user' },
      }),
    })
    expect(quality.byIntent.extract).toBeUndefined()
  })

  it('is never stated for embeddings', () => {
    expect(row({}, 'text-embedding-3-small').quality).toEqual({ overall: null, byIntent: {} })
  })
})

describe('the matrix hash', () => {
  it('does not depend on the order of the models section, but on every number', () => {
    const hash = (models: MatrixInput['models']): string => build({ models }).matrix.hash
    const one = hash({ 'gpt-5.4': {}, 'gpt-5.5': { tier: 'free' } })
    expect(one).toMatch(/^[0-9a-f]{12}$/)
    expect(hash({ 'gpt-5.5': { tier: 'free' }, 'gpt-5.4': {} })).toBe(one)
    expect(hash({ 'gpt-5.5': { tier: 'free', max_output: 1 }, 'gpt-5.4': {} })).not.toBe(one)
  })
})
