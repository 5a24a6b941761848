import { CUES, type Strengths } from '../features/cue-names.ts'
import { HASH_START, hashPair, hashUnit } from '../features/hashing.ts'
import type { Reading } from '../features/request-cues.ts'
import { HAS_DIGIT, IDEOGRAPHIC, STARTS_SENTENCE } from '../features/scanned.ts'
import { decodeBytes } from './decode.ts'
import { KNOWN_INTENTS } from './known.ts'

/** Tokens that count less are material, not what is asked. */
const LEAST_WEIGHT = 0.3
/** Features of one text at most: the beginning says what is wanted. */
const MOST_FEATURES = 300
const SYSTEM_SALT = 0x5bd1e995
const SYSTEM_WEIGHT = 0.5
const DIGITS = 0x27d4eb2f
const FIRST_SALT = 0x165667b1

/** Hash buckets as parallel lists of features and their values; the same code feeds training and the running engine. */
export class FeatureList {
  readonly buckets: number[] = []
  readonly values: number[] = []

  get count(): number {
    return this.buckets.length
  }

  add(hash: number, value: number, mask: number): void {
    this.place((hash ^ (hash >>> 16)) & mask, value)
  }

  place(row: number, value: number): void {
    this.buckets.push(row)
    this.values.push(value)
  }

  /** Scales all values to length 1, so that long and short texts count the same. */
  normalise(): void {
    let sum = 0
    for (let at = 0; at < this.count; at += 1) sum += (this.values[at] ?? 0) ** 2
    if (sum === 0) return
    const scale = 1 / Math.sqrt(sum)
    for (let at = 0; at < this.count; at += 1) this.values[at] = (this.values[at] ?? 0) * scale
  }
}

/** Adds words, pairs of words and pairs of ideograms of what is said in a text. */
function addReading(
  list: FeatureList,
  reading: Reading,
  { salt, weight, mask }: { salt: number; weight: number; mask: number },
): void {
  const { scan, zones } = reading
  const limit = list.count + MOST_FEATURES
  let before = 0
  let beforeIdeogram = false
  for (let at = 0; at < scan.count && list.count < limit; at += 1) {
    const value = (zones.weights[at] ?? 0) * weight
    const flags = scan.flags[at] ?? 0
    if (value < LEAST_WEIGHT * weight) {
      before = 0
      continue
    }
    // Numbers are all alike: which one it is tells nothing of the task.
    const token = ((flags & HAS_DIGIT) !== 0 ? DIGITS : (scan.tokens[at] ?? 0)) ^ salt
    const ideogram = (flags & IDEOGRAPHIC) !== 0
    if ((flags & STARTS_SENTENCE) !== 0) before = FIRST_SALT ^ salt
    // A single ideogram is hardly a word.
    list.add(token, ideogram ? value * 0.4 : value, mask)
    if (before !== 0) list.add(hashPair(before, token), ideogram && beforeIdeogram ? value : value * 0.8, mask)
    before = token
    beforeIdeogram = ideogram
  }
}

/** Weight of a cue beside the words, which have length 1 together. */
const CUE_WEIGHT = 0.5

/** What the learned layer reads of a request. */
export interface Learnable {
  readonly strengths: Strengths
  readonly last: Reading
  readonly system: Reading | null
}

/** Words of a request in `buckets` rows (a power of two), then one row a cue. */
export function learnedFeatures({ strengths, last, system }: Learnable, buckets: number): FeatureList {
  const list = new FeatureList()
  addReading(list, last, { salt: 0, weight: 1, mask: buckets - 1 })
  if (system !== null) addReading(list, system, { salt: SYSTEM_SALT, weight: SYSTEM_WEIGHT, mask: buckets - 1 })
  list.normalise()
  for (let cue = 0; cue < strengths.length; cue += 1) {
    const strength = strengths[cue] ?? 0
    if (strength > 0) list.place(buckets + cue, strength * CUE_WEIGHT)
  }
  return list
}

/** A trained table: rows of one signed byte an intent, times `scale`: `buckets` rows for words, then one a cue. */
export interface LearnedWeights {
  readonly buckets: number
  /** Fingerprint of the cue names in their order, for a test that the table fits the code. */
  readonly cues: number
  readonly scale: number
  readonly base64: string
}

/** Log-odds of every known intent from an unpacked table. */
export function learnedScores({ buckets, values }: FeatureList, table: Int8Array, scale: number): Float64Array {
  const width = KNOWN_INTENTS.length
  const scores = new Float64Array(width)
  // An intent at a time, so that its sum stays in a register.
  for (let intent = 0; intent < width; intent += 1) {
    let sum = 0
    for (let at = 0; at < buckets.length; at += 1)
      sum += (values[at] ?? 0) * (table[(buckets[at] ?? 0) * width + intent] ?? 0)
    scores[intent] = sum * scale
  }
  return scores
}

let unpacked: { readonly from: string; readonly table: Int8Array } | undefined

/** The table of packed weights, unpacked at the first use. */
export function tableOf(weights: LearnedWeights): Int8Array {
  if (unpacked?.from !== weights.base64) unpacked = { from: weights.base64, table: decodeBytes(weights.base64) }
  return unpacked.table
}

/** Fingerprint of the cue names in their order. */
export function cueFingerprint(): number {
  let hash = HASH_START
  for (const unit of CUES.join(' ')) hash = hashUnit(hash, unit.charCodeAt(0))
  return hash >>> 0
}
