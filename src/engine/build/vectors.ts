import { readConversation } from '../features/conversation.ts'
import type { Strengths } from '../features/cue-names.ts'
import { requestCues } from '../features/request-cues.ts'
import { promptTokens } from '../features/size.ts'
import { KNOWN_INTENTS } from '../intent/known.ts'
import { learnedFeatures, type FeatureList } from '../intent/learned.ts'
import { ruleScores } from '../intent/score-rules.ts'
import type { Sample } from './sources.ts'

/** A sample as the engine sees it, computed by the engine's own functions. */
export interface Vector {
  readonly group: string
  readonly source: string
  /** Places of the intents that count as right. */
  readonly accept: readonly number[]
  /** Place of the intent to train on, -1 for none. */
  readonly train: number
  readonly rules: Float64Array
  readonly features: FeatureList
  readonly strengths: Strengths
  readonly tokens: number
}

/** Reads a sample with the functions that run in the gateway. */
export function vectorOf(sample: Sample, buckets: number): Vector {
  const conversation = readConversation(sample.request)
  const { strengths, last, system } = requestCues(sample.request, conversation)
  const list = learnedFeatures({ strengths, last, system }, buckets)
  return {
    group: sample.group,
    source: sample.source,
    accept: sample.mapping.accept.map((intent) => KNOWN_INTENTS.indexOf(intent)),
    train: sample.mapping.train === null ? -1 : KNOWN_INTENTS.indexOf(sample.mapping.train),
    rules: ruleScores(strengths),
    features: list,
    strengths,
    tokens: promptTokens(sample.request),
  }
}
