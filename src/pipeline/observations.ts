import { latencyAt, NO_LATENCY, observeLatency, type LatencyWindow } from '../engine/health/latency.ts'
import { observeOutput, outputAt } from '../engine/health/output-length.ts'
import { NO_SAMPLES, type Samples } from '../engine/health/samples.ts'
import type { Intent } from '../engine/intents.ts'
import type { LatencyProfile, Matrix } from '../engine/matrix.ts'
import type { OutputHistory, StateSnapshot } from '../engine/state.ts'
import type { AnswerSeen, LearnedScope } from './ports.ts'
import { RecentMap } from './recent-map.ts'

/** Models whose answers are kept, for latencies and for every intent. */
const MOST_MODELS = 200

const NO_LATENCIES: StateSnapshot['latency'] = {}
const NO_HISTORY: StateSnapshot['outputTokens'] = {}

/** What a window says, worked out again only after a sample came or one grew too old. */
interface Kept<W, V> {
  readonly window: W
  value: V | null
  until: number
}

/** Latencies and lengths of the answers that were seen lately. */
export class Observations {
  readonly #latency = new RecentMap<Kept<LatencyWindow, LatencyProfile>>(MOST_MODELS)
  readonly #output = new Map<Intent, RecentMap<Kept<Samples, OutputHistory>>>()
  #known: { readonly matrix: Matrix; readonly ids: ReadonlySet<string> } | null = null

  add({ model, intent, pace, outputTokens, at }: AnswerSeen): void {
    if (pace !== null) {
      const window = observeLatency(this.#latency.get(model)?.window ?? NO_LATENCY, { at, ...pace })
      this.#latency.set(model, { window, value: null, until: -Infinity })
    }
    if (outputTokens === null) return
    const lengths = this.#output.get(intent) ?? new RecentMap<Kept<Samples, OutputHistory>>(MOST_MODELS)
    this.#output.set(intent, lengths)
    const window = observeOutput(lengths.get(model)?.window ?? NO_SAMPLES, { tokens: outputTokens, at })
    lengths.set(model, { window, value: null, until: -Infinity })
  }

  /** Measured profiles of the models in the matrix. */
  latency({ matrix, now }: LearnedScope): StateSnapshot['latency'] {
    if (this.#latency.size === 0) return NO_LATENCIES
    const ids = this.#idsOf(matrix)
    const found: Record<string, LatencyProfile> = {}
    for (const [model, kept] of this.#latency.entries()) {
      if (!ids.has(model)) continue
      if (now >= kept.until) {
        const { profile, until } = latencyAt(kept.window, now)
        kept.value = profile
        kept.until = until
      }
      if (kept.value !== null) found[model] = kept.value
    }
    return found
  }

  /** Lengths of answers to this intent by the models in the matrix, keyed as `StateSnapshot.outputTokens` is. */
  outputTokens({ matrix, intent, now }: LearnedScope): StateSnapshot['outputTokens'] {
    const lengths = this.#output.get(intent)
    if (lengths === undefined) return NO_HISTORY
    const ids = this.#idsOf(matrix)
    const found: Record<string, OutputHistory> = {}
    for (const [model, kept] of lengths.entries()) {
      if (!ids.has(model)) continue
      if (now >= kept.until) {
        const { history, until } = outputAt(kept.window, now)
        kept.value = history
        kept.until = until
      }
      if (kept.value !== null) found[`${intent}|${model}`] = kept.value
    }
    return found
  }

  /** The matrix changes with the config only. */
  #idsOf(matrix: Matrix): ReadonlySet<string> {
    if (this.#known?.matrix !== matrix) this.#known = { matrix, ids: new Set(matrix.rows.map(({ id }) => id)) }
    return this.#known.ids
  }
}
