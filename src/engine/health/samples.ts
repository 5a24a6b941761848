/** A bounded list of measured values, oldest first. Old ones stop counting. */
export interface Samples {
  readonly at: readonly number[]
  readonly values: readonly number[]
}

export const NO_SAMPLES: Samples = { at: [], values: [] }

export interface SampleLimits {
  /** Most samples kept. */
  readonly most: number
  /** Age in milliseconds at which a sample stops counting. */
  readonly maxAgeMs: number
}

/** The samples with one more, without those too old at its time and at most `most`. */
export function addSample(samples: Samples, sample: { value: number; at: number }, limits: SampleLimits): Samples {
  const from = Math.max(firstYoung(samples, sample.at, limits), samples.at.length + 1 - limits.most)
  return { at: [...samples.at.slice(from), sample.at], values: [...samples.values.slice(from), sample.value] }
}

/** Values that count at `now`, smallest first. */
export function sortedValues(samples: Samples, now: number, limits: SampleLimits): number[] {
  return samples.values.slice(firstYoung(samples, now, limits)).sort((a, b) => a - b)
}

/** When the oldest sample that counts at `now` stops counting; Infinity without one. */
export function countsUntil(samples: Samples, now: number, limits: SampleLimits): number {
  const oldest = samples.at[firstYoung(samples, now, limits)]
  return oldest === undefined ? Infinity : oldest + limits.maxAgeMs
}

function firstYoung({ at }: Samples, now: number, { maxAgeMs }: SampleLimits): number {
  let from = 0
  while (from < at.length && now - (at[from] ?? 0) >= maxAgeMs) from += 1
  return from
}

/** The smallest value that at least the share `q` of the values does not exceed. `sorted` must hold one. */
export function quantile(sorted: readonly number[], q: number): number {
  const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))
  return sorted[index] ?? 0
}
