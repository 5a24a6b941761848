import { CUES, cueIndex, type Strengths } from './cue-names.ts'
import { hashPair } from './hashing.ts'
import { LANGUAGES, type Lexicon } from './lexicon.ts'
import { STARTS_SENTENCE, type Scan } from './scanned.ts'
import type { Zones } from './zones.ts'

/** Longest phrase in tokens, and so the number of phrases that can be open at once. */
const PHRASE_TOKENS = 7
/** Tokens with less weight are not looked up: they are pasted material. */
const LEAST_WEIGHT = 0.07

/** Strength of a task verb by its place. */
const FIRST_IMPERATIVE = 1
const LATER_IMPERATIVE = 0.6
const MENTIONED = 0.55
const NOUN = 0.6
/** The object of the first imperative stands within this many tokens. */
const OBJECT_TOKENS = 7
const OBJECT = 1
const OPENING = 1
const INSIDE = 0.4
/** A second occurrence adds this share of its own strength. */
const REPEATED = 0.25

const VERB_END = cueIndex('verb.brainstorm')
const NOUN_END = cueIndex('noun.number')

/** Cues found by words, the votes for each language, and where they stood. */
export interface WordCues {
  readonly strengths: Strengths
  readonly votes: readonly number[]
}

/** A phrase that was found: start, length in tokens, what it means, and whether it opens a sentence. */
interface Hit {
  readonly start: number
  readonly length: number
  readonly cues: readonly number[]
  readonly opens: boolean
}

function findHits(scan: Scan, zones: Zones, words: Lexicon): { hits: Hit[]; cover: number[] } {
  const hits: Hit[] = []
  const cover: number[] = []
  const openHash = new Int32Array(PHRASE_TOKENS)
  const openStart = new Int32Array(PHRASE_TOKENS)
  const opens: boolean[] = []
  let open = 0
  let atStart = true
  for (let at = 0; at < scan.count; at += 1) {
    const token = scan.tokens[at] ?? 0
    const startsSentence = ((scan.flags[at] ?? 0) & STARTS_SENTENCE) !== 0
    atStart ||= startsSentence
    opens.push(atStart)
    cover.push(0)
    if ((zones.weights[at] ?? 0) < LEAST_WEIGHT) {
      open = 0
      atStart = false
      continue
    }
    if (startsSentence) open = 0
    let kept = 0
    for (let index = 0; index <= open; index += 1) {
      const start = index === open ? at : (openStart[index] ?? 0)
      const hash = index === open ? token : hashPair(openHash[index] ?? 0, token)
      const entry = words.find(hash)
      if (entry === undefined) continue
      const length = at - start + 1
      if (entry.cues.length > 0) {
        hits.push({ start, length, cues: entry.cues, opens: opens[start] === true })
        for (let covered = start; covered <= at; covered += 1) cover[covered] = Math.max(cover[covered] ?? 0, length)
      }
      if (entry.prefix && kept < PHRASE_TOKENS - 1) {
        openHash[kept] = hash
        openStart[kept] = start
        kept += 1
      }
    }
    open = kept
    if (!words.isPolite(token)) atStart = false
  }
  return { hits, cover }
}

function addStrength(strengths: Strengths, cue: number, strength: number): void {
  const before = strengths[cue] ?? 0
  const high = Math.max(before, strength)
  strengths[cue] = Math.min(1, high + Math.min(before, strength) * REPEATED)
}

/** Reads the cues of a text off its words: verbs by their place in the sentence, nouns, questions, small talk. */
export function wordCues(scan: Scan, zones: Zones, words: Lexicon): WordCues {
  const strengths = new Float64Array(CUES.length)
  const votes = LANGUAGES.map(() => 0)
  const { hits, cover } = findHits(scan, zones, words)
  let firstVerb = -1
  for (const hit of hits) {
    const weight = zones.weights[hit.start] ?? 0
    // "fix the grammar" is one phrase: its own meaning stands, not that of "fix".
    const inside = (cover[hit.start] ?? 0) > hit.length && (cover[hit.start + hit.length - 1] ?? 0) > hit.length
    for (const cue of hit.cues) {
      if (cue >= CUES.length) {
        votes[cue - CUES.length] = (votes[cue - CUES.length] ?? 0) + weight
        continue
      }
      if (inside) continue
      const isVerb = cue <= VERB_END
      const isFirst = isVerb && hit.opens && (firstVerb < 0 || firstVerb === hit.start)
      addStrength(strengths, cue, weight * placeStrength(cue, hit, { firstVerb, isFirst }))
      if (isFirst) firstVerb = hit.start
    }
  }
  return { strengths, votes }
}

function placeStrength(cue: number, hit: Hit, seen: { firstVerb: number; isFirst: boolean }): number {
  if (cue <= VERB_END) {
    if (seen.isFirst) return FIRST_IMPERATIVE
    return hit.opens ? LATER_IMPERATIVE : MENTIONED
  }
  if (cue <= NOUN_END) return seen.firstVerb >= 0 && hit.start - seen.firstVerb <= OBJECT_TOKENS ? OBJECT : NOUN
  return hit.opens ? OPENING : INSIDE
}
