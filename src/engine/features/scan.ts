import { BLANK, DIGIT, foldCase, IDEOGRAM, LETTER, SCRIPTS, scriptOf, unitClass } from './characters.ts'
import { HASH_START, hashPair, hashUnit } from './hashing.ts'
import { classifyLine } from './line-kinds.ts'
import type { Line, LineFacts, LineKind } from './lines.ts'
import { newFacts, resetFacts } from './lines.ts'

/** Flags of a token. */
export const STARTS_SENTENCE = 1
export const QUOTED = 2
export const IDEOGRAPHIC = 4
/** A colon stands between this token and the start of its line. */
export const AFTER_COLON = 8
export const HAS_DIGIT = 16
export const IN_BACKTICKS = 32

/** A quotation shorter than this many tokens is a name or a term, not material. */
const QUOTE_TOKENS = 5

const COLON = 58
const BACKTICK = 96
const DOUBLE_QUOTE = 34
const UNDERSCORE = 95
const isSentenceEnd = (code: number): boolean =>
  code === 46 || code === 33 || code === 63 || code === 59 || code === 0x3002 || code === 0xff01 || code === 0xff1f
const isColon = (code: number): boolean => code === COLON || code === 0xff1a
/** Typographic quotation marks that open or close; which is which differs by language, so they only toggle. */
const isCurlyQuote = (code: number): boolean =>
  (code >= 0x201c && code <= 0x201f) || code === 0xab || code === 0xbb || (code >= 0x300c && code <= 0x300f)

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

/** State of the reading within one line. */
interface Reader {
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

function endWord(reader: Reader): void {
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

function pushToken(reader: Reader, hash: number, kind: number): void {
  const { scan } = reader
  scan.tokens[scan.count] = hash
  scan.flags[scan.count] = kind | reader.starts | reader.afterColon
  scan.count += 1
  reader.starts = 0
}

function readLetter(reader: Reader, code: number): void {
  const { scan } = reader
  const folded = foldCase(code)
  if (folded !== code) {
    reader.wordCapitals += 1
    if (reader.wordLength > 0 && reader.previous >= 97 && reader.previous <= 122) reader.facts.joined += 1
  }
  const script = code < 128 ? 0 : scriptOf(code)
  scan.scripts[script] = (scan.scripts[script] ?? 0) + 1
  if (code >= 128 && code < 256) scan.accents[folded] = (scan.accents[folded] ?? 0) + 1
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

function readLine(reader: Reader, start: number, end: number): void {
  const { text } = reader.facts
  resetFacts(reader.facts, start, end)
  reader.starts = STARTS_SENTENCE
  reader.afterColon = 0
  reader.backtickAt = -1
  reader.previous = 10
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at)
    const kind = unitClass(code)
    if (kind === LETTER) readLetter(reader, code)
    else if (kind === DIGIT) {
      reader.word = hashUnit(reader.word, code)
      reader.wordLength += 1
      reader.wordDigits += 1
    } else if (kind === BLANK) endWord(reader)
    else if (kind === IDEOGRAM) readIdeogram(reader, code)
    else readMark(reader, code, at + 1 < end ? text.charCodeAt(at + 1) : 10)
    reader.previous = code
  }
  endWord(reader)
}

/** Reads a text once, in time linear in its length. Total on any string. */
export function scanText(text: string): Scan {
  const scan = new Scan(text.length + 1)
  const facts = newFacts(text)
  const reader: Reader = {
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
  let fenced = false
  let start = 0
  while (start <= text.length) {
    const lineEnd = text.indexOf('\n', start)
    const end = lineEnd < 0 ? text.length : lineEnd
    const from = scan.count
    readLine(reader, start, end)
    const kind: LineKind = classifyLine(facts, fenced)
    if (kind === 'fence') fenced = !fenced
    // A quotation does not reach over an empty line: an unpaired mark must not swallow the rest.
    if (kind === 'blank') reader.quoteAt = -1
    addLine(scan, facts, kind, from)
    start = end + 1
  }
  scan.chars = text.length
  return scan
}

function addLine(scan: Scan, facts: LineFacts, kind: LineKind, from: number): void {
  scan.lines.push({ kind, from, to: scan.count, chars: facts.end - facts.start, label: labelHash(scan, facts, from) })
  for (let code = 33; code < 128; code += 1) scan.totals[code] = (scan.totals[code] ?? 0) + (facts.marks[code] ?? 0)
  if (kind !== 'blank') scan.endsWithQuestion = lastVisible(facts) === 63 || lastVisible(facts) === 0xff1f
}

/** Longest label in words ("Speaker 2", "客服人员"). */
const LABEL_WORDS = 6

/** Hash of the words before the colon. Before a name the time of day may stand ("[10:02] Ana:"), which is not part of it. */
function labelHash(scan: Scan, facts: LineFacts, from: number): number {
  if (facts.colonWords < 1 || facts.colonWords > LABEL_WORDS) return 0
  let hash = 0
  for (let at = from; at < from + facts.colonWords; at += 1) {
    const isTime = facts.clock && ((scan.flags[at] ?? 0) & HAS_DIGIT) !== 0
    if (!isTime) hash = hash === 0 ? (scan.tokens[at] ?? 0) : hashPair(hash, scan.tokens[at] ?? 0)
  }
  return hash
}

function lastVisible(facts: LineFacts): number {
  for (let at = facts.end - 1; at >= facts.start; at -= 1) {
    const code = facts.text.charCodeAt(at)
    if (unitClass(code) !== BLANK) return code
  }
  return 0
}

/** Hash that a line with this label carries. */
export function labelOf(label: string): number {
  return scanText(`${label}: `).lines[0]?.label ?? 0
}
