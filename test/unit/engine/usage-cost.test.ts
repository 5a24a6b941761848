import { describe, expect, it } from 'vitest'
import { costOfUsage } from '../../../src/engine/cost.ts'
import type { PriceList, PriceStep } from '../../../src/engine/matrix.ts'
import { readMessage } from '../../../src/wire/anthropic/answer.ts'
import { MessagesStreamDecoder } from '../../../src/wire/anthropic/decode-stream.ts'
import { readGenerateAnswer } from '../../../src/wire/gemini/answer.ts'
import { GenerateStreamDecoder } from '../../../src/wire/gemini/decode-stream.ts'
import type { JsonObject } from '../../../src/wire/json.ts'
import { readChatAnswer } from '../../../src/wire/openai-chat/answer.ts'
import { ChatStreamDecoder } from '../../../src/wire/openai-chat/decode-stream.ts'
import type { AnswerReading, StreamDecoder } from '../../../src/wire/reading.ts'
import type { UsageDialectName } from '../../../src/wire/usage-dialects.ts'
import type { TokenUsage } from '../../../src/wire/usage.ts'

/** Dollars per million tokens, as providers print them; a null is a price that is not stated. */
interface Printed {
  readonly input: number
  readonly output: number
  readonly read?: number
  readonly write5m?: number
  readonly write1h?: number
  readonly above?: number
}

// One dollar per million tokens is 1,000,000 pico-dollars, or 1,000 nano-dollars, a token.
function step({ input, output, read, write5m, write1h, above }: Printed): PriceStep {
  const pico = (usd: number | undefined): number | null => (usd === undefined ? null : Math.round(usd * 1_000_000))
  return {
    aboveInputTokens: above ?? 0,
    input: pico(input),
    output: pico(output),
    cacheRead: pico(read),
    cacheWrite5m: pico(write5m),
    cacheWrite1h: pico(write1h),
    reasoning: null,
  }
}

function nanoUsd(usage: TokenUsage | null, ...printed: readonly Printed[]): number | string {
  const prices: PriceList = { steps: printed.map((one) => step(one)), source: 'test', asOf: '2026-08-01' }
  const cost = costOfUsage(usage, prices)
  return cost.kind === 'known' ? cost.nanoUsd : cost.kind
}

function usageOf(reading: AnswerReading): TokenUsage | null {
  if (reading.kind !== 'answer') throw new Error(reading.kind)
  return reading.answer.usage
}

function chat(usage: JsonObject, dialect: UsageDialectName): TokenUsage | null {
  const message = { role: 'assistant', content: 'x' }
  const body = { id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }
  return usageOf(readChatAnswer(body, dialect))
}

function messages(usage: JsonObject): TokenUsage | null {
  return usageOf(readMessage({ id: 'm', content: [{ type: 'text', text: 'x' }], stop_reason: 'end_turn', usage }))
}

function generated(usageMetadata: JsonObject): TokenUsage | null {
  const candidate = { content: { parts: [{ text: 'x' }] }, finishReason: 'STOP' }
  return usageOf(readGenerateAnswer({ candidates: [candidate], usageMetadata }))
}

/** All usage that a stream tells; more than one would be billed twice. */
function streamed(decoder: StreamDecoder, events: readonly object[]): TokenUsage | null {
  const decoded = events.map((event) => decoder.push(JSON.stringify(event)))
  const parts = [...decoded.flatMap((one) => ('parts' in one ? one.parts : [])), ...decoder.end()]
  const told = parts.flatMap((part) => (part.kind === 'usage' ? [part.usage] : []))
  expect(told).toHaveLength(1)
  return told[0] ?? null
}

const OPENAI = { input: 1.25, read: 0.125, output: 10 }
const CLAUDE = { input: 3, read: 0.3, write5m: 3.75, write1h: 6, output: 15 }
const GEMINI = { input: 1.25, read: 0.31, output: 10 }
const GEMINI_LONG = { input: 2.5, read: 0.625, output: 15, above: 200_000 }

