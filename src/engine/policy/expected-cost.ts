import { nanoCost, priceStepFor } from '../cost.ts'
import type { DecideInput, ExpectedCost } from '../decision.ts'
import type { Entry } from '../eligibility/compiled.ts'
import type { ModelRow, PriceStep } from '../matrix.ts'
import { expectedOutput } from './expected-output.ts'

/**
 * What the request would cost on this model, at the price step of its real size; null when a needed price is unknown.
 * The model that holds the conversation's prefix in its provider's cache pays the cache price for it. Every other model
 * pays in full, so the loss is inside its cost; `prefixLossNanoUsd` says how much of the cost it is.
 */
export function expectedCost(entry: Entry, input: DecideInput): ExpectedCost | null {
  const { row } = entry
  const inputTokens = input.features.inputTokens
  const step = row.prices === null ? undefined : priceStepFor(row.prices, inputTokens)
  if (step === undefined) return null
  const { session } = input.state
  const prefix =
    session === null || session.model === null ? 0 : Math.max(0, Math.min(session.cachedTokens, inputTokens))
  const cachedTokens = session !== null && session.model === row.id ? prefix : 0
  const output = expectedOutput(entry, input)
  const nanoUsd = costAt(step, { inputTokens, cachedTokens, outputTokens: output.tokens })
  if (nanoUsd === null) return null
  return {
    nanoUsd,
    inputTokens,
    outputTokens: output.tokens,
    outputBasis: output.basis,
    cachedTokens,
    prefixLossNanoUsd: cachedTokens > 0 ? 0 : prefixLoss(step, prefix, row),
  }
}

/** What this model's own cache would have saved on the prefix that another model's provider holds. */
function prefixLoss(step: PriceStep, prefix: number, row: ModelRow): number {
  if (prefix === 0 || row.capabilities.promptCaching === false) return 0
  const full = costAt(step, { inputTokens: prefix, cachedTokens: 0, outputTokens: 0 }) ?? 0
  return Math.max(0, full - (costAt(step, { inputTokens: prefix, cachedTokens: prefix, outputTokens: 0 }) ?? full))
}

interface Size {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
}

function costAt(step: PriceStep, { inputTokens, cachedTokens, outputTokens }: Size): number | null {
  return nanoCost(step, {
    input: inputTokens - cachedTokens,
    cacheRead: cachedTokens,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: outputTokens,
    reasoning: 0,
    basis: 'estimated',
  })
}
