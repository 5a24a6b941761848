import { KNOWN_INTENTS } from '../intent/known.ts'
import { softmax } from '../intent/classify.ts'
import type { Vector } from './vectors.ts'

const EPOCHS = 14
const RATE = 0.5
const DECAY = 2e-5
/** Own prompts cover every intent and look like real requests: they count more than any one foreign source. */
const OWN_WEIGHT = 2

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

function shuffled(count: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index)
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    const held = order[at] ?? 0
    order[at] = order[other] ?? 0
    order[other] = held
  }
  return order
}

/** Weight of each sample so that neither a large source nor a frequent intent drowns the others. */
function sampleWeights(samples: readonly Vector[]): Float64Array {
  const ofPair = new Map<string, number>()
  const ofIntent = new Float64Array(KNOWN_INTENTS.length)
  for (const { source, train } of samples) ofPair.set(`${source}/${train}`, (ofPair.get(`${source}/${train}`) ?? 0) + 1)
  const raw = samples.map(({ source, train }) => {
    const share = 1 / Math.sqrt(ofPair.get(`${source}/${train}`) ?? 1)
    return source === 'own' ? share * OWN_WEIGHT : share
  })
  for (const [at, { train }] of samples.entries()) ofIntent[train] = (ofIntent[train] ?? 0) + (raw[at] ?? 0)
  const mean = ofIntent.reduce((sum, value) => sum + value, 0) / KNOWN_INTENTS.length
  return Float64Array.from(raw, (weight, at) => (weight * mean) / (ofIntent[samples[at]?.train ?? 0] ?? 1))
}

/** Log-odds from a float table. */
export function tableScores(vector: Vector, table: Float64Array): Float64Array {
  const width = KNOWN_INTENTS.length
  const scores = new Float64Array(width)
  const { features } = vector
  for (let at = 0; at < features.count; at += 1) {
    const row = (features.buckets[at] ?? 0) * width
    const value = features.values[at] ?? 0
    for (let intent = 0; intent < width; intent += 1)
      scores[intent] = (scores[intent] ?? 0) + value * (table[row + intent] ?? 0)
  }
  return scores
}

/** Multinomial logistic regression over hashed words and cues by AdaGrad; the same seed gives the same table. */
export function trainTable(samples: readonly Vector[], rows: number, seed: number): Float64Array {
  const width = KNOWN_INTENTS.length
  const table = new Float64Array(rows * width)
  const squares = new Float64Array(rows * width).fill(1e-2)
  const usable = samples.filter(({ train }) => train >= 0)
  const weights = sampleWeights(usable)
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length)
  const random = seeded(seed)
  for (let epoch = 0; epoch < EPOCHS; epoch += 1)
    for (const index of shuffled(usable.length, random)) {
      const vector = usable[index]
      if (vector !== undefined) step(vector, { table, squares, weight: (weights[index] ?? 0) / mean })
    }
  return table
}

function step(
  vector: Vector,
  { table, squares, weight }: { table: Float64Array; squares: Float64Array; weight: number },
): void {
  const width = KNOWN_INTENTS.length
  const error = softmax(tableScores(vector, table))
  error[vector.train] = (error[vector.train] ?? 0) - 1
  const { features } = vector
  for (let at = 0; at < features.count; at += 1) {
    const row = (features.buckets[at] ?? 0) * width
    const value = (features.values[at] ?? 0) * weight
    for (let intent = 0; intent < width; intent += 1) {
      const place = row + intent
      const gradient = value * (error[intent] ?? 0) + DECAY * (table[place] ?? 0)
      squares[place] = (squares[place] ?? 0) + gradient * gradient
      table[place] = (table[place] ?? 0) - (RATE * gradient) / Math.sqrt(squares[place] ?? 1)
    }
  }
}
