import { HASH_START } from './hashing.ts'
import type { LineFacts } from './lines.ts'
import { HAS_DIGIT, STARTS_SENTENCE, type Scan } from './scanned.ts'

/** State of the reading within one line. */
export interface Reader {
  readonly scan: Scan
  readonly facts: LineFacts
  word: number
  wordLength: number
  wordDigits: number
  wordCapitals: number
  starts: number
  afterColon: number
  quoteAt: number
  backtickAt: number
  previous: number
}

/** A reader at the start of a text. */
export function newReader(scan: Scan, facts: LineFacts): Reader {
  return {
    scan,
    facts,
    word: HASH_START,
    wordLength: 0,
    wordDigits: 0,
    wordCapitals: 0,
    starts: STARTS_SENTENCE,
    afterColon: 0,
    quoteAt: -1,
    backtickAt: -1,
    previous: 10,
  }
}

/** Takes the word that was read so far into the scan; nothing between words. */
export function endWord(reader: Reader): void {
  if (reader.wordLength === 0) return
  const { scan, facts } = reader
  if (facts.words === 0) {
    facts.firstWord = reader.word
    facts.firstShouted = reader.wordLength > 1 && reader.wordCapitals === reader.wordLength
    facts.firstCapital = reader.wordCapitals > 0
  }
  pushToken(reader, reader.word, reader.wordDigits > 0 ? HAS_DIGIT : 0)
  facts.words += 1
  scan.digits += reader.wordDigits
  facts.digits += reader.wordDigits
  facts.capitals += reader.wordCapitals
  const letters = reader.wordLength - reader.wordDigits
  scan.letters += letters
  facts.letters += letters
  reader.word = HASH_START
  reader.wordLength = 0
  reader.wordDigits = 0
  reader.wordCapitals = 0
}

/** Adds a token with what is known of its place. */
export function pushToken(reader: Reader, hash: number, kind: number): void {
  const { scan } = reader
  scan.tokens.push(hash)
  scan.flags.push(kind | reader.starts | reader.afterColon)
  reader.starts = 0
}
