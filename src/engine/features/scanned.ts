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

/** A text read once: hashed words in order, lines with their kinds, counts. Holds no text. */
export class Scan {
  readonly tokens: Int32Array
  readonly flags: Uint8Array
  readonly lines: Line[] = []
  readonly scripts = new Int32Array(SCRIPTS.length)
  readonly totals = new Int32Array(128)
  count = 0
  chars = 0
  letters = 0
  digits = 0
  /** Letters beyond ASCII in the Latin blocks, by code unit: they tell languages apart. */
  readonly accents = new Int32Array(256)
  questions = 0
  quotedTokens = 0
  backtickPairs = 0
  commands = 0
  operations = 0
  endsWithQuestion = false

  constructor(length: number) {
    this.tokens = new Int32Array(length)
    this.flags = new Uint8Array(length)
  }
}
