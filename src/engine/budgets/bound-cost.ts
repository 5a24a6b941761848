import { nanoCost, priceStepFor } from '../cost.ts'
import type { InputBound } from '../features.ts'
import type { ModelRow, PriceList, PriceStep } from '../matrix.ts'

const PICO_PER_NANO = 1_000

/** Prices at which a request of unknown size can be billed at most; pico-dollars per token. */
export interface Rates {
  readonly input: number
  readonly output: number
}

export interface Prompt extends Pick<InputBound, 'cacheWrite'> {
  readonly inputTokens: number
  /** False for embeddings, which have no output to pay for. */
  readonly answers: boolean
}

/**
 * The dearest rates that a prompt of up to `inputTokens` can meet: over every price step it can reach, and over the
 * buckets it can be billed in. Null when a rate that may be needed is not known.
 */
export function dearestRates({ prices, capabilities }: ModelRow, prompt: Prompt): Rates | null {
  const caches = capabilities.promptCaching !== false
  const rates = { input: 0, output: 0 }
  for (const step of prices?.steps ?? []) {
    if (step.aboveInputTokens > 0 && prompt.inputTokens <= step.aboveInputTokens) break
    const input = caches ? dearestInput(step, prompt.cacheWrite) : step.input
    const output = prompt.answers ? dearestOutput(step) : 0
    if (input === null || output === null) return null
    rates.input = Math.max(rates.input, input)
    rates.output = Math.max(rates.output, output)
  }
  return prices === null || prices.steps.length === 0 ? null : rates
}

/**
 * Some providers write every prompt to their cache and charge for it, marked or not; so the five-minute price is always
 * possible, the one for an hour only where it was asked for. The fallbacks are those of `nanoCost`.
 */
function dearestInput(step: PriceStep, cacheWrite: InputBound['cacheWrite']): number | null {
  const { input } = step
  if (input === null) return null
  const write5m = step.cacheWrite5m ?? Math.ceil((input * 5) / 4)
  const write1h = cacheWrite === '1h' ? (step.cacheWrite1h ?? input * 2) : 0
  return Math.max(input, step.cacheRead ?? 0, write5m, write1h)
}

function dearestOutput({ output, reasoning }: PriceStep): number | null {
  return output === null ? null : Math.max(output, reasoning ?? 0)
}

/** Nano-dollars at these rates, rounded up. */
export function costAtRates({ input, output }: Rates, inputTokens: number, outputTokens: number): number {
  const pico = inputTokens * input + outputTokens * output
  if (pico <= Number.MAX_SAFE_INTEGER) return Math.ceil(pico / PICO_PER_NANO)
  return Math.min(Number.MAX_SAFE_INTEGER, nanoCost(stepOf(input, output), tokens(inputTokens, outputTokens)) ?? 0)
}

/** Most output tokens, at most `most`, that `nanoUsd` pays for beside the input. */
export function affordableOutput(
  rates: Rates,
  inputTokens: number,
  { nanoUsd, most }: { nanoUsd: number; most: number },
): number {
  if (rates.output === 0) return most
  const rest = nanoUsd - costAtRates(rates, inputTokens, 0)
  const guess = Math.min(most, Math.floor((rest / rates.output) * PICO_PER_NANO) + 1)
  // Rounding of the input may leave one token more or less than the division says.
  for (let count = guess; count > 0; count -= 1) if (costAtRates(rates, inputTokens, count) <= nanoUsd) return count
  return 0
}

/** Nano-dollars of an estimate at the price step of its size, all input uncached; null when a price is missing. */
export function estimatedCost(prices: PriceList | null, inputTokens: number, outputTokens: number): number | null {
  const step = prices === null ? undefined : priceStepFor(prices, inputTokens)
  return step === undefined ? null : nanoCost(step, tokens(inputTokens, outputTokens))
}

function tokens(input: number, output: number) {
  return { input, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output, reasoning: 0, basis: 'estimated' } as const
}

function stepOf(input: number, output: number): PriceStep {
  return {
    aboveInputTokens: 0,
    input,
    output,
    cacheRead: null,
    cacheWrite5m: null,
    cacheWrite1h: null,
    reasoning: null,
  }
}
