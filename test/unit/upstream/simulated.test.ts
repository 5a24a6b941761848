import { Ajv } from 'ajv'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/wire/json.ts'
import { totalInput, totalOutput } from '../../../src/wire/usage.ts'
import { estimateTokens } from '../../../src/wire/tokens.ts'
import { latencyClassOf } from '../../../src/upstream/simulated/latency-class.ts'
import { LATENCY_PROFILES } from '../../../src/upstream/simulated/latency-profiles.ts'
import { schemaInstance } from '../../../src/upstream/simulated/schema-instance.ts'
import { SimulatedUpstream, type SimulatedOptions } from '../../../src/upstream/simulated/simulated.ts'
import { collect, HELLO, makeCall, textOf, virtualTime } from './support.ts'

function simulated(given: Partial<SimulatedOptions> = {}): { upstream: SimulatedUpstream; slept: number[] } {
  const { sleep, slept } = virtualTime()
  return { upstream: new SimulatedUpstream({ seed: 7, speed: 1, sleep, ...given }), slept }
}

/** The answer to a client's body. */
async function ask(client: JsonObject, given: Partial<SimulatedOptions> = {}) {
  const result = await simulated(given).upstream.call(makeCall({ client: { ...HELLO, ...client } }))
  if (result.kind !== 'answer') throw new Error(`got ${result.kind}`)
  const [block] = result.answer.blocks
  return {
    ...result.answer,
    block,
    text: block?.kind === 'text' ? block.text : '',
    droppedParams: result.droppedParams,
  }
}

const TOOL = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city'],
    },
  },
}

describe('simulated answers', () => {
  it('are the same for the same request, streamed or not, and differ by request, model and seed', async () => {
    const whole = await ask({})
    expect((await ask({ user: 'somebody', metadata: { a: 'b' } })).text).toBe(whole.text)
    const streamed = await simulated().upstream.call(makeCall({ client: { ...HELLO, stream: true } }))
    expect(textOf(streamed.kind === 'stream' ? await collect(streamed) : null)).toBe(whole.text)
    expect((await ask({ messages: [{ role: 'user', content: 'other' }] })).id).not.toBe(whole.id)
    expect((await ask({}, { seed: 8 })).text).not.toBe(whole.text)
    expect(whole.text).toContain('Simulated answer of up-m')
  })

  it('come from the lookup when it knows them', async () => {
    const usage = {
      input: 1,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 2,
      reasoning: 0,
      basis: 'counted' as const,
    }
    const answers = { auto: { text: 'four', finish: 'stop' as const, usage } }
    const lookup: SimulatedOptions['lookup'] = (request, model) =>
      request.model === 'auto' && model === 'up-m' ? answers.auto : null
    expect(await ask({}, { lookup })).toMatchObject({ text: 'four', usage })
    expect((await ask({ model: 'unknown' }, { lookup })).text).toContain('Simulated answer')
  })

  it('carry usage that is theirs, so that budgets need not guess', async () => {
    const { usage, text } = await ask({ messages: [{ role: 'user', content: 'word '.repeat(100) }] })
    if (usage === null) throw new Error('no usage')
    expect(usage.basis).toBe('counted')
    expect(totalInput(usage)).toBeGreaterThan(80)
    expect(totalOutput(usage)).toBe(estimateTokens(text))
  })

  it('keep the output limit and stop texts', async () => {
    const limited = await ask({ max_tokens: 5 })
    expect(limited.finish).toBe('length')
    expect(estimateTokens(limited.text)).toBeLessThanOrEqual(5)
    const stopped = await ask({ stop: ['provider', ':'] })
    expect(stopped).toMatchObject({ finish: 'stop', text: 'Simulated answer of up-m' })
  })

  it.each([
    ['required', 'required'],
    ['named', { type: 'function', function: { name: 'weather' } }],
    [
      'one of the allowed',
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'weather' } }] },
      },
    ],
  ])('call a tool that is %s, with fitting arguments', async (_, choice) => {
    const { block, finish } = await ask({ tools: [TOOL], tool_choice: choice })
    expect(block).toMatchObject({ kind: 'tool_use', name: 'weather', argumentsJson: '{"city":"text"}' })
    expect(finish).toBe('tool_calls')
  })

  it('answer in words when no tool is demanded', async () => {
    expect((await ask({ tools: [TOOL] })).block?.kind).toBe('text')
    expect((await ask({ tools: [TOOL], tool_choice: 'none' })).block?.kind).toBe('text')
  })

  it('are JSON in JSON mode and fit the schema in schema mode', async () => {
    expect(JSON.parse((await ask({ response_format: { type: 'json_object' } })).text)).toMatchObject({
      simulated: true,
    })
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 3 } }, required: ['n'] }
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
    expect(JSON.parse((await ask({ response_format: format })).text)).toEqual({ n: 3 })
  })

  it('say that they gave one answer where several were asked', async () => {
    expect((await ask({ n: 2 })).droppedParams).toEqual(['n'])
  })
})

