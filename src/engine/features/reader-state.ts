import { HASH_START } from './hashing.ts'
import type { LineFacts } from './lines.ts'
import { STARTS_SENTENCE, type Scan } from './scanned.ts'

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
