import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { routeCommand } from '../../../src/cli/route/command.ts'
import type { RouteOptions } from '../../../src/cli/route/options.ts'
import { routeTest } from '../../../src/cli/route/test-command.ts'
import type { CliContext } from '../../../src/cli/context.ts'
import type { Decision } from '../../../src/engine/decision.ts'
import { GatewayError } from '../../../src/wire/errors.ts'
import { xmlFault } from '../report/xml-check.ts'
import { captured, temporaryDirectory } from './test-context.ts'

const CONFIG = `
version: 1
providers:
  local: { kind: openai-compatible, base_url: http://127.0.0.1:9/v1 }
  spare: { kind: openai-compatible, base_url: http://127.0.0.1:8/v1 }
models:
  small: { provider: local, tier: free, context_window: 4k, price: { input: 0.1, output: 0.2 }, quality: { overall: 0.6 } }
  large: { provider: spare, tier: premium, context_window: 200k, price: { input: 5, output: 15 }, quality: { overall: 0.9 } }
aliases:
  both: { models: [small, large] }
tiers: [free, premium]
routing:
  default_policy: cheap
  policies:
    cheap: { minimize: cost }
    best: { maximize: quality }
  rules:
    - { name: anna only, when: { user: anna }, tier: premium }
    - { name: tagged, when: { tags: golden }, models: [large] }
`

let cwd = ''
beforeEach(() => {
  cwd = temporaryDirectory()
  writeFileSync(join(cwd, 'gateway.yaml'), CONFIG)
})

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function route(
  prompt: string | undefined,
  options: Partial<RouteOptions> = {},
  over: Partial<CliContext> = {},
): Promise<Ran> {
  const { context, stdout, stderr } = captured(cwd, over)
  const code = await routeCommand(context, prompt, { as: [], tag: [], assume: [], explain: false, ...options })
  return { code, out: stdout.join('\n'), err: stderr.join('\n') }
}

async function decision(prompt: string, options: Partial<RouteOptions> = {}): Promise<Decision> {
  return JSON.parse((await route(prompt, options, { json: true })).out) as Decision
}

async function test(table: string, name = 'cases.yaml', report: readonly string[] = []): Promise<Ran> {
  writeFileSync(join(cwd, name), table)
  const { context, stdout, stderr } = captured(cwd)
  const code = await routeTest(context, name, { as: [], tag: [], assume: [], report })
  return { code, out: stdout.join('\n'), err: stderr.join('\n') }
}

async function errorOf(run: Promise<unknown>): Promise<{ code: string; text: string }> {
  const error: unknown = await run.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  return error instanceof GatewayError
    ? { code: error.code, text: `${error.message} ${error.hint ?? ''}` }
    : { code: 'none', text: String(error) }
}

