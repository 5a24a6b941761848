import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  readUsage,
  usageDialect,
  usageMember,
  USAGE_DIALECTS,
  writeUsage,
  type UsageDialectName,
} from '../../../src/wire/usage-dialects.ts'
import { totalInput, totalOutput } from '../../../src/wire/usage.ts'

/** Input, cache read, cache write, output, reasoning. */
type Golden = readonly [number, number, number, number, number]

const GOLDEN: readonly (readonly [UsageDialectName, object, Golden])[] = [
  [
    'openai',
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 40 },
    },
    [50, 30, 20, 10, 40],
  ],
  [
    'deepseek',
    {
      prompt_tokens: 339,
      completion_tokens: 83,
      total_tokens: 422,
      prompt_tokens_details: { cached_tokens: 320 },
      completion_tokens_details: { reasoning_tokens: 39 },
      prompt_cache_hit_tokens: 320,
      prompt_cache_miss_tokens: 19,
    },
    [19, 320, 0, 44, 39],
  ],
  [
    'qwen',
    {
      prompt_tokens: 1000,
      completion_tokens: 10,
      prompt_tokens_details: { cached_tokens: 600, cache_creation_input_tokens: 300 },
    },
    [100, 600, 300, 10, 0],
  ],
  [
    'mistral',
    { prompt_tokens: 171, total_tokens: 185, completion_tokens: 14, prompt_tokens_details: { cached_tokens: 128 } },
    [43, 128, 0, 14, 0],
  ],
  [
    'xai',
    {
      prompt_tokens: 12,
      completion_tokens: 1,
      total_tokens: 303,
      prompt_tokens_details: { cached_tokens: 11 },
      completion_tokens_details: { reasoning_tokens: 290 },
    },
    [1, 11, 0, 1, 290],
  ],
  [
    'xai',
    {
      prompt_tokens: 12,
      completion_tokens: 291,
      total_tokens: 303,
      completion_tokens_details: { reasoning_tokens: 290 },
    },
    [12, 0, 0, 1, 290],
  ],
  ['ollama', { prompt_tokens: 26, completion_tokens: 298, total_tokens: 324 }, [26, 0, 0, 298, 0]],
  [
    'groq',
    {
      queue_time: 0.04,
      prompt_tokens: 210,
      completion_tokens: 15,
      total_tokens: 225,
      prompt_tokens_details: { cached_tokens: 128 },
    },
    [82, 128, 0, 15, 0],
  ],
  [
    'openrouter',
    {
      prompt_tokens: 194,
      completion_tokens: 60,
      total_tokens: 254,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 40 },
    },
    [74, 100, 20, 20, 40],
  ],
]

describe('usage dialects', () => {
  it.each(GOLDEN)('reads %s usage into disjoint buckets', (dialect, usage, golden) => {
    const [input, cacheRead, cacheWrite5m, output, reasoning] = golden
    expect(readUsage(usage, dialect)).toEqual({
      input,
      cacheRead,
      cacheWrite5m,
      cacheWrite1h: 0,
      output,
      reasoning,
      basis: 'reported',
    })
  })

  it('covers every dialect with a golden case', () => {
    expect(new Set(GOLDEN.map(([name]) => name))).toEqual(new Set(Object.keys(USAGE_DIALECTS)))
  })

  it('gives null when nothing was reported', () => {
    for (const usage of [null, undefined, {}, 'x', [], { prompt_tokens: 'many' }, { total_tokens: 4 }]) {
      expect(readUsage(usage)).toBeNull()
    }
  })

  it('finds usage at the top and in the place where Groq put it', () => {
    const usage = { prompt_tokens: 1 }
    expect(usageMember({ usage })).toBe(usage)
    expect(usageMember({ usage: null, x_groq: { usage } })).toBe(usage)
    expect(usageMember({ choices: [] })).toBeNull()
  })

  it('maps quirks to dialects, anything unknown to the one of OpenAI', () => {
    expect(usageDialect('xai')).toBe('xai')
    expect(usageDialect('vllm')).toBe('openai')
    expect(usageDialect(null)).toBe('openai')
  })

  it('never makes a bucket negative and never loses or doubles a prompt token', () => {
    const tokens = fc.oneof(fc.nat(), fc.constantFrom(-5, 1.5, Number.NaN, null, 'x'))
    const usage = fc.record(
      {
        prompt_tokens: fc.nat(),
        completion_tokens: fc.nat(),
        total_tokens: tokens,
        prompt_tokens_details: fc.record({
          cached_tokens: tokens,
          cache_write_tokens: tokens,
          cache_creation_input_tokens: tokens,
        }),
        completion_tokens_details: fc.record({ reasoning_tokens: tokens }),
        prompt_cache_hit_tokens: tokens,
      },
      { requiredKeys: ['prompt_tokens', 'completion_tokens'] },
    )
    const names = Object.keys(USAGE_DIALECTS).map((name) => usageDialect(name))
    fc.assert(
      fc.property(usage, fc.constantFrom(...names), (given, dialect) => {
        const read = readUsage(given, dialect)
        if (read === null) throw new Error('usage was not read')
        const { basis, ...buckets } = read
        expect(basis).toBe('reported')
        for (const bucket of Object.values(buckets)) expect(bucket).toBeGreaterThanOrEqual(0)
        expect(totalInput(read)).toBe(given.prompt_tokens)
        const beside = dialect === 'xai' ? totalOutput(read) - given.completion_tokens : 0
        expect(beside).toBeGreaterThanOrEqual(0)
        expect(totalOutput(read) - beside).toBe(given.completion_tokens)
      }),
      { seed: 21, numRuns: 500 },
    )
  })

  it('writes what it reads back as the same buckets', () => {
    const [, usage] = GOLDEN[0] ?? []
    const read = readUsage(usage)
    if (read === null) throw new Error('usage was not read')
    expect(readUsage(writeUsage(read))).toEqual(read)
  })
})
