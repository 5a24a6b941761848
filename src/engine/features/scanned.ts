import { SCRIPTS } from './characters.ts'
import type { Line } from './lines.ts'

/** Flags of a token. */
export const STARTS_SENTENCE = 1
export const QUOTED = 2
export const IDEOGRAPHIC = 4
/** A colon stands between this token and the start of its line. */
export const AFTER_COLON = 8
export const HAS_DIGIT = 16
export const IN_BACKTICKS = 32

/**
 * A text read once: hashed words in order, lines with their kinds, counts. Holds no text. Plain arrays where they are
 * small or grow with the words: the memory of a typed array is allocated outside the heap, at ten times the price.
 */
export class Scan {
  readonly tokens: number[] = []
  readonly flags: number[] = []
  readonly lines: Line[] = []
  readonly scripts = new Int32Array(SCRIPTS.length)
  readonly totals = asciiCounts()
  chars = 0
  letters = 0
  digits = 0
  /** How often each letter beyond ASCII in the Latin blocks occurs, by code unit: they tell languages apart. */
  readonly accents = new Map<number, number>()
  questions = 0
  quotedTokens = 0
  backtickPairs = 0
  commands = 0
  operations = 0
  endsWithQuestion = false

  get count(): number {
    return this.tokens.length
  }
}

const NO_COUNTS: readonly number[] = Array.from({ length: 128 }, () => 0)

/** A zero for each ASCII character. */
export function asciiCounts(): number[] {
  return NO_COUNTS.slice()
}
