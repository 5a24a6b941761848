import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadBundledCatalog, loadCatalog, syncedCatalogPath } from '../../../src/catalog/catalog-file.ts'
import type { ModelFacts } from '../../../src/catalog/facts.ts'
import { catalogDiff, catalogFaults } from '../../../src/catalog/sync-check.ts'
import { readPriceDocument } from '../../../src/catalog/sync-read.ts'
import { writeSyncedCatalog } from '../../../src/catalog/sync-write.ts'

const known = loadBundledCatalog().models.filter((model) => model.historic !== true)
const source = { name: 'test', asOf: '2026-11-01', licence: 'MIT' }

const modelsDev = {
  openai: {
    id: 'openai',
    models: {
      'gpt-x': {
        id: 'gpt-x',
        name: 'GPT X',
        family: 'gpt',
        cost: { input: 2.5, output: 10, cache_read: 0.25, tiers: [{ tier: { size: 200_000 }, input: 5, output: 20 }] },
        limit: { context: 400_000, output: 128_000 },
        modalities: { input: ['text', 'image'], output: ['text'] },
        tool_call: true,
        structured_output: true,
        reasoning: false,
        release_date: '2026-10-01',
      },
      'gpt-image': { id: 'gpt-image', modalities: { input: ['text'], output: ['image'] } },
    },
  },
  'some-reseller': { models: { y: { id: 'y', modalities: { input: ['text'], output: ['text'] } } } },
}

const litellm = {
  sample_spec: { litellm_provider: 'one of …', input_cost_per_token: 0 },
  'gpt-x': {
    litellm_provider: 'openai',
    mode: 'chat',
    max_input_tokens: 400_000,
    max_output_tokens: 128_000,
    input_cost_per_token: 2.5e-6,
    output_cost_per_token: 1e-5,
    input_cost_per_token_above_200k_tokens: 5e-6,
    output_cost_per_token_above_200k_tokens: 2e-5,
    cache_read_input_token_cost: 2.5e-7,
    supports_function_calling: true,
    supports_response_schema: true,
    supports_vision: true,
    deprecation_date: '2027-01-01',
  },
  'gemini/gemini-x': { litellm_provider: 'gemini', mode: 'chat', input_cost_per_token: 1e-7 },
  'dall-e-3': { litellm_provider: 'openai', mode: 'image_generation' },
  'bedrock/y': { litellm_provider: 'bedrock', mode: 'chat' },
}

describe('price documents', () => {
  it('of models.dev and LiteLLM give the same facts for the same model', () => {
    const [fromDev] = readPriceDocument(modelsDev, '2026-11-01').models
    const [fromLite] = readPriceDocument(litellm, '2026-11-01').models
    expect(fromDev?.prices?.steps).toEqual(fromLite?.prices?.steps)
    expect(fromDev?.prices?.steps).toEqual([
      {
        aboveInputTokens: 0,
        input: 2_500_000,
        output: 10_000_000,
        cacheRead: 250_000,
        cacheWrite5m: null,
        cacheWrite1h: null,
        reasoning: null,
      },
      {
        aboveInputTokens: 200_000,
        input: 5_000_000,
        output: 20_000_000,
        cacheRead: null,
        cacheWrite5m: null,
        cacheWrite1h: null,
        reasoning: null,
      },
    ])
    for (const facts of [fromDev, fromLite]) {
      expect(facts).toMatchObject({
        id: 'gpt-x',
        vendor: 'openai',
        contextWindow: 400_000,
        maxOutput: 128_000,
        inputModalities: ['text', 'image'],
        capabilities: { tools: true, jsonSchema: true, jsonMode: true, parallelTools: null },
      })
    }
    expect(fromDev?.dates).toEqual({ released: '2026-10-01' })
    expect(fromLite?.dates).toEqual({ retires: '2027-01-01' })
  })

  it('leave out other vendors and kinds, and say how many', () => {
    expect(readPriceDocument(modelsDev, '2026-11-01')).toMatchObject({ leftOut: 2, models: [{ id: 'gpt-x' }] })
    const read = readPriceDocument(litellm, '2026-11-01')
    expect(read.models.map((model) => `${model.vendor}/${model.id}`)).toEqual(['openai/gpt-x', 'google/gemini-x'])
    expect(read.leftOut).toBe(2)
  })

  it('in the form of the bundled selection carry their own date', () => {
    const row = { ...modelsDev.openai.models['gpt-x'], provider: 'openai' }
    expect(readPriceDocument({ as_of: '2026-07-02', models: [row] }, '2026-11-01').source.asOf).toBe('2026-07-02')
  })

  it.each([[[]], [{}], [{ a: 1 }], ['text'], [null]])('of another shape (%j) are refused', (document) => {
    expect(() => readPriceDocument(document, '2026-11-01')).toThrow('none of the known shapes')
  })
})

