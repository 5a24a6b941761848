import { softmax } from '../intent/classify.ts'
import { KNOWN_INTENTS } from '../intent/known.ts'

/** Factors of the two layers. */
export interface Shares {
  readonly rules: number
  readonly learned: number
}

/** One prediction to be judged: both layers' scores and what counts as right. */
export interface Judged {
  readonly source: string
  /** Sources of one origin; each group counts the same when shares are fitted. */
  readonly group: string
  readonly accept: readonly number[]
  readonly rules: Float64Array
  readonly learned: Float64Array
}

/** Probabilities of a judged sample under given shares. */
export function probabilitiesOf(judged: Judged, shares: Shares): Float64Array {
  return softmax(judged.rules.map((score, at) => score * shares.rules + (judged.learned[at] ?? 0) * shares.learned))
}

/** Place of the highest value. */
export function bestOf(values: Float64Array): number {
  let best = 0
  for (let at = 1; at < values.length; at += 1) if ((values[at] ?? 0) > (values[best] ?? 0)) best = at
  return best
}

/** Share of right answers. */
export function accuracy(samples: readonly Judged[], shares: Shares): number {
  if (samples.length === 0) return Number.NaN
  const right = samples.filter((judged) => judged.accept.includes(bestOf(probabilitiesOf(judged, shares)))).length
  return right / samples.length
}

/** Mean log loss, every group counting the same. */
function loss(samples: readonly Judged[], shares: Shares): number {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const judged of samples) {
    const probabilities = probabilitiesOf(judged, shares)
    const right = judged.accept.reduce((sum, intent) => sum + (probabilities[intent] ?? 0), 0)
    const entry = sums.get(judged.group) ?? { sum: 0, count: 0 }
    entry.sum -= Math.log(Math.max(1e-4, right))
    entry.count += 1
    sums.set(judged.group, entry)
  }
  return [...sums.values()].reduce((total, { sum, count }) => total + sum / count, 0) / sums.size
}

const RULE_STEPS = [0.2, 0.35, 0.5, 0.65, 0.8, 1, 1.2, 1.4, 1.7]
const LEARNED_STEPS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2]

/**
 * The rules were made with the own prompts and parts of the public sets in view, so a fit on those trusts them too much:
 * their share is discounted. One value for all sources, set once (see training-report.md).
 */
const RULES_DISCOUNT = 0.7

/** Shares with the least log loss, rules discounted: they weigh the layers and calibrate at once. */
export function fitShares(samples: readonly Judged[]): Shares {
  let best: Shares = { rules: 1, learned: 0 }
  let least = Number.POSITIVE_INFINITY
  for (const rules of RULE_STEPS)
    for (const learned of LEARNED_STEPS) {
      const found = loss(samples, { rules, learned })
      if (found >= least) continue
      least = found
      best = { rules, learned }
    }
  return { rules: Math.round(best.rules * RULES_DISCOUNT * 100) / 100, learned: best.learned }
}

/** A bin of predictions of like confidence. */
export interface Bin {
  readonly from: number
  readonly count: number
  readonly confidence: number
  readonly accuracy: number
}

/** Ten bins of confidence and the expected calibration error over them. */
export function calibration(
  samples: readonly Judged[],
  sharesOf: (judged: Judged) => Shares,
): { bins: Bin[]; error: number } {
  const bins = Array.from({ length: 10 }, (_, index) => ({ from: index / 10, count: 0, confidence: 0, right: 0 }))
  for (const judged of samples) {
    const probabilities = probabilitiesOf(judged, sharesOf(judged))
    const chosen = bestOf(probabilities)
    const confidence = probabilities[chosen] ?? 0
    const bin = bins[Math.min(9, Math.floor(confidence * 10))]
    if (bin === undefined) continue
    bin.count += 1
    bin.confidence += confidence
    bin.right += judged.accept.includes(chosen) ? 1 : 0
  }
  const filled = bins.filter(({ count }) => count > 0)
  const error = filled.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence), 0) / Math.max(1, samples.length)
  return {
    bins: filled.map(({ from, count, confidence, right }) => ({
      from,
      count,
      confidence: confidence / count,
      accuracy: right / count,
    })),
    error,
  }
}

/** How often each intent was taken for which, worst first. */
export function confusions(
  samples: readonly Judged[],
  sharesOf: (judged: Judged) => Shares,
): { truth: string; said: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const judged of samples) {
    const chosen = bestOf(probabilitiesOf(judged, sharesOf(judged)))
    if (judged.accept.includes(chosen)) continue
    const key = `${judged.accept[0] ?? -1} ${chosen}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts]
    .map(([key, count]) => {
      const [truth, said] = key.split(' ').map(Number)
      return { truth: KNOWN_INTENTS[truth ?? 0] ?? '', said: KNOWN_INTENTS[said ?? 0] ?? '', count }
    })
    .sort((a, b) => b.count - a.count || a.truth.localeCompare(b.truth))
}

/** Below this share of right answers a label does more harm than `unknown`. */
const WORTH_SAYING = 0.4

/** Lowest confidence at which answers are right often enough to be given. */
export function chooseFloor(samples: readonly Judged[], shares: Shares): number {
  for (let floor = 0.1; floor < 0.6; floor += 0.02) {
    const near = samples.filter((judged) => {
      const confidence = Math.max(...probabilitiesOf(judged, shares))
      return confidence >= floor && confidence < floor + 0.06
    })
    if (near.length >= 20 && accuracy(near, shares) >= WORTH_SAYING) return Math.round(floor * 100) / 100
  }
  return 0.5
}
