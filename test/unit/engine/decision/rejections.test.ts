import { describe, expect, it } from 'vitest'
import { decide } from '../../../../src/engine/decide.ts'
import { isRejected, type Rejection } from '../../../../src/engine/decision.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import { targetKey, type TargetHealth } from '../../../../src/engine/state.ts'
import { budget, given, matrix, needs, NOW, rejectionCode, resultOf, row, THREE, type Situation } from './world.ts'

/** The reason why `odd` is out, in a world where `plain` can serve everything. */
function reasonFor(odd: ReturnType<typeof row>, situation: Situation = {}): Rejection | undefined {
  const able = row('plain', { contextWindow: null, maxOutput: null, inputModalities: [] })
  const decision = decide(given({ matrix: matrix(odd, able), ...situation }))
  const candidate = decision.candidates.find((entry) => entry.model === odd.id)
  return candidate !== undefined && isRejected(candidate) ? candidate.rejected : undefined
}

function health(model: string, state: TargetHealth['state'], retryAt: number | null = null): Situation {
  return { state: { health: { [targetKey('alpha', model)]: { state, retryAt, reason: 'test' } } } }
}

describe('filters', () => {
  it('context_window_exceeded counts the prompt and the output that the client reserved', () => {
    const small = row('small', { contextWindow: 2_000 })
    expect(reasonFor(small, { features: { inputTokens: 1_500, maxOutputTokens: 500 } })).toBeUndefined()
    expect(reasonFor(small, { features: { inputTokens: 1_500, maxOutputTokens: 501 } })).toEqual({
      code: 'context_window_exceeded',
      needTokens: 2_001,
      windowTokens: 2_000,
    })
    expect(reasonFor(row('small', { maxInput: 999 }), {})).toEqual({
      code: 'context_window_exceeded',
      needTokens: 1_000,
      windowTokens: 999,
    })
  })

  it('output_limit_exceeded', () => {
    const short = row('short', { maxOutput: 100 })
    expect(reasonFor(short, { features: { maxOutputTokens: 100 } })).toBeUndefined()
    expect(reasonFor(short, { features: { maxOutputTokens: 101 } })).toEqual({
      code: 'output_limit_exceeded',
      needTokens: 101,
      limitTokens: 100,
    })
  })

  it('modality_unsupported', () => {
    expect(reasonFor(row('blind'), { features: { modalities: ['text', 'image'] } })).toEqual({
      code: 'modality_unsupported',
      modality: 'image',
    })
  })

  it('tools_unsupported', () => {
    expect(reasonFor(row('odd', { can: { tools: false } }), { features: needs({ tools: true }) })).toEqual({
      code: 'tools_unsupported',
      need: 'tools',
    })
    const oneByOne = row('odd', { can: { parallelTools: false } })
    expect(reasonFor(oneByOne, { features: needs({ tools: true, parallelTools: true }) })).toEqual({
      code: 'tools_unsupported',
      need: 'parallel_tools',
    })
  })

  it('schema_unsupported', () => {
    const loose = row('odd', { can: { jsonSchema: false } })
    expect(reasonFor(loose, { features: needs({ jsonMode: true, jsonSchema: true }) })).toEqual({
      code: 'schema_unsupported',
      need: 'json_schema',
    })
    expect(reasonFor(loose, { features: needs({ jsonMode: true }) })).toBeUndefined()
    expect(reasonFor(row('odd', { can: { jsonMode: false } }), { features: needs({ jsonMode: true }) })).toEqual({
      code: 'schema_unsupported',
      need: 'json_mode',
    })
  })

  it('parameter_unsupported only when parameters are strict', () => {
    const fixed = row('odd', { can: { temperature: false } })
    const warm = { features: needs({ parameters: ['temperature'] }) }
    expect(reasonFor(fixed, warm)).toBeUndefined()
    expect(reasonFor(fixed, { ...warm, config: { strictParams: true } })).toEqual({
      code: 'parameter_unsupported',
      parameter: 'temperature',
    })
  })

  it('passes a capability that nobody states', () => {
    const vague = row('odd', { can: { tools: null, jsonSchema: null }, contextWindow: null })
    expect(reasonFor(vague, { features: needs({ tools: true, jsonSchema: true }) })).toBeUndefined()
  })

  it('endpoint_unsupported keeps chat and embedding models apart', () => {
    const embedder = row('odd', { kind: 'embedding' })
    expect(reasonFor(embedder)).toEqual({ code: 'endpoint_unsupported', endpoint: 'chat', kind: 'embedding' })
    expect(resultOf(decide(given({ matrix: matrix(embedder, row('plain')), endpoint: 'embeddings' })))).toBe(
      'chosen odd',
    )
  })

  it('tier_above_ceiling for a key and for a hint, and an unknown ceiling lets nothing through', () => {
    const reason = { code: 'tier_above_ceiling', tier: 'premium', ceiling: 'standard' }
    const dear = row('odd', { tier: 'premium' })
    expect(reasonFor(dear, { rights: { tierCeiling: 'standard' } })).toEqual(reason)
    expect(reasonFor(dear, { hints: { tier: 'standard' } })).toEqual(reason)
    expect(resultOf(decide(given({ rights: { tierCeiling: 'gone' } })))).toBe('refused model_not_allowed')
  })

  it('tier_below_floor for what lies under the tier that a rule wants', () => {
    const rules = [{ name: 'r', when: {}, tier: 'standard' }]
    expect(reasonFor(row('odd', { tier: 'free' }), { config: { rules } })).toEqual({
      code: 'tier_below_floor',
      tier: 'free',
      floor: 'standard',
    })
    expect(reasonFor(row('odd', { tier: 'premium' }), { config: { rules } })).toEqual({
      code: 'not_in_rule',
      rule: 'r',
    })
  })

  it('not_allowed_for_key, with aliases spelt out', () => {
    expect(reasonFor(row('odd'), { rights: { models: ['plain'] } })).toEqual({
      code: 'not_allowed_for_key',
      key: 'dev',
    })
    const aliases = { group: [modelId('odd')] }
    expect(reasonFor(row('odd'), { rights: { models: ['group'] }, config: { aliases } })).toBeUndefined()
  })

  it('not_in_rule, not_in_alias and excluded_by_request', () => {
    const models = [modelId('plain')]
    expect(reasonFor(row('odd'), { config: { rules: [{ name: 'r', when: {}, models }] } })).toEqual({
      code: 'not_in_rule',
      rule: 'r',
    })
    expect(reasonFor(row('odd'), { model: 'chat', config: { aliases: { chat: models } } })).toEqual({
      code: 'not_in_alias',
      alias: 'chat',
    })
    expect(reasonFor(row('odd'), { model: 'plain' })).toEqual({ code: 'excluded_by_request', asked: 'plain' })
  })

  it('provider_unhealthy until the retry time, and a half-open breaker lets its probe through', () => {
    expect(reasonFor(row('odd'), health('odd', 'open', NOW + 5_000))).toEqual({
      code: 'provider_unhealthy',
      state: 'open',
      reason: 'test',
      retryAt: NOW + 5_000,
    })
    expect(reasonFor(row('odd'), health('odd', 'open', NOW))).toBeUndefined()
    expect(reasonFor(row('odd'), health('odd', 'half_open'))).toBeUndefined()
  })

  it('is healthy while one of its providers is', () => {
    const targets = ['alpha', 'beta'].map((provider) => ({ provider, upstreamModel: 'odd', hasCredentials: true }))
    expect(reasonFor(row('odd', { targets }), health('odd', 'down'))).toBeUndefined()
  })

  it('rate_limited_upstream', () => {
    expect(reasonFor(row('odd'), health('odd', 'rate_limited', NOW + 9_000))).toEqual({
      code: 'rate_limited_upstream',
      retryAt: NOW + 9_000,
    })
  })

  it('provider_no_credentials', () => {
    const targets = [{ provider: 'alpha', upstreamModel: 'odd', hasCredentials: false }]
    expect(reasonFor(row('odd', { targets }))).toEqual({ code: 'provider_no_credentials', providers: ['alpha'] })
    expect(reasonFor(row('odd', { targets: [] }))).toEqual({ code: 'provider_no_credentials', providers: [] })
  })

  it('retired from the start of the day on', () => {
    const old = row('odd', { dates: { retires: '2026-03-01' } })
    const firstOfMarch = 1_772_323_200_000
    expect(reasonFor(old, { now: firstOfMarch - 1 })).toBeUndefined()
    expect(reasonFor(old, { now: firstOfMarch })).toEqual({ code: 'retired', on: '2026-03-01' })
  })

  it('budget_exhausted and price_unknown', () => {
    const state = { budgets: [budget({ leftNanoUsd: 1 })] }
    expect(reasonFor(row('odd'), { state })).toEqual({
      code: 'budget_exhausted',
      budget: 'b',
      subject: 'anna',
      leftNanoUsd: 1,
      neededNanoUsd: 1_400_000,
    })
    expect(reasonFor(row('odd', { price: null }), { state })).toEqual({ code: 'price_unknown', budget: 'b' })
    expect(reasonFor(row('odd', { price: null }))).toBeUndefined()
  })

  it('gives the first failing filter in the documented order', () => {
    const hopeless = row('hopeless', {
      tier: 'premium',
      contextWindow: 1,
      dates: { retires: '2020-01-01' },
      targets: [],
    })
    const world = matrix(hopeless, row('plain'))
    const code = (situation: Situation): string | undefined =>
      rejectionCode(decide(given({ matrix: world, ...situation })), 'hopeless')
    const key = { models: ['plain'], tierCeiling: 'standard' }
    expect(code({ model: 'plain', rights: key })).toBe('excluded_by_request')
    expect(code({ rights: key })).toBe('not_allowed_for_key')
    expect(code({ rights: { tierCeiling: 'standard' } })).toBe('tier_above_ceiling')
    expect(code({ config: { rules: [{ name: 'r', when: {}, models: [modelId('plain')] }] } })).toBe('not_in_rule')
    expect(code({})).toBe('retired')
    expect(code({ now: 0 })).toBe('context_window_exceeded')
    expect(code({ now: 0, features: { inputTokens: 1 } })).toBe('provider_no_credentials')
  })
})

describe('refusals', () => {
  it('no_capable_model when nothing fits', () => {
    expect(resultOf(decide(given({ features: { inputTokens: 1_000_000 } })))).toBe('refused no_capable_model')
    expect(resultOf(decide(given({ matrix: matrix() })))).toBe('refused no_capable_model')
  })

  it('model_not_allowed when only the key stands in the way', () => {
    expect(resultOf(decide(given({ rights: { models: [] } })))).toBe('refused model_not_allowed')
    expect(resultOf(decide(given({ model: 'dear', rights: { tierCeiling: 'free' } })))).toBe(
      'refused model_not_allowed',
    )
    expect(resultOf(decide(given({ model: 'dear', hints: { tier: 'free' } })))).toBe('refused no_capable_model')
  })

  it('lists every model of the matrix with its reason', () => {
    const decision = decide(given({ features: { inputTokens: 1_000_000 } }))
    expect(decision.candidates.map((candidate) => [candidate.model, isRejected(candidate)])).toEqual(
      THREE.rows.map((entry) => [entry.id, true]),
    )
    expect(decision.plan).toEqual([])
  })
})
