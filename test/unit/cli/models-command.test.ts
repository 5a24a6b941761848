import { createServer, type Server } from 'node:http'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadBundledCatalog } from '../../../src/catalog/catalog-file.ts'
import { runCheck } from '../../../src/cli/models/check.ts'
import { runList } from '../../../src/cli/models/list.ts'
import { runShow } from '../../../src/cli/models/show.ts'
import { runSync } from '../../../src/cli/models/sync.ts'
import { loadProject } from '../../../src/cli/project.ts'
import { captured, temporaryDirectory } from './test-context.ts'

let cwd = ''
beforeEach(() => {
  cwd = temporaryDirectory()
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const NOW = Date.parse('2026-11-22')
const write = (text: string, name = 'gateway.yaml'): void => writeFileSync(join(cwd, name), text)
const synced = (): string => join(cwd, '.gateway', 'catalog.json')

/** The bundled current models in the form of models.dev, with one price changed. */
function modelsDev(factor: number): unknown {
  const vendors: Record<string, { models: Record<string, unknown> }> = {}
  for (const model of loadBundledCatalog().models.filter((one) => one.historic !== true)) {
    const step = model.prices?.steps[0]
    const changed = model.id === 'gpt-5.4' ? factor : 1
    const vendor = (vendors[model.vendor] ??= { models: {} })
    vendor.models[model.id] = {
      id: model.id,
      name: model.name,
      family: model.family,
      cost: { input: ((step?.input ?? 0) / 1e6) * changed, output: (step?.output ?? 0) / 1e6 },
      limit: { context: model.contextWindow, output: model.maxOutput },
      modalities: { input: model.inputModalities, output: ['text'] },
    }
  }
  return vendors
}

describe('gateway models list, show', () => {
  it('shows the matrix as a table, and as JSON', async () => {
    const { context, stdout } = captured(cwd)
    await runList(context, false)
    expect(stdout.join('\n')).toMatch(/^MODEL +TIER +SERVED BY/)
    expect(stdout.join('\n')).toMatch(/^claude-opus-4-8 +premium +simulated +1M +128k +5 +25 +TRVPC +0\.84 prior$/m)
    const json = captured(cwd, { json: true })
    await runList(json.context, false)
    expect(JSON.parse(json.stdout.join(''))).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{12}$/) })
  })

  it('shows the whole catalogue with --all', async () => {
    const { context, stdout } = captured(cwd)
    await runList(context, true)
    expect(stdout.join('\n')).toContain('Qwen2-72B-Instruct')
  })

  it('shows where each number comes from', async () => {
    write('models: { gpt-5.4: { quality: { math: 0.9 }, price: { input: 1, output: 2 } } }\n')
    const { context, stdout } = captured(cwd)
    await runShow(context, 'gpt-5.4')
    const text = stdout.join('\n')
    expect(text).toContain('in 1, out 2 USD per million   (config)')
    expect(text).toContain('math 0.9 (user)')
    expect(text).toContain('0.84 (prior)')
    expect(text).toContain('not measured yet')
  })

  it('suggests a name', async () => {
    await expect(runShow(captured(cwd).context, 'gpt-5.4-mni')).rejects.toMatchObject({
      hint: 'did you mean "gpt-5.4-mini"?',
    })
  })
})

describe('gateway models check', () => {
  it('passes on the first-run models', async () => {
    const { context, stdout } = captured(cwd)
    expect(await runCheck(context, NOW)).toBe(0)
    expect(stdout).toEqual(['12 models: 0 errors, 0 warnings'])
  })

  it('finds what is retired, unpriced, without a window, a key or a provider, and exits 1 for the retired', async () => {
    write(`providers: { openai: { kind: openai }, s: { kind: simulated } }
models:
  gemini-1.5-pro: { provider: s }
  soon: { provider: s, price: { input: 1, output: 1 }, context_window: 8k, retires: 2026-12-01 }
  bare: { provider: openai, deprecated: 2026-01-01 }
  devstral-2512: { provider: s }
`)
    const { context, stdout } = captured(cwd, { json: true })
    expect(await runCheck(context, NOW)).toBe(1)
    const { findings } = JSON.parse(stdout.join('')) as { findings: { code: string; model: string }[] }
    expect(findings.map(({ code, model }) => `${model} ${code}`)).toEqual([
      'bare deprecated',
      'bare unpriced',
      'bare unknown_window',
      'bare no_credentials',
      'devstral-2512 deprecated',
      'gemini-1.5-pro retired',
      'soon retires_soon',
    ])
  })

  it('says when prices are old', async () => {
    const { context, stdout } = captured(cwd)
    await runCheck(context, Date.parse('2027-06-01'))
    expect(stdout.join()).toContain('the newest price is 334 days old (2026-07-02)')
  })
})

