import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogText, loadBundledCatalog } from '../../../src/catalog/catalog-file.ts'
import type { ModelFacts } from '../../../src/catalog/facts.ts'
import { FIRST_RUN_MODELS } from '../../../src/catalog/first-run-models.ts'
import { canonicalJson } from '../../../src/wire/json.ts'

const bundled = loadBundledCatalog()

/** The ten models of the bundled recordings, by the names that the recordings use. */
const RECORDED = [
  'gpt-4o-2024-08-06',
  'gpt-4o-mini-2024-07-18',
  'claude-3-5-sonnet-20241022',
  'claude-3-haiku-20240307',
  'gemini-1.5-pro',
  'gemini-1.5-flash',
  'Mistral-Large-2',
  'deepseek-v2.5-0908',
  'Qwen2-72B-Instruct',
  'Meta-Llama-3.1-8B-Instruct',
]

describe('the bundled catalogue', () => {
  it('is what its checksum says, and what its own writer would write', () => {
    expect(createHash('sha256').update(canonicalJson(bundled.models)).digest('hex')).toBe(bundled.sha256)
    const file = join(import.meta.dirname, '../../../src/catalog/data/catalog.json')
    expect(catalogText(bundled.models, bundled.sources)).toBe(readFileSync(file, 'utf8'))
  })

  it('names its sources with date and licence', () => {
    expect(bundled.sources.length).toBeGreaterThanOrEqual(2)
    for (const source of bundled.sources)
      expect(source).toMatchObject({ licence: 'MIT', asOf: expect.stringMatching(/^20\d\d/) })
  })

  it('has whole, plausible prices with source and date for every model', () => {
    expect(bundled.models.length).toBeGreaterThan(70)
    expect(bundled.models.filter((model) => !isWellPriced(model)).map((model) => model.id)).toEqual([])
  })

  it.each([
    ['openai', 'gpt-5.4', { input: 2_500_000, output: 15_000_000, cacheRead: 250_000 }],
    ['deepseek', 'deepseek-v4-pro', { input: 435_000, output: 870_000, cacheRead: 3_625 }],
    ['anthropic', 'claude-opus-4-8', { input: 5_000_000, output: 25_000_000, cacheWrite5m: 6_250_000 }],
    ['openai', 'gpt-4o-2024-08-06', { input: 2_500_000, output: 10_000_000 }],
    ['anthropic', 'claude-3-haiku-20240307', { input: 250_000, output: 1_250_000 }],
  ])('%s %s costs what its source states', (vendor, id, expected) => {
    const model = bundled.models.find((one) => one.vendor === vendor && one.id === id)
    expect(model?.prices?.steps[0]).toMatchObject(expected)
  })

  it('keeps the dearer step for long prompts', () => {
    const model = bundled.models.find((one) => one.id === 'gpt-5.4')
    expect(model?.prices?.steps[1]).toMatchObject({ aboveInputTokens: 272_000, input: 5_000_000, output: 22_500_000 })
  })

  it('has the models of the recordings, not retired when they were recorded, with a date only where a source has one', () => {
    const historic = bundled.models.filter((model) => model.historic === true)
    expect(historic.map((model) => model.id).sort()).toEqual([...RECORDED].sort())
    const dated = historic.filter((model) => model.dates.retires !== undefined)
    expect(dated.length).toBeGreaterThan(0)
    expect(dated.filter((model) => (model.dates.retires ?? '') <= '2025-01-01')).toEqual([])
    const others = historic.filter((model) => model.dates.retires === undefined)
    expect(others.filter((model) => !(model.note ?? '').includes('no source states a retirement date'))).toEqual([])
  })

  it('states capabilities only where a source does', () => {
    const values = (models: typeof bundled.models): unknown[] =>
      models.flatMap((model) => Object.values(model.capabilities))
    expect(new Set(values(bundled.models.filter((model) => model.kind === 'embedding')))).toEqual(new Set([null]))
    expect(new Set(bundled.models.map((model) => model.capabilities.streaming))).toEqual(new Set([null]))
    expect(new Set(values(bundled.models))).toEqual(new Set([true, false, null]))
  })

  it('knows the models of the first run', () => {
    const current = new Set(
      bundled.models.filter((model) => model.historic !== true).map(({ vendor, id }) => `${vendor}/${id}`),
    )
    expect(FIRST_RUN_MODELS.filter(({ vendor, id }) => !current.has(`${vendor}/${id}`))).toEqual([])
  })
})

/** Prices with source and date, whole, sorted by size, the base input price known, none absurdly high. */
function isWellPriced({ prices }: ModelFacts): boolean {
  if (prices === null || prices.source === '' || !/^\d{4}-\d\d-\d\d$/.test(prices.asOf)) return false
  const sizes = prices.steps.map((step) => step.aboveInputTokens)
  const stated = prices.steps.flatMap((step) => Object.values(step)).filter((value) => value !== null)
  return (
    sizes[0] === 0 &&
    sizes.every((size, index) => index === 0 || size > (sizes[index - 1] ?? 0)) &&
    prices.steps[0]?.input !== null &&
    stated.every((value) => Number.isSafeInteger(value) && value >= 0 && value <= 1_000_000_000)
  )
}
