import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROUTES, type RoutePlace } from '../../src/proxy/routes.ts'
import { createLedgerWriter } from '../../src/store/ledger/writer.ts'
import { openDatabase } from '../../src/store/open.ts'
import { runGateway, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import { closing, opening } from '../unit/store/rows.ts'
import { setting, type Setting } from './gateway.ts'
import { expectRefused, member, visit, VISITS } from './route-visits.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/zeroeval-crux.jsonl', import.meta.url))

const PAID = ROUTES.filter(({ name }) => VISITS[name] !== null)
const FREE = ROUTES.filter(({ name }) => VISITS[name] === null)
const MODELS = ['auto', 'm-chat', 'm-messages', 'm-gemini', 'tier:standard', 'group']

const budget = (limit: string): string => `aliases: { group: { models: [m-chat, m-messages] } }
budgets:
  - { name: all, scope: global, limit: ${limit}, window: total, on_exceed: block }
`

/** Somebody spent it all before. */
function spend({ dir }: DevProject, nanoUsd: number): void {
  mkdirSync(join(dir, '.gateway'), { recursive: true, mode: 0o700 })
  const connection = openDatabase(join(dir, '.gateway', 'gateway.db'))
  const closings = [closing(opening({ at: Date.now() - 5_000 }), { costNanoUsd: nanoUsd })]
  createLedgerWriter(connection)({ openings: [], ended: [], closings })
  connection.close()
}

describe('the list of routes', () => {
  it('holds nothing that this test does not know', () => {
    expect(new Set(ROUTES.map(({ name }) => name))).toEqual(new Set(Object.keys(VISITS)))
    expect(PAID.length).toBeGreaterThanOrEqual(9)
  })
})

describe.each([
  ['of nothing', budget('0 USD'), 0],
  ['that is used up', budget('0.5 USD'), 500_000_000],
  ['of which less is left than the least answer costs', budget('0.5 USD'), 499_999_000],
])('a hard budget %s', (_what, config, spent) => {
  // Addresses are the same for all budgets.
  const versions = spent === 0 ? ['/v1', '/v1beta', ''] : ['/v1']
  let made: Setting
  let dev: RunningDev
  let admin = ''
  beforeAll(async () => {
    made = await setting(config)
    if (spent > 0) spend(made.project, spent)
    admin = await made.newKey('boss', '--admin')
    dev = await made.start()
  })
  afterAll(async () => {
    await dev.stop()
    await made.close()
  })

  it.each(PAID.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'keeps everybody from the providers: %s',
    async (_name, route) => {
      for (const stream of [false, true])
        for (const model of MODELS)
          for (const version of versions) {
            const voice = VISITS[route.name]?.voice ?? 'openai'
            // An administrator is not exempt.
            const key = stream ? admin : dev.key
            expectRefused(await visit(dev, route, { model, key, stream, version }), voice)
          }
      expect(made.provider.connections()).toBe(0)
    },
  )

  it('lets everything be read that costs nothing, without calling anybody', async () => {
    for (const route of FREE) {
      const refusal = await visit(dev, route, { model: 'm-chat', key: admin, stream: false, version: '/v1' })
      expect(refusal.status, route.path).toBe(200)
    }
    expect(made.provider.connections()).toBe(0)
  })
})

describe('a model without a price', () => {
  it('is not called under a hard budget, however much is left', async () => {
    // The config of a setting ends with its models.
    const model = '  unpriced: { provider: up-chat, tier: standard, context_window: 64k, max_output: 8k }\n'
    const made = await setting(`${model}${budget('100 USD')}`)
    const dev = await made.start()
    const { status, body } = await visit(dev, chatRoute(), {
      model: 'unpriced',
      key: dev.key,
      stream: false,
      version: '/v1',
    })
    expect(status).toBe(422)
    expect(JSON.stringify(member(body, 'error', 'gateway', 'rejected'))).toContain('"price_unknown"')
    expect(made.provider.connections()).toBe(0)
    await dev.stop()
    await made.close()
  })
})

function chatRoute(): RoutePlace {
  const route = ROUTES.find(({ name }) => name === 'chat.completions')
  if (route === undefined) throw new Error('no route for chat')
  return route
}

describe('other ways to an upstream', () => {
  let made: Setting
  beforeAll(async () => {
    made = await setting(budget('0 USD'))
  })
  afterAll(() => made.close())

  it.each([
    [['--upstream', 'live']],
    [['--upstream', 'recorded', '--on-miss', 'live']],
    [['--upstream', 'live', '--chaos', 'delay:5ms']],
    [['--upstream', 'live', '--max-spend', '5']],
    [['--upstream', 'live', '--record', 'all']],
  ])('stay shut in `gateway dev` with %j', async (args) => {
    const dev = await made.start(args)
    for (const model of MODELS) {
      const refusal = await visit(dev, chatRoute(), { model, key: dev.key, stream: false, version: '/v1' })
      expectRefused(refusal, 'openai')
    }
    expect((await dev.stop()).code).toBe(0)
    expect(made.provider.connections()).toBe(0)
  })

  it.each([
    [['replay', '--plan', FIXTURES]],
    [['replay', FIXTURES]],
    [['route', '--explain', 'hello']],
    [['spend', '--budgets']],
    [['models', 'list']],
    [['config', 'validate']],
  ])('stay shut in other commands: %j', async (args) => {
    const { stderr } = await runGateway(made.project, args, { env: { LOCAL_KEY: 'sk-of-the-provider' } })
    expect(stderr).not.toContain('internal_error')
    expect(made.provider.connections()).toBe(0)
  })

  it('are seen by this test when one is open', async () => {
    const open = await setting(budget('1 USD'))
    const dev = await open.start()
    expect((await visit(dev, chatRoute(), { model: 'auto', key: dev.key, stream: false, version: '/v1' })).status).toBe(
      200,
    )
    expect(open.provider.connections()).toBe(1)
    await dev.stop()
    await open.close()
  })
})