describe('gateway route', () => {
  it('prints one line, or the tree', async () => {
    expect((await route('hello')).out).toMatch(/^small {2}free {2}policy=cheap {2}score=1.000 {2}est=\$\.0000\d+$/u)
    const tree = await route('hello', { explain: true })
    expect(tree.out).toContain('chosen: small (free) on local: lowest expected cost')
    expect(tree.out).toContain('└─ plan')
    expect(tree.err).toContain('next: gateway route … --why-not large')
  })

  it('prints the whole decision as JSON', async () => {
    const found = await decision('hello')
    expect(found.schema).toBe('gateway.decision/1')
    expect(found.outcome).toMatchObject({ kind: 'chosen', model: 'small', provider: 'local' })
    expect(found.candidates).toHaveLength(2)
  })

  it('reads a prompt or a chat body from a file', async () => {
    writeFileSync(join(cwd, 'prompt.txt'), 'hello')
    const body = { model: 'large', messages: [{ role: 'user', content: 'hello' }] }
    writeFileSync(join(cwd, 'body.json'), JSON.stringify(body))
    expect((await route(undefined, { file: 'prompt.txt' })).out).toContain('small')
    expect((await route(undefined, { file: 'body.json' })).out).toContain('large')
    expect((await route(undefined, { file: 'body.json', model: 'auto:best' })).out).toContain('policy=best')
  })

  it('makes a recorded decision again from its fixture', async () => {
    const made = await decision('hello', { as: ['user:anna'], seed: 7, at: '2026-01-02T03:04:05Z' })
    const fixture = {
      id: 'fx_1',
      key: 'k',
      key_v: 1,
      session: 's1',
      turn: 0,
      ts: '2026-01-02T03:04:05.000Z',
      source: { kind: 'test' },
      tags: [],
      weight: 1,
      req: {
        api: 'chat.completions',
        model_asked: 'auto',
        body: { messages: [{ role: 'user', content: 'hello' }] },
        stream: false,
      },
      ctx: { rights: made.principal, seed: 7, now: Date.parse('2026-01-02T03:04:05Z') },
      expect: [],
    }
    const header = {
      kind: 'header',
      schema: 'gateway.fixture/1',
      created: '2026-01-02T03:04:05.000Z',
      redaction: 'none',
      catalog: 'x',
      prices: 'x',
    }
    writeFileSync(join(cwd, 'a.jsonl'), [header, fixture].map((line) => `${JSON.stringify(line)}\n`).join(''))
    const again = await route(undefined, { fixture: 'a.jsonl#fx_1' }, { json: true })
    expect(JSON.parse(again.out)).toEqual(made)
    expect(await errorOf(route(undefined, { fixture: 'a.jsonl#fx_2' }))).toMatchObject({
      code: 'fixture_not_found',
      text: 'there is no fixture "a.jsonl#fx_2" did you mean "fx_1"?',
    })
  })

  it('answers what-ifs: who asks, tags, tier, health, latency, budget', async () => {
    const chosen = async (options: Partial<RouteOptions>): Promise<string> =>
      (await route('hello', options)).out.split('  ')[0] ?? ''
    expect(await chosen({ as: ['user:anna'] })).toBe('large')
    expect(await chosen({ tag: ['golden'] })).toBe('large')
    expect(await chosen({ tier: 'premium' })).toBe('large')
    expect(await chosen({ assume: ['small=down'] })).toBe('large')
    expect(await chosen({ assume: ['local=429'] })).toBe('large')
    expect(await chosen({ model: 'auto:best', budgetLeft: 0.001 })).toBe('small')
    writeFileSync(
      join(cwd, 'state.json'),
      JSON.stringify({ health: { 'local/small': { state: 'open', retryAt: null, reason: '503' } } }),
    )
    expect(await chosen({ health: 'state.json' })).toBe('large')
    const late = await decision('hello', { assume: ['large=p95:9s'] })
    expect(late.candidates[0]).toMatchObject({
      model: 'large',
      score: { expectedFirstTokenMs: { p95: 9_000, source: 'user' } },
    })
  })

  it('puts --budget-left into the budgets of the config that concern the caller', async () => {
    const budgets = '  - { name: mine, scope: user, limit: 5 USD, window: day, on_exceed: block }'
    writeFileSync(join(cwd, 'gateway.yaml'), `${CONFIG}budgets:\n${budgets}\n`)
    const stopped = await route('hello', { as: ['user:ben'], budgetLeft: 0 })
    expect(stopped).toMatchObject({
      code: 3,
      err: expect.stringContaining('budget "mine" of ben has $0 left') as string,
    })
    expect((await route('hello', { as: ['user:ben'] })).code).toBe(0)
  })

  it('explains one model, flips and comparisons', async () => {
    expect((await route('hello', { whyNot: 'large' })).out).toMatch(/^large scores \.000, small 1\.000, most by cost/u)
    expect((await route('hello', { flip: true })).out).toContain('would flip if  small down -> large')
    writeFileSync(join(cwd, 'best.yaml'), CONFIG.replace('default_policy: cheap', 'default_policy: best'))
    const { out } = await route('hello', { compare: 'best.yaml' })
    expect(out.split('\n').slice(0, 2)).toEqual([
      'choice: small (free) on local -> large (premium) on spare',
      'policy: cheap -> best',
    ])
    const json = await route(
      'hello',
      { compare: 'best.yaml', flip: true, whyNot: 'large', expect: 'small' },
      { json: true },
    )
    expect(Object.keys(JSON.parse(json.out) as object).slice(-4)).toEqual(['whyNot', 'flip', 'compare', 'expect'])
  })

  it('is a test with --expect', async () => {
    expect((await route('hello', { expect: 'small' })).code).toBe(0)
    expect((await route('hello', { expect: 'tier:free' })).code).toBe(0)
    const wrong = await route('hello', { expect: 'tier:premium' })
    expect(wrong).toMatchObject({
      code: 1,
      err: expect.stringContaining('expected tier:premium, got small (free)') as string,
    })
    expect((await route('hello', { assume: ['small=down', 'large=down'], expect: 'refused' })).code).toBe(0)
  })

  it('ends with 3 and lists the rejected models when nothing can serve', async () => {
    const { code, out, err } = await route('hello', { assume: ['small=down', 'spare=down'] })
    expect(code).toBe(3)
    expect(out).toContain('refused  no_capable_model')
    expect(err).toContain('error not_routable')
    expect(err).toContain('\n  large: down (assumed) (provider_unhealthy)\n  small: down (assumed)')
    const unknown = await route('hello', { model: 'larg' })
    expect(unknown).toMatchObject({ code: 3, err: expect.stringContaining('did you mean "large"?') as string })
  })

  it('explains what it does not understand, and never repeats a prompt', async () => {
    expect(await errorOf(route(undefined))).toMatchObject({ code: 'usage_error' })
    expect(await errorOf(route('a', { file: 'b' }))).toMatchObject({ code: 'usage_error' })
    expect((await errorOf(route('hello', { assume: ['smal=down'] }))).text).toContain('did you mean "small"?')
    expect((await errorOf(route('hello', { assume: ['small=broken'] }))).text).toContain('<model>=p95:9s')
    expect((await errorOf(route('hello', { as: ['anna'] }))).text).toContain('user:<name>')
    expect((await errorOf(route('hello', { at: 'noon' }))).text).toContain('2026-03-01T14:00:00Z')
    expect((await errorOf(route('hello', { health: 'none.json' }))).code).toBe('usage_error')
    const { out, err } = await route('my secret plan', { explain: true, assume: ['small=down', 'large=down'] })
    expect(out + err).not.toContain('secret plan')
  })

  it('speaks sentences to a screen reader', async () => {
    const { out } = await route('hello', { explain: true }, { screenReader: true })
    expect(out).not.toMatch(/[├└│]/u)
    expect(out).toContain('eligible: 2 of 2.')
  })
})