describe('plausibility', () => {
  const scaled = (factor: number): ModelFacts[] => known.map((model) => withInput(model, (price) => price * factor))

  it('accepts the bundled facts against themselves', () => {
    expect(catalogFaults(known, known)).toEqual([])
    expect(catalogDiff(known, known)).toEqual([])
  })

  it.each([
    ['too few models', known.slice(0, 5), 'only 5 usable models, at least 30 are expected'],
    ['less than half of what is known', known.slice(0, 35), 'less than half of the 73 known now'],
    ['prices per million read as prices per token', scaled(1_000_000), 'is the unit right?'],
    ['a model twice', [...known, ...known.slice(0, 1)], 'is listed twice'],
  ])('refuses %s', (_what, next, expected) => {
    expect(catalogFaults(next, known).join('\n')).toContain(expected)
  })

  it('marks prices that moved by more than a factor of three, and those that became or stopped being zero', () => {
    const suspicious = (factor: number): boolean[] =>
      catalogDiff(scaled(factor), known).flatMap((change) => (change.kind === 'price' ? [change.suspicious] : []))
    expect(new Set(suspicious(4))).toEqual(new Set([true]))
    expect(new Set(suspicious(0.25))).toEqual(new Set([true]))
    expect(new Set(suspicious(0))).toEqual(new Set([true]))
    expect(new Set(suspicious(2))).toEqual(new Set([false]))
  })

  it('shows what is new and what is gone', () => {
    const [first, ...rest] = known
    const changes = catalogDiff([...rest, { ...rest[0], id: 'brand-new' } as ModelFacts], known)
    expect(changes.map((change) => `${change.kind} ${change.model.id}`)).toEqual([
      'added brand-new',
      `unlisted ${first?.id}`,
    ])
  })
})

describe('the synced layer', () => {
  let dir = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'gateway-sync-'))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it('lies over the bundled one: changed and new models win, the others stay', () => {
    const changed = known.slice(0, 40).map((model) => withInput(model, () => 7))
    writeSyncedCatalog(dir, changed, source)
    const catalog = loadCatalog(dir)
    expect(catalog.synced).toBe(true)
    expect(catalog.models).toHaveLength(loadBundledCatalog().models.length)
    expect(catalog.models.filter((model) => model.prices?.steps[0]?.input === 7)).toHaveLength(40)
  })

  it('does not forget what the newer source is silent about, but takes its price list as a whole', () => {
    const old = known.find((model) => model.id === 'gpt-5.4')
    const { models } = readPriceDocument(
      {
        'gpt-5.4': {
          litellm_provider: 'openai',
          mode: 'chat',
          input_cost_per_token: 2e-6,
          output_cost_per_token: 1e-5,
        },
      },
      '2026-11-01',
    )
    writeSyncedCatalog(dir, models, source)
    const merged = loadCatalog(dir).models.find((model) => model.id === 'gpt-5.4')
    expect(merged).toMatchObject({ contextWindow: old?.contextWindow, capabilities: old?.capabilities, family: 'gpt' })
    expect(merged?.prices?.steps).toEqual([expect.objectContaining({ input: 2_000_000, cacheRead: null })])
  })

  it('is written whole or not at all, readable by its owner alone', () => {
    writeSyncedCatalog(dir, known, source)
    expect(statSync(syncedCatalogPath(dir)).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(dir, '.gateway'))).toEqual(['catalog.json'])
  })

  it.each([
    ['cut off', (text: string) => text.slice(0, -20)],
    ['edited', (text: string) => text.replace('"input":', '"input":1')],
    ['something else', () => '{"schema":"other"}'],
  ])('is refused when it is %s', (_what, damage) => {
    writeSyncedCatalog(dir, known, source)
    const file = syncedCatalogPath(dir)
    const text = damage(JSON.stringify(loadBundledCatalog()))
    writeFileSync(file, text)
    expect(() => loadCatalog(dir)).toThrow(/catalog.json (is not|does not match)/)
    expect(existsSync(file)).toBe(true)
  })
})

function withInput(model: ModelFacts, change: (price: number) => number): ModelFacts {
  if (model.prices === null) return model
  const steps = model.prices.steps.map((step) => ({ ...step, input: step.input === null ? null : change(step.input) }))
  return { ...model, prices: { ...model.prices, steps } }
}
