import { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, runGateway, startDev, type DevProject, type RunningDev } from './dev-process.ts'

/** The three tiers and budgets of the example, with a premium budget that a few requests use up. */
const CONFIG = `
version: 1
providers: { simulated: { kind: simulated } }
models:
  claude-opus-4-8: { tier: premium }
  gpt-5.4-mini: { tier: standard }
  mistral-small-2603: { tier: free }
tiers: [free, standard, premium]
routing: { default_policy: best }
budgets:
  - { name: per user, scope: user, limit: 5 USD, window: day, on_exceed: downgrade }
  - { name: premium per project, scope: project, model_class: tier:premium, limit: 0.006 USD, window: month, warn_at: 50%, on_exceed: downgrade }
  - { name: hard stop, scope: global, limit: 1000 USD, window: month, on_exceed: block }
  - { name: pocket, scope: user, limit: 0.000001 USD, window: total, on_exceed: block, apply: referenced }
`

let project: DevProject
let dev: RunningDev
beforeAll(async () => {
  project = await devProject(CONFIG)
  dev = await startDev(project, ['--stream-speed', '0', '--record', 'all', '--redact', 'secrets'])
})
afterAll(async () => {
  await dev.stop()
  await project.remove()
})

const WHO = { 'x-gateway-user': 'anna', 'x-gateway-project': 'docs' }

async function ask(model: string, headers: Readonly<Record<string, string>> = WHO): Promise<Response> {
  const body = { model, messages: [{ role: 'user' as const, content: 'Say hello.' }], max_tokens: 40 }
  return dev.client.chat.completions.create(body, { headers }).asResponse()
}

describe('gateway dev under budgets', () => {
  it('serves premium, warns once, then goes on with standard and says so everywhere', async () => {
    const tiers: (string | null)[] = []
    let last = await ask('tier:premium')
    for (let count = 0; count < 12 && last.headers.get('x-gateway-fallback') === 'none'; count += 1) {
      tiers.push(last.headers.get('x-gateway-tier'))
      last = await ask('tier:premium')
    }
    expect(tiers.length).toBeGreaterThan(2)
    expect(new Set(tiers)).toEqual(new Set(['premium']))
    expect(Object.fromEntries(last.headers)).toMatchObject({
      'x-gateway-tier': 'standard',
      'x-gateway-model': 'gpt-5.4-mini',
      'x-gateway-fallback': 'budget',
      'x-gateway-decision': expect.stringContaining('budget_downgrade') as string,
      'x-gateway-budget-remaining': expect.stringMatching(
        /^user=4\.99\d+, project=0\.00\d+, global=999\.99\d+$/u,
      ) as string,
    })
    expect(dev.stdout()).toMatch(/tier=standard fallback=budget down_from=premium/u)
    const notes = dev.stderr().split('\n')
    expect(notes.filter((line) => line.includes('budget "premium per project" of docs has used'))).toHaveLength(1)
    expect(notes.filter((line) => line.includes('budget "premium per project" of docs is spent'))).toHaveLength(1)
    // Another project has its own.
    const other = await ask('tier:premium', { ...WHO, 'x-gateway-project': 'app' })
    expect(other.headers.get('x-gateway-tier')).toBe('premium')
  })

  it('refuses with 402 whoever has nothing left, and binds referenced budgets to their keys alone', async () => {
    const created = await runGateway(project, ['keys', 'create', '--alias', 'poor', '--budgets', 'pocket', '--json'])
    expect(created.code, created.stderr).toBe(0)
    const { secret } = JSON.parse(created.stdout) as { secret: string }
    const poor = dev.client.withOptions({ apiKey: secret })
    const body = { model: 'auto', messages: [{ role: 'user' as const, content: 'Say hello.' }] }
    const refused = await poor.chat.completions.create(body, { headers: WHO }).then(
      () => null,
      (error: unknown) => error,
    )
    if (!(refused instanceof APIError)) throw new Error('it was not refused')
    expect(refused).toMatchObject({ status: 402, code: 'budget_exceeded' })
    expect(refused.message).toContain('"pocket"')
    expect((await ask('auto')).status).toBe(200)
    const asPoor = ['route', 'Say hello.', '--as', 'key:poor', '--as', 'user:anna']
    const explained = await runGateway(project, asPoor)
    expect(explained.stderr).toContain('budget "pocket" of anna has $.0000010 left')
    expect(explained.code).toBe(3)
  })

  it('replays what it recorded to the same routes, with the same spend, also of requests at once', async () => {
    const models = ['tier:premium', 'auto', 'tier:standard']
    const who = (index: number): Record<string, string> => ({ ...WHO, 'x-gateway-project': `p${index % 3}` })
    const many = Array.from({ length: 60 }, async (_, index) =>
      (await ask(models[index % 4] ?? 'auto', who(index))).text(),
    )
    await Promise.all(many)
    await dev.stop()
    const { code, stdout, stderr } = await runGateway(project, ['replay', '--json', '--no-store'])
    expect(code, stderr).toBe(0)
    const { candidates, assumptions } = JSON.parse(stdout) as {
      candidates: { routes: { changed: number }; budgets: { budget: string; baseline: object; candidate: object }[] }[]
      assumptions: { code: string }[]
    }
    const [same] = candidates
    expect(same?.routes.changed).toBe(0)
    const premium = same?.budgets.find(({ budget }) => budget === 'premium per project')
    expect(premium?.candidate).toMatchObject({ subjects: 5, estimatedNanoUsd: 0 })
    expect(premium?.candidate).toEqual(premium?.baseline)
    // Every balance that a decision saw is the same again: nothing is missing, and the order is that of the proxy.
    const notes = assumptions.map(({ code: name }) => name)
    for (const note of ['spend_missing', 'balances_differ']) expect(notes).not.toContain(note)
  })
})