describe('gateway models sync', () => {
  const from = (name: string, check = false) => ({ from: name, check, asOf: '2026-11-01' })

  it('from a file shows the differences and changes what the project knows', async () => {
    write(JSON.stringify(modelsDev(2)), 'api.json')
    const before = await loadProject({ cwd, config: undefined, env: { OPENAI_API_KEY: 'k' } })
    const { context, stdout } = captured(cwd)
    await runSync(context, from('api.json'))
    expect(stdout.join('\n')).toContain('~ openai gpt-5.4  input 2.5 -> 5 (+100%)')
    expect(stdout.at(-1)).toBe('wrote .gateway/catalog.json')
    const after = await loadProject({ cwd, config: undefined, env: { OPENAI_API_KEY: 'k' } })
    const price = (project: typeof after): unknown =>
      project.matrix.rows.find((row) => String(row.id) === 'gpt-5.4')?.prices
    expect(price(before)).toMatchObject({ asOf: '2026-07-02', steps: [{ input: 2_500_000 }, {}] })
    expect(price(after)).toMatchObject({ asOf: '2026-11-01', steps: [{ input: 5_000_000 }] })
    expect(after.matrix.hash).not.toBe(before.matrix.hash)
  })

  it('puts a price that moved by more than a factor of three first, loudly', async () => {
    write(JSON.stringify(modelsDev(4)), 'api.json')
    const { context, stdout } = captured(cwd)
    await runSync(context, from('api.json'))
    expect(stdout[0]).toBe('  ! openai gpt-5.4  input 2.5 -> 10 (+300%)')
    expect(stdout.join('\n')).toContain('1 by more than a factor of 3')
  })

  it('writes nothing with --check', async () => {
    write(JSON.stringify(modelsDev(2)), 'api.json')
    await runSync(captured(cwd).context, from('api.json', true))
    expect(existsSync(join(cwd, '.gateway'))).toBe(false)
  })

  it.each([
    ['a truncated file', '{"openai": {', 'can not be read as JSON'],
    ['too few models', JSON.stringify({ openai: { models: {} } }), 'is not plausible'],
    ['another unit', JSON.stringify(modelsDev(1e6)), 'is not plausible'],
    ['something else', '{"a": 1}', 'none of the known shapes'],
  ])('changes nothing for %s', async (_what, text, expected) => {
    write(JSON.stringify(modelsDev(1)), 'good.json')
    await runSync(captured(cwd).context, from('good.json'))
    const before = readFileSync(synced(), 'utf8')
    write(text, 'api.json')
    await expect(runSync(captured(cwd).context, from('api.json'))).rejects.toThrow(expected)
    expect(readFileSync(synced(), 'utf8')).toBe(before)
  })

  it('keeps the prices of the recorded models, whatever the new list says', async () => {
    const document = modelsDev(1) as Record<string, { models: Record<string, unknown> }>
    document['openai'] = {
      models: {
        ...document['openai']?.models,
        'gpt-4o-2024-08-06': {
          id: 'gpt-4o-2024-08-06',
          cost: { input: 99, output: 99 },
          modalities: { input: ['text'], output: ['text'] },
        },
      },
    }
    write(JSON.stringify(document), 'api.json')
    await runSync(captured(cwd).context, from('api.json'))
    const { catalog } = await loadProject({ cwd, config: undefined, env: {} })
    expect(catalog.models.find((model) => model.id === 'gpt-4o-2024-08-06')?.prices?.steps[0]?.input).toBe(2_500_000)
  })
})

describe('gateway models sync over the network', () => {
  let server: Server
  let answer: { status: number; body: string } = { status: 200, body: '' }
  let url = ''

  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/api.json` : ''
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  it.each([
    ['models.dev', 'GATEWAY_MODELS_DEV_URL'],
    ['litellm', 'GATEWAY_LITELLM_URL'],
  ])('fetches from %s', async (name, variable) => {
    answer = { status: 200, body: JSON.stringify(modelsDev(2)) }
    const { context, stdout } = captured(cwd, { env: { [variable]: url } })
    await runSync(context, { from: name, check: false, asOf: undefined })
    expect(stdout.at(-1)).toBe('wrote .gateway/catalog.json')
    expect(readFileSync(synced(), 'utf8')).toContain('"gateway.catalog/1"')
  })

  it.each([
    [500, '{}'],
    [200, 'not json'],
    [302, ''],
  ])('changes nothing when the answer is %i %j', async (status, body) => {
    answer = { status, body }
    const { context } = captured(cwd, { env: { GATEWAY_MODELS_DEV_URL: url } })
    await expect(runSync(context, { from: 'models.dev', check: false, asOf: undefined })).rejects.toBeInstanceOf(Error)
    expect(existsSync(synced())).toBe(false)
  })
})