describe('OpenAI chat: cached tokens are inside the prompt, reasoning inside the completion', () => {
  const usage = {
    prompt_tokens: 2_006,
    completion_tokens: 300,
    total_tokens: 2_306,
    prompt_tokens_details: { cached_tokens: 1_920, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 192 },
  }
  //      86 uncached  x  1,250 =   107,500
  //   1,920 cached    x    125 =   240,000
  //     300 output    x 10,000 = 3,000,000   (192 of them reasoning)
  const BILL = 3_347_500

  it('as a whole answer', () => expect(nanoUsd(chat(usage, 'openai'), OPENAI)).toBe(BILL))

  it('as a stream, whose last chunk has it', () => {
    const choice = (delta: object, finish: string | null) => ({ index: 0, delta, finish_reason: finish })
    const events = [
      { choices: [choice({ content: 'x' }, null)], usage: null },
      { choices: [choice({}, 'stop')], usage: null },
      { choices: [], usage },
    ]
    expect(nanoUsd(streamed(new ChatStreamDecoder('openai'), events), OPENAI)).toBe(BILL)
  })

  it('writes to the cache where it bills them', () => {
    const written = { ...usage, prompt_tokens_details: { cached_tokens: 1_000, cache_write_tokens: 1_000 } }
    //       6 uncached x  1,250 =     7,500
    //   1,000 cached   x    125 =   125,000
    //   1,000 written  x  1,500 = 1,500,000
    //     300 output   x 10,000 = 3,000,000
    expect(nanoUsd(chat(written, 'openai'), { ...OPENAI, write5m: 1.5 })).toBe(4_632_500)
  })
})

describe('Anthropic: cached tokens are beside the input, thinking inside the output', () => {
  const usage = {
    input_tokens: 21,
    cache_read_input_tokens: 188_086,
    cache_creation_input_tokens: 1_456,
    cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 1_000 },
    output_tokens: 393,
    output_tokens_details: { thinking_tokens: 100 },
  }
  //        21 input            x  3,000 =     63,000
  //   188,086 cached           x    300 = 56,425,800
  //       456 written for 5 m  x  3,750 =  1,710,000
  //     1,000 written for 1 h  x  6,000 =  6,000,000
  //       393 output           x 15,000 =  5,895,000   (100 of them thinking)
  const BILL = 70_093_800

  it('as a whole answer', () => expect(nanoUsd(messages(usage), CLAUDE)).toBe(BILL))

  it('as a stream, which tells the input first and repeats it at the end', () => {
    const events = [
      { type: 'message_start', message: { id: 'm', model: 'c', usage: { ...usage, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'x' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 21, output_tokens: 393 } },
      { type: 'message_stop' },
    ]
    expect(nanoUsd(streamed(new MessagesStreamDecoder({ keepRaw: false }), events), CLAUDE)).toBe(BILL)
  })

  it('with writes that are not split, which are for five minutes', () => {
    const plain = { input_tokens: 10, cache_creation_input_tokens: 200, output_tokens: 5 }
    // 10 x 3,000 + 200 x 3,750 + 5 x 15,000 = 30,000 + 750,000 + 75,000
    expect(nanoUsd(messages(plain), CLAUDE)).toBe(855_000)
  })

  it('with an upper bound where the price of a write is not stated', () => {
    const split = { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 100 }
    const plain = { input_tokens: 0, cache_creation_input_tokens: 200, cache_creation: split, output_tokens: 0 }
    // 100 x 3,000 x 5/4 + 100 x 3,000 x 2 = 375,000 + 600,000
    expect(nanoUsd(messages(plain), { input: 3, output: 15 })).toBe(975_000)
  })
})

describe('Gemini: cached tokens are inside the prompt, thoughts beside the answer', () => {
  const usage = {
    promptTokenCount: 5_000,
    cachedContentTokenCount: 4_000,
    toolUsePromptTokenCount: 200,
    candidatesTokenCount: 100,
    thoughtsTokenCount: 900,
    totalTokenCount: 6_200,
  }
  //   1,200 uncached x  1,250 = 1,500,000   (5,000 + 200 of tools - 4,000)
  //   4,000 cached   x    310 = 1,240,000
  //     100 answer   x 10,000 = 1,000,000
  //     900 thoughts x 10,000 = 9,000,000
  const BILL = 12_740_000

  it('as a whole answer', () => expect(nanoUsd(generated(usage), GEMINI, GEMINI_LONG)).toBe(BILL))

  it('as a stream, which repeats it growing', () => {
    const said = (more: object, counts: object) => ({
      candidates: [{ content: { parts: [{ text: 'x' }] }, ...more }],
      usageMetadata: { ...usage, ...counts },
    })
    const events = [said({}, { candidatesTokenCount: 40 }), said({ finishReason: 'STOP' }, {})]
    expect(nanoUsd(streamed(new GenerateStreamDecoder({ keepRaw: false }), events), GEMINI, GEMINI_LONG)).toBe(BILL)
  })

  it('at the price of its size: at the threshold', () => {
    const long = { promptTokenCount: 200_000, cachedContentTokenCount: 50_000, candidatesTokenCount: 10 }
    // 150,000 x 1,250 + 50,000 x 310 + 10 x 10,000 = 187,500,000 + 15,500,000 + 100,000
    expect(nanoUsd(generated(long), GEMINI, GEMINI_LONG)).toBe(203_100_000)
  })

  it('at the price of its size: one token above, all of it', () => {
    const long = { promptTokenCount: 200_001, cachedContentTokenCount: 50_001, candidatesTokenCount: 10 }
    // 150,000 x 2,500 + 50,001 x 625 + 10 x 15,000 = 375,000,000 + 31,250,625 + 150,000
    expect(nanoUsd(generated(long), GEMINI, GEMINI_LONG)).toBe(406_400_625)
  })
})

