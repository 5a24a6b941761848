import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latencyAt, MIN_LATENCY_SAMPLES, NO_LATENCY, observeLatency } from '../../../../src/engine/health/latency.ts'
import { MIN_OUTPUT_SAMPLES, observeOutput, outputAt } from '../../../../src/engine/health/output-length.ts'
import { NO_SAMPLES, type Samples } from '../../../../src/engine/health/samples.ts'

const START = 1_800_000_000_000
const MINUTE = 60_000

describe('measured latency', () => {
  const after = (values: readonly number[], gapMs = 1) =>
    values.reduce(
      (window, value, index) =>
        observeLatency(window, { firstTokenMs: value, perTokenMs: value / 10, at: START + index * gapMs }),
      NO_LATENCY,
    )

  it('counts only with enough streams, and then with their percentiles', () => {
    const few = after(Array.from({ length: MIN_LATENCY_SAMPLES - 1 }, () => 100))
    expect(latencyAt(few, START + MINUTE).profile).toBeNull()
    const enough = after(Array.from({ length: 20 }, (_, index) => (index + 1) * 10))
    expect(latencyAt(enough, START + MINUTE).profile).toEqual({
      firstTokenP50Ms: 100,
      firstTokenP95Ms: 190,
      perTokenP50Ms: 10,
      perTokenP95Ms: 19,
      source: 'measured',
      n: 20,
    })
  })

  it('forgets what is older than a quarter of an hour', () => {
    const window = after(Array.from({ length: 30 }, () => 100))
    const { until } = latencyAt(window, START + MINUTE)
    expect(until).toBe(START + 15 * MINUTE)
    expect(latencyAt(window, until + 5).profile?.n).toBe(24)
    expect(latencyAt(window, until + MINUTE).profile).toBeNull()
  })

  it('takes the same memory however long it runs', () => {
    const window = after(Array.from({ length: 2_000 }, (_, index) => index))
    expect([window.firstToken.values.length, window.perToken.at.length]).toEqual([64, 64])
    expect(latencyAt(window, START + 2_000).profile?.firstTokenP50Ms).toBeGreaterThan(1_900)
  })

  it('gives a profile within what was measured, the same until the time it names', () => {
    const values = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 20, maxLength: 64 })
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 20_000 }), fc.nat(1_000_000), (measured, gapMs, laterMs) => {
        const window = after(measured, gapMs)
        const now = START + measured.length * gapMs
        const { profile, until } = latencyAt(window, now)
        const then = Math.max(now, Math.min(now + laterMs, until - 1))
        expect(latencyAt(window, then).profile).toEqual(profile)
        if (profile === null) return
        expect(profile.firstTokenP50Ms).toBeLessThanOrEqual(profile.firstTokenP95Ms)
        expect(measured).toContain(profile.firstTokenP50Ms)
        expect(measured).toContain(profile.firstTokenP95Ms)
      }),
      { seed: 11, numRuns: 300 },
    )
  })
})

describe('output lengths', () => {
  it('count only with enough answers, by their mean', () => {
    let samples: Samples = NO_SAMPLES
    for (let tokens = 1; tokens <= MIN_OUTPUT_SAMPLES; tokens += 1) {
      expect(outputAt(samples, START).history).toBeNull()
      samples = observeOutput(samples, { tokens, at: START })
    }
    expect(outputAt(samples, START).history).toEqual({ mean: 5.5, p99: 10, n: 10 })
  })
})