describe('instances of a schema', () => {
  it.each([
    ['references', { $defs: { a: { type: 'integer' } }, type: 'array', items: { $ref: '#/$defs/a' }, minItems: 2 }],
    ['choices', { anyOf: [{ type: 'null' }, { type: 'string', minLength: 6 }] }],
    ['joined parts', { allOf: [{ properties: { a: { const: 1 } }, required: ['a'] }, { required: ['b'] }] }],
    ['null in a type list', { type: ['null', 'boolean'] }],
    ['formats', { type: 'object', properties: { at: { type: 'string', format: 'date-time' } }, required: ['at'] }],
    ['an enumeration', { enum: ['x', 'y'] }],
    ['number limits', { type: 'number', exclusiveMinimum: 4, maximum: 5 }],
    ['integer limits', { type: 'integer', exclusiveMinimum: 4, multipleOf: 3 }],
    ['an upper limit below zero', { type: 'integer', maximum: -2 }],
    ['short texts', { type: 'string', maxLength: 2 }],
    ['fixed lists', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], minItems: 2 }],
    ['nothing', {}],
  ])('fit one with %s', (_, schema) => {
    const ajv = new Ajv({ strict: false, validateFormats: false })
    expect(ajv.validate(schema, schemaInstance(schema))).toBe(true)
  })

  it('end for schemas that refer to themselves or multiply', () => {
    const tree = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }
    expect(JSON.stringify(schemaInstance(tree)).length).toBeLessThan(1_000)
    const wide = { type: 'array', minItems: 1_000, items: { $ref: '#' } }
    expect(JSON.stringify(schemaInstance(wide)).length).toBeLessThan(100_000_000)
    expect(schemaInstance({ allOf: [{ $ref: '#' }, { $ref: '#' }, { $ref: '#' }] })).toBeTypeOf('object')
  })

  it('are made for any JSON', () => {
    fc.assert(
      fc.property(fc.object(), (schema) => {
        const plain: JsonObject = JSON.parse(JSON.stringify(schema))
        expect(JSON.stringify(schemaInstance(plain))).toBeTypeOf('string')
      }),
      { seed: 51, numRuns: 300 },
    )
  })
})

describe('simulated speed', () => {
  it('follows the measured distributions', async () => {
    const firstTokens: number[] = []
    for (let index = 0; index < 400; index += 1) {
      const { upstream, slept } = simulated()
      await upstream.call(
        makeCall({ exchangeId: `ex-${index}`, client: { ...HELLO, stream: true }, firstTokenWithinMs: 1e9 }),
      )
      firstTokens.push(slept[0] ?? 0)
    }
    const sorted = firstTokens.toSorted((a, b) => a - b)
    const { mu, sigma } = LATENCY_PROFILES.medium.firstTokenMs
    const logs = sorted.map(Math.log)
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
    expect(Math.abs(mean - mu)).toBeLessThan((4 * sigma) / Math.sqrt(logs.length))
    expect(sorted.at(0)).toBeGreaterThan(0)
  })

  it('waits for the first token in the call and for the others in the stream', async () => {
    const { upstream, slept } = simulated()
    const result = await upstream.call(makeCall({ client: { ...HELLO, stream: true } }))
    expect(slept).toHaveLength(1)
    const parts = result.kind === 'stream' ? await collect(result) : null
    expect(textOf(parts).length).toBeGreaterThan(0)
    expect(slept.length).toBeGreaterThan(20)
  })

  it('is the same for the same exchange and attempt, and scales', async () => {
    const sleepsAt = async (speed: number): Promise<number[]> => {
      const { upstream, slept } = simulated({ speed })
      const result = await upstream.call(makeCall({ client: { ...HELLO, stream: true } }))
      if (result.kind === 'stream') await collect(result)
      return slept
    }
    const usual = await sleepsAt(1)
    expect(await sleepsAt(1)).toEqual(usual)
    expect((await sleepsAt(2))[0]).toBeCloseTo((usual[0] ?? 0) / 2)
    expect(await sleepsAt(0)).toEqual([])
  })

  it('misses a deadline as a provider would', async () => {
    const { upstream, slept } = simulated()
    const result = await upstream.call(makeCall({ firstTokenWithinMs: 10 }))
    expect(result).toMatchObject({ kind: 'failed', failure: 'timeout_first_token' })
    expect(slept).toEqual([10])
  })

  it('ends when the client leaves, before and during the stream', async () => {
    const { upstream } = simulated()
    const gone = await upstream.call(makeCall({ signal: AbortSignal.abort() }))
    expect(gone).toMatchObject({ failure: 'aborted' })
    const controller = new AbortController()
    const result = await upstream.call(makeCall({ signal: controller.signal, client: { ...HELLO, stream: true } }))
    controller.abort()
    expect(result.kind === 'stream' ? await collect(result) : null).toMatchObject({ failure: 'aborted' })
  })

  it('has classes in the order of their names, from real samples', () => {
    const { fast, medium, slow } = LATENCY_PROFILES
    expect(fast.tokenGapMs.mu).toBeLessThan(medium.tokenGapMs.mu)
    expect(medium.tokenGapMs.mu).toBeLessThan(slow.tokenGapMs.mu)
    for (const { tokenGapMs } of [fast, medium, slow]) {
      expect(tokenGapMs.n).toBeGreaterThan(200)
      expect(Math.exp(tokenGapMs.mu) / tokenGapMs.medianMs).toBeCloseTo(1, 0)
    }
  })

  it.each([
    ['gpt-5.4-mini', 'fast'],
    ['llama-3.1-8b-instant', 'fast'],
    ['gpt-4o-2024-08-06', 'medium'],
    ['gemini-1.5-pro', 'slow'],
    ['claude-opus-4-8', 'slow'],
    ['llama-3.1-405b', 'slow'],
  ])('takes %s for %s', (model, wanted) => {
    expect(latencyClassOf(model)).toBe(wanted)
  })

  it('fails as often as measured when asked to', async () => {
    let failures = 0
    for (let index = 0; index < 300; index += 1) {
      const { upstream } = simulated({ faults: 'measured', speed: 0 })
      const result = await upstream.call(makeCall({ exchangeId: `ex-${index}` }))
      if (result.kind === 'failed') failures += 1
    }
    expect(Math.abs(failures / 300 - LATENCY_PROFILES.medium.errorRate)).toBeLessThan(0.1)
  })
})
