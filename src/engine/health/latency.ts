import type { LatencyProfile } from '../matrix.ts'
import {
  addSample,
  countsUntil,
  NO_SAMPLES,
  quantile,
  sortedValues,
  type SampleLimits,
  type Samples,
} from './samples.ts'

/** Streams of one model as they were measured lately. */
export interface LatencyWindow {
  /** Milliseconds from the attempt's start to its first content. */
  readonly firstToken: Samples
  /** Milliseconds per output token after the first content. */
  readonly perToken: Samples
}

export const NO_LATENCY: LatencyWindow = { firstToken: NO_SAMPLES, perToken: NO_SAMPLES }

export interface LatencySample {
  readonly firstTokenMs: number
  readonly perTokenMs: number
  readonly at: number
}

/** A quarter of an hour follows a provider through the day; 64 streams make a usable 95th percentile. */
const LIMITS: SampleLimits = { most: 64, maxAgeMs: 15 * 60_000 }
/** Fewer streams are an anecdote: measured values bind the limits of policies. */
export const MIN_LATENCY_SAMPLES = 20

/** The window with one more stream in it. */
export function observeLatency(window: LatencyWindow, { firstTokenMs, perTokenMs, at }: LatencySample): LatencyWindow {
  return {
    firstToken: addSample(window.firstToken, { value: firstTokenMs, at }, LIMITS),
    perToken: addSample(window.perToken, { value: perTokenMs, at }, LIMITS),
  }
}

/** The profile that the window supports at `now`, and until when it stays so unless a sample comes; null with too few samples. */
export function latencyAt(
  window: LatencyWindow,
  now: number,
): { readonly profile: LatencyProfile | null; readonly until: number } {
  const until = countsUntil(window.firstToken, now, LIMITS)
  const first = sortedValues(window.firstToken, now, LIMITS)
  if (first.length < MIN_LATENCY_SAMPLES) return { profile: null, until }
  const perToken = sortedValues(window.perToken, now, LIMITS)
  const profile: LatencyProfile = {
    firstTokenP50Ms: rounded(quantile(first, 0.5)),
    firstTokenP95Ms: rounded(quantile(first, 0.95)),
    perTokenP50Ms: rounded(quantile(perToken, 0.5)),
    perTokenP95Ms: rounded(quantile(perToken, 0.95)),
    source: 'measured',
    n: first.length,
  }
  return { profile, until }
}

/** Microseconds: more digits would only make recordings longer. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
