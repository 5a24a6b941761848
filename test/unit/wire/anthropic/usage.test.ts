import { describe, expect, it } from 'vitest'
import { readMessagesUsage, writeMessagesUsage } from '../../../../src/wire/anthropic/usage.ts'
import type { TokenUsage } from '../../../../src/wire/usage.ts'

/** Dollars for a million tokens of each bucket: Sonnet 4.5, reasoning at the price of output. */
const PRICES = { input: 3, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6, output: 15, reasoning: 15 } as const

function microDollars(usage: TokenUsage): number {
  const keys = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'reasoning'] as const
  return keys.reduce((sum, key) => sum + usage[key] * PRICES[key], 0)
}

describe('usage of Anthropic', () => {
  it('counts each token once, cached ones beside the input and thinking inside the output', () => {
    const usage = readMessagesUsage({
      input_tokens: 1_000,
      cache_read_input_tokens: 2_000,
      cache_creation_input_tokens: 500,
      cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 200 },
      output_tokens: 400,
      output_tokens_details: { thinking_tokens: 150 },
    })
    expect(usage).toEqual({
      input: 1_000,
      cacheRead: 2_000,
      cacheWrite5m: 300,
      cacheWrite1h: 200,
      output: 250,
      reasoning: 150,
      basis: 'reported',
    })
    // 1000×3 + 2000×0.3 + 300×3.75 + 200×6 + 400×15, in millionths of a dollar.
    expect(usage === null ? null : microDollars(usage)).toBe(3_000 + 600 + 1_125 + 1_200 + 6_000)
  })

  it.each([
    [
      'writes without their kind are five minute ones',
      { input_tokens: 1, cache_creation_input_tokens: 9 },
      { cacheWrite5m: 9 },
    ],
    [
      'kinds without their sum',
      { input_tokens: 1, cache_creation: { ephemeral_1h_input_tokens: 4 } },
      { cacheWrite1h: 4 },
    ],
    [
      'more thinking than output is cut',
      { output_tokens: 5, output_tokens_details: { thinking_tokens: 9 } },
      { output: 0, reasoning: 5 },
    ],
    [
      'nonsense counts as nothing',
      { input_tokens: 3, output_tokens: -1, cache_read_input_tokens: 'x' },
      { input: 3, output: 0, cacheRead: 0 },
    ],
  ])('%s', (_, given, wanted) => {
    expect(readMessagesUsage(given)).toMatchObject(wanted)
  })

  it('is unknown, not zero, when nothing was reported', () => {
    expect(readMessagesUsage({})).toBeNull()
    expect(readMessagesUsage(undefined)).toBeNull()
  })

  it('is written in a form that reads back the same', () => {
    const usage = {
      input: 1,
      cacheRead: 2,
      cacheWrite5m: 3,
      cacheWrite1h: 4,
      output: 5,
      reasoning: 6,
      basis: 'reported',
    } as const
    expect(readMessagesUsage(writeMessagesUsage(usage))).toEqual(usage)
  })
})
