import type { OutputHistory } from '../state.ts'
import { addSample, countsUntil, quantile, sortedValues, type SampleLimits, type Samples } from './samples.ts'

const LIMITS: SampleLimits = { most: 64, maxAgeMs: 24 * 60 * 60_000 }
/** Fewer answers say less than the prior of the intent. */
export const MIN_OUTPUT_SAMPLES = 10

/** The lengths with one more answer, in tokens per choice. */
export function observeOutput(samples: Samples, sample: { tokens: number; at: number }): Samples {
  return addSample(samples, { value: sample.tokens, at: sample.at }, LIMITS)
}

/** The history that the lengths support at `now`, and until when it stays so unless an answer comes; null with too few. */
export function outputAt(
  samples: Samples,
  now: number,
): { readonly history: OutputHistory | null; readonly until: number } {
  const until = countsUntil(samples, now, LIMITS)
  const sorted = sortedValues(samples, now, LIMITS)
  if (sorted.length < MIN_OUTPUT_SAMPLES) return { history: null, until }
  const sum = sorted.reduce((total, tokens) => total + tokens, 0)
  const mean = Math.round((sum / sorted.length) * 10) / 10
  return { history: { mean, p99: quantile(sorted, 0.99), n: sorted.length }, until }
}
