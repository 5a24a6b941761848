import { tmpdir } from 'node:os'
import OpenAI, { APIError } from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { loadProjectFromText } from '../../src/cli/project.ts'
import { createGate } from '../../src/pipeline/admission/gate.ts'
import { RateTable } from '../../src/pipeline/admission/rate-table.ts'
import { createPipeline } from '../../src/pipeline/pipeline.ts'
import type { Generation } from '../../src/pipeline/ports.ts'
import { createLiveState } from '../../src/pipeline/state.ts'
import { SimulatedUpstream } from '../../src/upstream/simulated/simulated.ts'
import { openProxy, TEST_KEY, type TestProxy } from '../unit/proxy/test-proxy.ts'

/** Three tiers and the budgets of a team, small enough to be spent in a few requests. */
const CONFIG = `
version: 1
providers: { simulated: { kind: simulated } }
models:
  claude-opus-4-8: { provider: simulated, tier: premium }
  gpt-5.4-mini: { provider: simulated, tier: standard }
  mistral-small-2603: { provider: simulated, tier: free }
tiers: [free, standard, premium]
routing: { default_policy: best }
budgets:
  - { name: per user, scope: user, limit: 0.02 USD, window: day, on_exceed: downgrade }
  - { name: premium per project, scope: project, model_class: tier:premium, limit: 0.01 USD, window: month, warn_at: 80%, on_exceed: downgrade }
  - { name: hard stop, scope: global, limit: 1 USD, window: month, on_exceed: block }
rate_limits:
  - { scope: key, requests: 1000/min }
`

interface Team {
  readonly proxy: TestProxy
  /** What the clock shows, ms since the epoch. */
  at: number
  ask(how?: { readonly model?: string; readonly stream?: boolean }): Promise<Asked>
}

interface Asked {
  readonly header: (name: string) => string | null
  readonly model: string
  readonly text: string
}

const open: TestProxy[] = []
afterEach(async () => {
  for (const { proxy } of open.splice(0)) await proxy.close(0)
})

/** The real proxy, pipeline and gate on a simulated provider, with a clock of its own. */
async function team(startsAt: string): Promise<Team> {
  const project = await loadProjectFromText({ text: CONFIG, file: 'gateway.yaml', dir: tmpdir(), env: {} })
  const generation = (): Generation => ({ routing: project.routing, matrix: project.matrix, seed: 0 })
  const clock = { at: Date.parse(startsAt) }
  const pipeline = createPipeline({
    clock: { now: () => clock.at, monotonic: () => performance.now() },
    upstream: new SimulatedUpstream({ seed: 0, speed: 0, sleep: () => Promise.resolve() }),
    state: createLiveState(),
    admission: createGate({ ledger: null, rates: new RateTable(), generation, spentBefore: () => [] }),
    sinks: [],
    generation,
  })
  const proxy = await openProxy((incoming, signal) => pipeline.run(incoming, signal))
  open.push(proxy)
  const client = new OpenAI({
    baseURL: `${proxy.url}/v1`,
    apiKey: TEST_KEY,
    maxRetries: 0,
    defaultHeaders: { 'x-gateway-user': 'anna', 'x-gateway-project': 'docs' },
  })
  return {
    proxy,
    get at() {
      return clock.at
    },
    set at(moment) {
      clock.at = moment
    },
    async ask({ model = 'tier:premium', stream = false } = {}) {
      const body = { model, messages: [{ role: 'user' as const, content: 'Say hello.' }], max_tokens: 60 }
      if (!stream) {
        const { data, response } = await client.chat.completions.create(body).withResponse()
        const text = data.choices[0]?.message.content ?? ''
        return { header: (name) => response.headers.get(name), model: data.model, text }
      }
      const { data, response } = await client.chat.completions.create({ ...body, stream: true }).withResponse()
      let text = ''
      let served = ''
      for await (const chunk of data) {
        served = chunk.model
        text += chunk.choices[0]?.delta.content ?? ''
      }
      return { header: (name) => response.headers.get(name), model: served, text }
    },
  }
}

/** Asks until the answer comes from another tier than premium. */
async function spendPremium(shop: Team): Promise<Asked> {
  for (let count = 0; count < 50; count += 1) {
    const answer = await shop.ask()
    if (answer.header('x-gateway-tier') !== 'premium') return answer
    expect(answer.header('x-gateway-fallback')).toBe('none')
  }
  throw new Error('the premium budget was never spent')
}

/** The error of the first request that is turned away. */
async function untilRefused(shop: Team): Promise<APIError> {
  for (let count = 0; count < 3_000; count += 1) {
    try {
      await shop.ask({ model: 'tier:standard' })
    } catch (error) {
      if (error instanceof APIError) return error
      throw error
    }
  }
  throw new Error('the budget of the user was never spent')
}

describe('three tiers under budgets, through the official client', () => {
  it('serves premium until its budget is spent, then standard in plain sight', async () => {
    const shop = await team('2026-11-22T10:00:00Z')
    const first = await shop.ask()
    expect(first.header('x-gateway-model')).toBe('claude-opus-4-8')
    expect(first.header('x-gateway-budget-remaining')).toMatch(/^user=0\.01\d+, project=0\.00\d+, global=0\.99\d+$/u)
    const lower = await spendPremium(shop)
    expect(lower.text).toContain('gpt-5.4-mini')
    expect({
      tier: lower.header('x-gateway-tier'),
      model: lower.header('x-gateway-model'),
      asked: lower.header('x-gateway-requested-model'),
      fallback: lower.header('x-gateway-fallback'),
      decision: lower.header('x-gateway-decision'),
    }).toEqual({
      tier: 'standard',
      model: 'gpt-5.4-mini',
      asked: 'tier:premium',
      fallback: 'budget',
      decision: expect.stringContaining('budget_downgrade') as string,
    })
    expect(lower.header('x-ratelimit-remaining-requests')).toMatch(/^9\d\d$/u)
    const streamed = await shop.ask({ stream: true })
    expect(streamed.text).toContain('gpt-5.4-mini')
    expect(streamed.header('x-gateway-fallback')).toBe('budget')
    // A named model of the spent tier has a stand-in too.
    const named = await shop.ask({ model: 'claude-opus-4-8' })
    expect(named.header('x-gateway-decision')).toContain('asked_unavailable')
    expect(named.header('x-gateway-tier')).toBe('standard')
  })

  it('answers 402 with the reset time when every tier is spent, and 200 again when the windows roll', async () => {
    const shop = await team('2026-11-30T23:10:00Z')
    await spendPremium(shop)
    const refusal = await untilRefused(shop)
    expect(refusal).toMatchObject({ status: 402, code: 'budget_exceeded' })
    expect(refusal.headers?.get('retry-after')).toBeNull()
    expect(refusal.headers?.get('x-gateway-budget-remaining')).toMatch(/^user=0(?:\.0\d*)?, /u)
    expect(JSON.stringify(refusal.error)).toContain('"resets_at":"2026-12-01T00:00:00.000Z"')
    expect(refusal.message).toContain('full again at 2026-12-01T00:00:00.000Z')
    // Just before midnight nothing has changed; at midnight the day and the month begin.
    shop.at = Date.parse('2026-11-30T23:59:59.999Z')
    await expect(shop.ask()).rejects.toMatchObject({ status: 402 })
    shop.at = Date.parse('2026-12-01T00:00:00Z')
    const again = await shop.ask()
    expect(again.header('x-gateway-tier')).toBe('premium')
    expect(again.header('x-gateway-fallback')).toBe('none')
  })
})
