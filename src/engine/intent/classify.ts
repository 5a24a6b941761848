import type { Strengths } from '../features/cue-names.ts'
import { strengthOf } from '../features/cue-names.ts'
import type { Reading } from '../features/request-cues.ts'
import type { Intent, IntentResult } from '../intents.ts'
import { complexityOf, round } from './complexity.ts'
import { KNOWN_INTENTS } from './known.ts'
import { learnedFeatures, learnedScores, tableOf } from './learned.ts'
import { decidingCues, ruleScores } from './score-rules.ts'
import { WEIGHTS } from './weights.ts'

const RUNNER_UPS = 3
const MOST_CUES = 8
/** Log-odds that a conversation's earlier intent starts with; a turn without a task of its own gets more. */
const KEEP = 0.7
const KEEP_WITHOUT_VERB = 1.3

/** What the classifier reads: cue strengths and the close readings of the last user turn and the system text. */
export interface Evidence {
  readonly strengths: Strengths
  readonly last: Reading
  readonly system: Reading | null
  readonly inputTokens: number
}

/** Probabilities from log-odds. */
export function softmax(scores: Float64Array): Float64Array {
  const highest = scores[best(scores)] ?? 0
  const powers = new Float64Array(scores.length)
  let sum = 0
  for (let at = 0; at < scores.length; at += 1) {
    const power = Math.exp((scores[at] ?? 0) - highest)
    powers[at] = power
    sum += power
  }
  for (let at = 0; at < powers.length; at += 1) powers[at] = (powers[at] ?? 0) / sum
  return powers
}

/** Log-odds of both layers, weighted. */
function intentScores(evidence: Evidence): Float64Array {
  const scores = ruleScores(evidence.strengths)
  for (let at = 0; at < scores.length; at += 1) scores[at] = (scores[at] ?? 0) * WEIGHTS.rulesShare
  if (WEIGHTS.learnedShare === 0) return scores
  const features = learnedFeatures(evidence, WEIGHTS.learned.buckets)
  const learned = learnedScores(features, tableOf(WEIGHTS.learned), WEIGHTS.learned.scale)
  for (let at = 0; at < scores.length; at += 1)
    scores[at] = (scores[at] ?? 0) + (learned[at] ?? 0) * WEIGHTS.learnedShare
  return scores
}

function best(values: ArrayLike<number>): number {
  let at = 0
  for (let index = 1; index < values.length; index += 1) if ((values[index] ?? 0) > (values[at] ?? 0)) at = index
  return at
}

/** Names the task of a request. A conversation keeps its earlier intent unless the new turn is clearly different. */
export function classify(evidence: Evidence, previous: Intent | null): IntentResult {
  const scores = intentScores(evidence)
  const fresh = best(scores)
  const before = previous === null ? -1 : KNOWN_INTENTS.findIndex((intent) => intent === previous)
  if (before >= 0) {
    const keep = KEEP + KEEP_WITHOUT_VERB * (1 - strengthOf(evidence.strengths, 'has.verb'))
    scores[before] = (scores[before] ?? 0) + keep * WEIGHTS.rulesShare
  }
  const probabilities = softmax(scores)
  const likeliest = best(probabilities)
  const isKnown = (probabilities[likeliest] ?? 0) >= WEIGHTS.floor
  // A turn that says nothing clear is not clearly different.
  const chosen = !isKnown && before >= 0 ? before : likeliest
  const label = isKnown || before >= 0 ? KNOWN_INTENTS[chosen] : undefined
  return {
    label: label ?? 'unknown',
    confidence: round(probabilities[chosen] ?? 0),
    runnerUps: runnerUps(probabilities, label === undefined ? -1 : chosen),
    complexity: complexityOf(evidence.inputTokens, WEIGHTS.complexity),
    cues: decidingCues(evidence.strengths, chosen, MOST_CUES),
    kept: chosen === before && fresh !== before,
  }
}

function runnerUps(probabilities: Float64Array, chosen: number): { label: Intent; confidence: number }[] {
  const left = Array.from(probabilities)
  if (chosen >= 0) left[chosen] = -1
  const found: { label: Intent; confidence: number }[] = []
  for (let rank = 0; rank < RUNNER_UPS; rank += 1) {
    const at = best(left)
    const label = KNOWN_INTENTS[at]
    if (label !== undefined) found.push({ label, confidence: round(left[at] ?? 0) })
    left[at] = -1
  }
  return found
}
