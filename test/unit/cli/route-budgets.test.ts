import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openKeyStores, openOwnDatabase } from '../../../src/cli/open-store.ts'
import { routeCommand } from '../../../src/cli/route/command.ts'
import type { RouteOptions } from '../../../src/cli/route/options.ts'
import { routeTest } from '../../../src/cli/route/test-command.ts'
import type { Decision } from '../../../src/engine/decision.ts'
import { makeIn } from '../auth/make-key.ts'
import { captured, temporaryDirectory } from './test-context.ts'

const CONFIG = `
version: 1
providers: { local: { kind: simulated } }
models:
  large: { provider: local, tier: premium, price: { input: 5, output: 15 }, context_window: 100k, max_output: 8k }
  huge: { provider: local, tier: premium, price: { input: 50, output: 150 }, context_window: 100k, max_output: 8k }
  middle: { provider: local, tier: standard, price: { input: 0.5, output: 1.5 }, context_window: 100k, max_output: 8k }
  small: { provider: local, tier: free, price: { input: 0, output: 0 }, context_window: 100k, max_output: 8k }
  secret: { provider: local, tier: free, context_window: 100k, max_output: 8k }
tiers: [free, standard, premium]
routing: { rules: [{ name: sums, when: { intent: math }, tier: premium }] }
budgets:
  - { name: premium per project, scope: project, model_class: tier:premium, limit: 200 USD, window: month, on_exceed: downgrade }
  - { name: mine, scope: key, limit: 2 USD, window: day, on_exceed: block }
  - { name: named, scope: user, limit: 1 USD, window: total, on_exceed: block, apply: referenced }
`
/** Nothing that blocks. */
const SOFT = CONFIG.replace(/ {2}- \{ name: mine.*\n/u, '')
const SUM = 'Prove that the sum of two odd numbers is even.'

let cwd = ''
beforeEach(() => {
  cwd = temporaryDirectory()
  writeFileSync(join(cwd, 'gateway.yaml'), CONFIG)
})

async function route(options: Partial<RouteOptions>, prompt = SUM, json = false) {
  const { context, stdout, stderr } = captured(cwd, { json })
  const code = await routeCommand(context, prompt, { as: [], tag: [], assume: [], explain: false, ...options })
  return { code, out: stdout.join('\n'), err: stderr.join('\n') }
}

const decision = async (options: Partial<RouteOptions>, prompt = SUM): Promise<Decision> =>
  JSON.parse((await route(options, prompt, true)).out) as Decision

describe('--budget-left', () => {
  it('shows what is spent, what is left and needed, and the tier that serves instead', async () => {
    writeFileSync(join(cwd, 'gateway.yaml'), SOFT)
    const tree = (await route({ as: ['project:docs', 'key:ci'], budgetLeft: 0.004, explain: true })).out
    const lines = tree.split('\n').map((line) => line.trim())
    expect(lines[0]).toMatch(/^chosen: middle \(standard\) on local: .*down from premium, whose budget is spent$/u)
    expect(tree).toMatch(
      /spent +budget "premium per project" of docs on tier:premium: \$.0040 left, large, the cheapest of 2, needs/u,
    )
    expect(tree).toMatch(/downgrade +from premium to standard: middle serves instead/u)
    const { candidates, outcome } = await decision({ as: ['project:docs', 'key:ci'], budgetLeft: 0.004 })
    expect(outcome).toMatchObject({ model: 'middle', downgradedFrom: { tier: 'premium', cause: 'budget' } })
    expect(candidates.find(({ model }) => model === 'huge')).toMatchObject({
      rejected: {
        code: 'budget_exhausted',
        budget: 'premium per project',
        subject: 'docs',
        modelClass: 'tier:premium',
        leftNanoUsd: 4_000_000,
      },
    })
  })

  it('reserves as the proxy does: a hard budget by the bytes of the prompt, a soft one by its estimate', async () => {
    const short = await decision({ as: ['key:ci'], budgetLeft: 5, model: 'large' })
    expect(short.features.inputBound?.tokens).toBeGreaterThan(SUM.length)
    // A bound of a token a byte, and some for what the provider adds: what an estimate would let through.
    const long = `${SUM} `.repeat(300)
    const refused = await decision({ as: ['key:ci'], budgetLeft: 0.06, model: 'large' }, long)
    const large = refused.candidates.find(({ model }) => model === 'large')
    expect(large).toMatchObject({ rejected: { code: 'budget_exhausted', budget: 'mine' } })
    const bound = refused.features.inputBound?.tokens ?? 0
    expect(bound).toBeGreaterThan(long.length)
    expect(refused.features.inputTokens).toBeLessThan(bound / 3)
  })

  it('takes nothing for spent when it is not given; what has no price is out all the same', async () => {
    const open = await decision({ as: ['key:ci'] })
    expect(open.outcome).toMatchObject({ model: 'large', downgradedFrom: null })
    expect(open.candidates.find(({ model }) => model === 'secret')).toMatchObject({
      rejected: { code: 'tier_below_floor' },
    })
    const named = await decision({ as: ['key:ci'], model: 'secret' })
    expect(named.candidates.find(({ model }) => model === 'secret')).toMatchObject({
      rejected: { code: 'price_unknown', budget: 'mine' },
    })
  })

  it('binds by reference only those who name the budget', async () => {
    const spent = { budgetLeft: 0, as: ['user:anna'] }
    const budgets = (made: Decision): string[] =>
      made.candidates.flatMap((one) =>
        'rejected' in one && one.rejected.code === 'budget_exhausted' ? [one.rejected.budget] : [],
      )
    expect(budgets(await decision(spent))).not.toContain('named')
    expect(budgets(await decision(spent)).length).toBeGreaterThan(0)
  })

  it('is a test too: --expect and the table know the cause of a downgrade', async () => {
    writeFileSync(join(cwd, 'gateway.yaml'), SOFT)
    const spent = { as: ['project:docs'], budgetLeft: 0.004 }
    expect((await route({ ...spent, expect: 'tier:standard,fallback:budget' })).code).toBe(0)
    expect((await route({ ...spent, expect: 'fallback:none' })).code).toBe(1)
    expect((await route({ as: ['project:docs'], expect: 'tier:premium,fallback:none' })).code).toBe(0)
    writeFileSync(
      join(cwd, 'cases.yaml'),
      [
        `- { name: spent, prompt: "${SUM}", as: "project:docs", budget_left: 0.004, expect: [tier:standard, fallback:budget] }`,
        `- { name: full, prompt: "${SUM}", as: "project:docs", expect: tier:premium }`,
        `- { name: asked for it, prompt: "${SUM}", as: "project:docs", model: large, tier: premium, budget_left: 0, expect: fallback:budget }`,
      ].join('\n'),
    )
    const { context, stdout } = captured(cwd, { json: true })
    expect(await routeTest(context, 'cases.yaml', { as: [], tag: [], assume: [], report: [] })).toBe(0)
    expect(JSON.parse(stdout.join(''))).toMatchObject({
      failed: 0,
      results: [{ downgradedFrom: { tier: 'premium', cause: 'budget' } }, { downgradedFrom: null }, {}],
    })
    writeFileSync(join(cwd, 'wrong.yaml'), `- { prompt: x, expect: [], budget_left: much }`)
    const run = routeTest(captured(cwd).context, 'wrong.yaml', { as: [], tag: [], assume: [], report: [] })
    await expect(run).rejects.toThrow(/"expect" must be text or a list of texts[\s\S]*"budget_left" must be an amount/u)
  })
})

describe('--as key:<alias>', () => {
  it('stands for the key of the store, with its id, rights and budgets', async () => {
    const connection = openOwnDatabase(cwd)
    const { keys } = openKeyStores(connection, cwd)
    const { id } = makeIn(keys, {
      aliases: ['ci', 'nightly'],
      user: 'anna',
      budgets: ['named'],
      scopes: { maxTier: 'standard' },
    })
    connection.close()
    const made = await decision({ as: ['key:nightly'], budgetLeft: 0 })
    expect(made.principal).toMatchObject({ keyId: id, alias: 'nightly', user: 'anna', budgets: ['named'] })
    expect(made.candidates.find(({ model }) => model === 'middle')).toMatchObject({
      rejected: { code: 'budget_exhausted', budget: 'mine', subject: id },
    })
    expect(await decision({ as: ['key:ci'] })).toMatchObject({ outcome: { model: 'middle' } })
    expect((await decision({ as: ['key:ci', 'user:ben'] })).principal.user).toBe('ben')
    const unknown = await route({ as: ['key:other'] })
    expect(unknown.err).toContain('the store knows no key "other"')
    expect(unknown.out).toContain('large')
  })

  it('takes the name as it is where there is no store, and makes none', async () => {
    const made = await decision({ as: ['key:ci'], budgetLeft: 0 })
    expect(made.principal).toMatchObject({ keyId: 'ci', alias: 'ci' })
    expect(existsSync(join(cwd, '.gateway'))).toBe(false)
  })

  it('trusts no store that others may write', async () => {
    openOwnDatabase(cwd).close()
    chmodSync(join(cwd, '.gateway', 'gateway.db'), 0o666)
    await expect(route({ as: ['key:ci'] })).rejects.toMatchObject({ code: 'store_failed' })
    expect((await route({ as: ['user:ci'] })).code).toBe(0)
  })
})