describe('gateway route test', () => {
  const TABLE = `
- { name: greeting, prompt: hello, expect: small }
- { prompt: hello there, as: user:anna, expect: tier:premium }
- { name: body, request: { messages: [{ role: user, content: hi }] }, model: both, tags: golden, expect: large }
`

  it('passes when every case goes where it should', async () => {
    const { code, out } = await test(TABLE)
    expect(out).toContain('ok    greeting     small         chat  small')
    expect(out).toContain('3 cases, 0 failed')
    expect(code).toBe(0)
  })

  it('fails with the reason when one does not', async () => {
    const { code, out } = await test('cases:\n  - { prompt: hello, expect: large }\n')
    expect(code).toBe(1)
    expect(out).toContain('FAIL  hello  large  chat  got small: small (free) on local: lowest expected cost')
  })

  it('takes JSON and JSONL too', async () => {
    const cases = [
      { prompt: 'hello', expect: 'small' },
      { prompt: 'hello', expect: 'rule:anna only', as: ['user:anna'] },
    ]
    expect((await test(JSON.stringify(cases), 'cases.json')).code).toBe(0)
    expect((await test(cases.map((one) => JSON.stringify(one)).join('\n'), 'cases.jsonl')).code).toBe(0)
  })

  it('writes JUnit', async () => {
    const { readFileSync } = await import('node:fs')
    await test('[{ prompt: "a < b & c", expect: large }, { prompt: b, expect: small }]', 'c.yaml', ['junit=out.xml'])
    const xml = readFileSync(join(cwd, 'out.xml'), 'utf8')
    expect(xmlFault(xml)).toBeNull()
    expect(xml).toContain('tests="2" failures="1"')
    expect(xml).toContain('expected large, got small')
  })

  it('reports every mistake of a table at once', async () => {
    const { code, text } = await errorOf(test('[{ promt: hi, expect: small }, { prompt: hi }, 7]'))
    expect(code).toBe('usage_error')
    expect(text).toContain('case 1: unknown member "promt"; did you mean "prompt"?')
    expect(text).toContain('case 2: "expect" is missing')
    expect(text).toContain('case 3: is no object')
    expect((await errorOf(test('a: 1'))).text).toContain('holds no list of cases')
    expect((await errorOf(test('{', 'x.json'))).text).toContain('can not be parsed')
  })
})