describe('providers that speak as OpenAI does, in a dialect', () => {
  it('DeepSeek: hits and misses beside the prompt that they add up to', () => {
    const usage = {
      prompt_tokens: 339,
      prompt_cache_hit_tokens: 320,
      prompt_cache_miss_tokens: 19,
      completion_tokens: 83,
      completion_tokens_details: { reasoning_tokens: 39 },
      total_tokens: 422,
    }
    // 19 x 280 + 320 x 28 + 83 x 420 = 5,320 + 8,960 + 34,860
    expect(nanoUsd(chat(usage, 'deepseek'), { input: 0.28, read: 0.028, output: 0.42 })).toBe(49_140)
  })

  it('Qwen: explicit cache, read and written', () => {
    const usage = {
      prompt_tokens: 1_000,
      completion_tokens: 10,
      total_tokens: 1_010,
      prompt_tokens_details: { cached_tokens: 600, cache_creation_input_tokens: 300 },
    }
    // 100 x 400 + 600 x 40 + 300 x 500 + 10 x 1,200 = 40,000 + 24,000 + 150,000 + 12,000
    expect(nanoUsd(chat(usage, 'qwen'), { input: 0.4, read: 0.04, write5m: 0.5, output: 1.2 })).toBe(226_000)
  })

  it('Mistral: cached tokens at the input price where no other is stated', () => {
    const usage = {
      prompt_tokens: 171,
      completion_tokens: 14,
      total_tokens: 185,
      prompt_tokens_details: { cached_tokens: 128 },
    }
    // 43 x 150 + 128 x 150 + 14 x 600 = 6,450 + 19,200 + 8,400
    expect(nanoUsd(chat(usage, 'mistral'), { input: 0.15, output: 0.6 })).toBe(34_050)
  })

  const GROK = { input: 3, read: 0.75, output: 15 }
  const grok = {
    prompt_tokens: 12,
    completion_tokens: 1,
    prompt_tokens_details: { cached_tokens: 8 },
    completion_tokens_details: { reasoning_tokens: 290 },
  }

  it('xAI: reasoning on top of the completion', () => {
    // 4 x 3,000 + 8 x 750 + (1 + 290) x 15,000 = 12,000 + 6,000 + 4,365,000
    expect(nanoUsd(chat({ ...grok, total_tokens: 303 }, 'xai'), GROK)).toBe(4_383_000)
  })

  it('xAI: reasoning inside, where the total leaves no room for more', () => {
    // 4 x 3,000 + 8 x 750 + 291 x 15,000: the same tokens, now all counted as completion.
    expect(nanoUsd(chat({ ...grok, completion_tokens: 291, total_tokens: 303 }, 'xai'), GROK)).toBe(4_383_000)
  })
})

describe('a bill that the provider states itself', () => {
  const usage = { prompt_tokens: 100, completion_tokens: 10, cost: 0.00123 }

  it('wins over the price list at OpenRouter', () => {
    expect(nanoUsd(chat(usage, 'openrouter'), OPENAI)).toBe(1_230_000)
    expect(costOfUsage(chat(usage, 'openrouter'), null)).toMatchObject({ kind: 'known', priceSource: 'provider' })
  })

  it('is not taken from hosts that do not document it, nor when it is no amount', () => {
    // 100 x 1,250 + 10 x 10,000
    expect(nanoUsd(chat(usage, 'openai'), OPENAI)).toBe(225_000)
    for (const cost of ['0.1', -1, Number.NaN, {}])
      expect(nanoUsd(chat({ ...usage, cost }, 'openrouter'), OPENAI)).toBe(225_000)
  })
})

describe('every bill', () => {
  it('is rounded up once, not in every bucket', () => {
    // 0.0375 dollars are 37.5 nano-dollars a token: 1 x 37.5 + 1 x 37.5 + 1 x 37.5 = 112.5
    const usage = { prompt_tokens: 2, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 1 } }
    expect(nanoUsd(chat(usage, 'openai'), { input: 0.0375, read: 0.0375, output: 0.0375 })).toBe(113)
  })

  it('is unknown without usage, never zero', () => {
    expect(nanoUsd(chat({}, 'openai'), OPENAI)).toBe('unknown')
  })
})
