/** What one finished request adds to the figures. */
export interface Sample {
  readonly at: number
  readonly totalMs: number
  readonly failed: boolean
}

export interface LiveFigures {
  /** Requests that ended within the last minute. */
  readonly perMinute: number
  /** Shares and times are of the last five minutes; null without a request in them. */
  readonly failedShare: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

const MINUTE_MS = 60_000
const WINDOW_MS = 5 * MINUTE_MS
/** Beyond this many requests the oldest leave the window early, which bounds memory and time at any load. */
const MOST_SAMPLES = 5_000

/** Rolling figures over the last minutes. Time comes in as a number. */
export function createFigures(): { add(sample: Sample): void; at(now: number): LiveFigures; clear(): void } {
  let samples: Sample[] = []
  return {
    add(sample) {
      samples.push(sample)
      if (samples.length > MOST_SAMPLES * 2) samples = samples.slice(-MOST_SAMPLES)
    },
    at(now) {
      const recent = samples.slice(-MOST_SAMPLES).filter(({ at }) => at > now - WINDOW_MS)
      samples = recent
      const perMinute = recent.filter(({ at }) => at > now - MINUTE_MS).length
      if (recent.length === 0) return { perMinute, failedShare: null, p50Ms: null, p95Ms: null }
      const sorted = recent.map(({ totalMs }) => totalMs).sort((a, b) => a - b)
      return {
        perMinute,
        failedShare: recent.filter(({ failed }) => failed).length / recent.length,
        p50Ms: quantile(sorted, 0.5),
        p95Ms: quantile(sorted, 0.95),
      }
    },
    clear() {
      samples = []
    },
  }
}

/** Nearest rank: a time that a request really took. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}
