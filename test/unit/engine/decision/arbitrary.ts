import * as fc from 'fast-check'
import type { DecideInput } from '../../../../src/engine/decision.ts'
import { INTENTS } from '../../../../src/engine/intents.ts'
import { modelId, type ModelRow } from '../../../../src/engine/matrix.ts'
import type { Policy, Rule } from '../../../../src/engine/routing-config.ts'
import { targetKey, type BudgetLeft, type StateSnapshot } from '../../../../src/engine/state.ts'
import { config, features, matrix, NOW, RIGHTS, row, type RowSpec } from './world.ts'

/** Any world and request that the types allow, small enough that names meet often. */
export const NAMES = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'] as const
const TIERS = ['free', 'standard', 'premium'] as const
const PROVIDERS = ['alpha', 'beta'] as const

const tier = fc.constantFrom(...TIERS, 'elsewhere')
const name = fc.constantFrom(...NAMES)
const names = fc.uniqueArray(name, { maxLength: 6 })
const capability = fc.constantFrom(true, true, true, null, false)

/** Mostly null, so that most inputs stay routable. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })
}

function mostly(): fc.Arbitrary<boolean> {
  return fc.constantFrom(true, true, true, true, false)
}
const money = fc.integer({ min: 0, max: 40 })

const spec: fc.Arbitrary<RowSpec> = fc.record(
  {
    tier,
    kind: fc.constantFrom('chat', 'chat', 'chat', 'embedding'),
    quality: fc.double({ min: 0, max: 1, noNaN: true }),
    qualitySource: fc.constantFrom('prior', 'measured', 'user'),
    price: fc.option(fc.record({ input: money, output: money, cacheRead: money })),
    firstTokenP95Ms: fc.integer({ min: 1, max: 20_000 }),
    contextWindow: fc.constantFrom(null, 500, 128_000, 128_000),
    maxOutput: fc.constantFrom(null, 100, 4_000),
    can: fc.record({ tools: capability, jsonSchema: capability, jsonMode: capability, temperature: capability }),
    dates: fc.constantFrom({}, {}, {}, { retires: '2020-01-01' }, { retires: 'never' }),
    targets: fc.array(
      fc.record({
        provider: fc.constantFrom(...PROVIDERS),
        upstreamModel: fc.constantFrom('up', 'other'),
        hasCredentials: mostly(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { requiredKeys: ['tier', 'targets'] },
)

const rows: fc.Arbitrary<readonly ModelRow[]> = fc
  .uniqueArray(fc.tuple(name, spec), { selector: ([id]) => id, size: 'max', maxLength: NAMES.length })
  .map((entries) => entries.map(([id, over]) => row(id, over)))

const require = fc.record(
  {
    qualityMin: fc.double({ min: 0, max: 1, noNaN: true }),
    firstTokenP95MaxMs: fc.integer({ min: 1, max: 20_000 }),
    costPerRequestMaxNanoUsd: fc.integer({ min: 0, max: 50_000_000 }),
  },
  { requiredKeys: [] },
)
const relax = fc.uniqueArray(fc.constantFrom('quality', 'latency', 'cost'))
const weight = fc.double({ min: 0, max: 1, noNaN: true })

const policy: fc.Arbitrary<Policy> = fc
  .record({
    kind: fc.constantFrom('minimize_cost', 'minimize_latency', 'maximize_quality', 'weighted'),
    weights: fc.record({ quality: weight, cost: weight, latency: weight }),
    require,
    relax,
    strict: rarely(fc.constant(true)).map((strict) => strict === true),
  })
  .map(({ kind, weights, ...rest }): Policy => (kind === 'weighted' ? { kind, weights, ...rest } : { kind, ...rest }))

export const rule: fc.Arbitrary<Rule> = fc.record(
  {
    name: fc.constantFrom('r1', 'r2'),
    when: fc.record(
      {
        intent: fc.constantFrom(['code.*'], ['*'], ['math']),
        complexity: fc.record({ op: fc.constantFrom('>', '<='), value: fc.constantFrom(0.2, 0.5) }),
        tools: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    models: names.map((list) => list.map((id) => modelId(id))),
    tier,
    policy: fc.constantFrom('p', 'q'),
    order: fc.constantFrom('policy', 'listed'),
  },
  { requiredKeys: ['name', 'when'] },
)

const modelClass = fc.oneof(
  fc.record({ kind: fc.constant('tier' as const), tier }),
  fc.record({ kind: fc.constant('alias' as const), alias: fc.constantFrom('pool', 'none') }),
  fc.record({ kind: fc.constant('pattern' as const), pattern: fc.constantFrom('m*', '*3', 'x') }),
)

const budgetLeft: fc.Arbitrary<BudgetLeft> = fc
  .record({
    left: fc.integer({ min: -10, max: 40_000_000 }),
    onExceed: fc.constantFrom('downgrade', 'block', 'warn'),
    modelClass: fc.option(modelClass, { nil: undefined }),
  })
  .map(({ left, onExceed, modelClass: affected }) => ({
    rule: {
      name: 'b',
      scope: 'global',
      limitNanoUsd: 40_000_000,
      window: 'day',
      warnAt: 0.8,
      onExceed,
      ...(affected === undefined ? {} : { modelClass: affected }),
    },
    subject: '',
    leftNanoUsd: left,
    resetsAt: null,
  }))

const targetHealth = fc.record({
  state: fc.constantFrom('down', 'open', 'half_open', 'rate_limited'),
  retryAt: fc.constantFrom(null, NOW - 1, NOW + 1_000),
  reason: fc.constant('x'),
})

const state: fc.Arbitrary<StateSnapshot> = fc.record({
  health: fc.dictionary(
    fc.constantFrom(...PROVIDERS.flatMap((provider) => [targetKey(provider, 'up'), targetKey(provider, 'other')])),
    targetHealth,
    { maxKeys: 2 },
  ),
  budgets: fc.array(budgetLeft, { maxLength: 2 }),
  session: fc.option(
    fc.record({
      id: fc.constant('s'),
      turn: fc.nat(9),
      model: fc.option(name.map((id) => modelId(id))),
      intent: fc.option(fc.constantFrom(...INTENTS)),
      cachedTokens: fc.nat(200_000),
      lastAt: fc.constant(NOW - 1_000),
    }),
  ),
  latency: fc.constant({}),
  outputTokens: fc.constantFrom({}, { 'chat|m0': { mean: 33.3, p99: 90, n: 4 } }),
})

const asked = fc.constantFrom(
  'auto',
  'auto',
  'auto',
  'auto:p',
  'auto:q',
  'auto:none',
  'tier:free',
  'tier:premium',
  'tier:none',
  'pool',
  'nobody',
  '',
  ...NAMES,
)

/** Any input at all. */
export const anyInput: fc.Arbitrary<DecideInput> = fc
  .record({
    rows,
    state,
    model: asked,
    endpoint: fc.constantFrom('chat', 'chat', 'chat', 'embeddings'),
    hints: fc
      .record({ tier: rarely(fc.constantFrom(...TIERS, 'none')), policy: rarely(fc.constantFrom('p', 'q', 'none')) })
      .map((hint) => ({
        ...(hint.tier === null ? {} : { tier: hint.tier }),
        ...(hint.policy === null ? {} : { policy: hint.policy }),
      })),
    rights: fc.record({
      tierCeiling: rarely(tier),
      models: rarely(fc.array(fc.constantFrom(...NAMES, 'pool'))),
      policy: rarely(fc.constantFrom('p', 'none')),
    }),
    intent: fc.constantFrom(...INTENTS),
    complexity: weight,
    inputTokens: fc.constantFrom(0, 1, 400, 400, 7_000, 300_000),
    maxOutputTokens: fc.option(fc.constantFrom(1, 50, 5_000)),
    needs: fc.record({ tools: fc.boolean(), jsonSchema: fc.boolean() }),
    p: policy,
    q: policy,
    rules: fc.array(rule, { maxLength: 3 }),
    pool: names,
    sticky: fc.constantFrom('session', 'off'),
    maxAttempts: fc.integer({ min: 1, max: 6 }),
    lowerTiers: fc.boolean(),
    higherTiers: fc.boolean(),
  })
  .map((parts) => {
    const { maxAttempts, lowerTiers, higherTiers, p, q, rules, pool, sticky } = parts
    const base = features()
    return {
      asked: { model: parts.model, endpoint: parts.endpoint, stream: false, hints: { tags: [], ...parts.hints } },
      rights: { ...RIGHTS, ...parts.rights },
      features: {
        ...base,
        inputTokens: parts.inputTokens,
        maxOutputTokens: parts.maxOutputTokens,
        needs: { ...base.needs, ...parts.needs },
      },
      intent: {
        label: parts.intent,
        confidence: 0.7,
        runnerUps: [],
        complexity: parts.complexity,
        cues: [],
        kept: false,
      },
      config: config({
        policies: { p, q },
        defaultPolicy: 'p',
        rules,
        aliases: { pool: pool.map((id) => modelId(id)) },
        sticky,
        failover: { ...config().failover, maxAttempts, lowerTiers, higherTiers },
      }),
      matrix: matrix(...parts.rows),
      state: parts.state,
      seed: 1,
      roll: 0.5,
      now: NOW,
    }
  })
