import {
  BLANK,
  DIGIT,
  foldCase,
  IDEOGRAM,
  isCurlyQuote,
  isSentenceEnd,
  LETTER,
  scriptOf,
  unitClass,
} from './characters.ts'
import { HASH_START, hashUnit } from './hashing.ts'
import { endWord, pushToken, type Reader } from './reader-state.ts'
import { resetFacts } from './lines.ts'
import { AFTER_COLON, IDEOGRAPHIC, IN_BACKTICKS, QUOTED, STARTS_SENTENCE } from './scanned.ts'

/** A quotation shorter than this many tokens is a name or a term, not material. */
const QUOTE_TOKENS = 5

const COLON = 58
const TAB = 9
/** What stands for the character before the first of a line. */
const LINE_START = 10
const BACKTICK = 96
const DOUBLE_QUOTE = 34
const UNDERSCORE = 95
const isColon = (code: number): boolean => code === COLON || code === 0xff1a

function readLetter(reader: Reader, code: number): void {
  const { scan } = reader
  const folded = foldCase(code)
  if (folded !== code) {
    reader.wordCapitals += 1
    if (reader.wordLength > 0 && reader.previous >= 97 && reader.previous <= 122) reader.facts.joined += 1
  }
  const script = code < 128 ? 0 : scriptOf(code)
  scan.scripts[script] = (scan.scripts[script] ?? 0) + 1
  if (code >= 128 && code < 256) scan.accents.set(folded, (scan.accents.get(folded) ?? 0) + 1)
  reader.word = hashUnit(reader.word, folded)
  reader.wordLength += 1
}

function readIdeogram(reader: Reader, code: number): void {
  const { scan, facts } = reader
  endWord(reader)
  const script = scriptOf(code)
  scan.scripts[script] = (scan.scripts[script] ?? 0) + 1
  if (facts.words === 0) {
    facts.firstWord = hashUnit(HASH_START, code)
    facts.firstCapital = true
  }
  facts.words += 1
  facts.letters += 1
  scan.letters += 1
  pushToken(reader, hashUnit(HASH_START, code), IDEOGRAPHIC)
}

/** Marks the tokens of a closed quotation, if it is long enough to be material. Each token is marked at most once. */
function toggleQuote(reader: Reader): void {
  const { scan } = reader
  if (reader.quoteAt < 0) {
    reader.quoteAt = scan.count
    return
  }
  if (scan.count - reader.quoteAt >= QUOTE_TOKENS) {
    for (let at = reader.quoteAt; at < scan.count; at += 1) scan.flags[at] = (scan.flags[at] ?? 0) | QUOTED
    scan.quotedTokens += scan.count - reader.quoteAt
  }
  reader.quoteAt = -1
}

function toggleBacktick(reader: Reader): void {
  const { scan } = reader
  if (reader.backtickAt < 0) {
    reader.backtickAt = scan.count
    return
  }
  for (let at = reader.backtickAt; at < scan.count; at += 1) scan.flags[at] = (scan.flags[at] ?? 0) | IN_BACKTICKS
  scan.backtickPairs += 1
  reader.backtickAt = -1
}

function countOperator(reader: Reader, code: number): void {
  const { facts, previous, scan } = reader
  // = > : & | + - / ! < * ^ as the second of a pair that code writes and prose does not.
  const pair =
    (code === 61 && (previous === 61 || previous === 33 || previous === 43 || previous === 45)) ||
    (code === 62 && (previous === 61 || previous === 45 || previous === 47)) ||
    (code === previous && (code === 58 || code === 38 || code === 124)) ||
    (code === 47 && previous === 60) ||
    (code === 42 && previous === 47)
  if (pair) facts.operators += 1
  if (code === 40 && (unitClass(previous) === LETTER || previous === UNDERSCORE)) facts.calls += 1
  if (
    (code === 43 || code === 42 || code === 47 || code === 94 || code === 61 || code === 0xd7 || code === 0xf7) &&
    !pair
  )
    scan.operations += 1
}

function readMark(reader: Reader, code: number, next: number): void {
  const { facts, scan } = reader
  if (code === UNDERSCORE && reader.wordLength > 0) facts.joined += 1
  if (isColon(code) && reader.wordDigits > 0 && next >= 48 && next <= 57) facts.clock = true
  endWord(reader)
  if (code < 128) {
    facts.marks[code] = (facts.marks[code] ?? 0) + 1
    countOperator(reader, code)
  }
  if (code === 63 || code === 0xff1f) scan.questions += 1
  // "3.5", "tl;dr" and "a.b" go on.
  if (isSentenceEnd(code) && (code > 127 || unitClass(next) === BLANK)) reader.starts = STARTS_SENTENCE
  if (code === DOUBLE_QUOTE || isCurlyQuote(code)) toggleQuote(reader)
  else if (code === BACKTICK) toggleBacktick(reader)
  else if (code === 44 && next > 32) facts.tightCommas += 1
  else if (code === 92 && unitClass(next) === LETTER) scan.commands += 1
  else if (isColon(code) && (unitClass(next) === BLANK || code !== COLON)) {
    if (facts.colonWords < 0) facts.colonWords = facts.words
    reader.afterColon = AFTER_COLON
    reader.starts = STARTS_SENTENCE
  }
}

function readBlank(reader: Reader, code: number): void {
  endWord(reader)
  if (code === TAB && reader.previous !== TAB && reader.previous !== LINE_START) reader.facts.columnTabs += 1
}

function readDigit(reader: Reader, code: number): void {
  reader.word = hashUnit(reader.word, code)
  reader.wordLength += 1
  reader.wordDigits += 1
}

/** Takes a run of small ASCII letters, most of most texts, in a loop of its own. Gives the index after it. */
function readSmallLetters(reader: Reader, start: number, end: number): number {
  const { text } = reader.facts
  let hash = reader.word
  let at = start
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code < 97 || code > 122) break
    hash = hashUnit(hash, code)
    at += 1
  }
  reader.previous = text.charCodeAt(at - 1)
  reader.word = hash
  reader.wordLength += at - start
  reader.scan.scripts[0] = (reader.scan.scripts[0] ?? 0) + at - start
  return at
}

/** Reads one line of the text into the scan and the facts. */
export function readLine(reader: Reader, start: number, end: number): void {
  const { text } = reader.facts
  resetFacts(reader.facts, start, end)
  reader.starts = STARTS_SENTENCE
  reader.afterColon = 0
  reader.backtickAt = -1
  reader.previous = LINE_START
  let at = start
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code >= 97 && code <= 122) {
      at = readSmallLetters(reader, at, end)
      continue
    }
    const kind = unitClass(code)
    if (kind === LETTER) readLetter(reader, code)
    else if (kind === BLANK) readBlank(reader, code)
    else if (kind === DIGIT) readDigit(reader, code)
    else if (kind === IDEOGRAM) readIdeogram(reader, code)
    else readMark(reader, code, at + 1 < end ? text.charCodeAt(at + 1) : 10)
    reader.previous = code
    at += 1
  }
  endWord(reader)
}
