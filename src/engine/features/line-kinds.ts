import { BLANK, DIGIT, unitClass } from './characters.ts'
import { HASH_START, hashUnit } from './hashing.ts'
import { lastVisible, type LineFacts, type LineKind } from './lines.ts'

const wordSet = (words: string): ReadonlySet<number> =>
  new Set(
    words.split(' ').map((word) => {
      let hash = HASH_START
      for (let at = 0; at < word.length; at += 1) hash = hashUnit(hash, word.charCodeAt(at))
      return hash
    }),
  )

/** First words of statements; they count only together with marks that prose does not use. */
const STATEMENTS = wordSet(
  'def class import from function const let var public private protected static return if for while include fn func ' +
    'package using async await elif else try except catch finally struct enum interface impl export module namespace ' +
    'template typedef print printf console echo raise throw switch case void int string bool float double char pub use ' +
    'lambda yield with assert type extends implements new end do begin self this',
)
const QUERIES = wordSet(
  'select insert update delete create with from where join left inner group order alter having drop set on limit values union',
)
const COMMANDS = wordSet(
  'npm npx yarn pnpm git pip pip3 python python3 node docker kubectl curl sudo cd ls grep cat chmod ssh make cargo go apt brew ' +
    'mkdir rm cp mv tar awk sed systemctl terraform helm aws gcloud az psql wget',
)

const SPACE = 32
const TAB = 9
const SLASH = 47

function firstVisible(facts: LineFacts): number {
  for (let at = facts.start; at < facts.end; at += 1) if (unitClass(facts.text.charCodeAt(at)) !== BLANK) return at
  return -1
}

const mark = (facts: LineFacts, code: number): number => facts.marks[code] ?? 0

/** Kind of the line that was just read. `fenced` tells that a code fence is open. */
export function classifyLine(facts: LineFacts, fenced: boolean): LineKind {
  const first = firstVisible(facts)
  if (first < 0) return fenced ? 'fenced' : 'blank'
  const { text } = facts
  if (text.startsWith('```', first) || text.startsWith('~~~', first)) return 'fence'
  if (fenced) return 'fenced'
  const code = text.charCodeAt(first)
  const last = lastVisible(facts)
  return (
    diffOrTrace(facts, first) ??
    tabular(facts, code) ??
    source(facts, code, last, first > facts.start) ??
    spoken(facts, code, first)
  )
}

function diffOrTrace(facts: LineFacts, first: number): LineKind | null {
  const { text, start } = facts
  const at = (prefix: string): boolean => text.startsWith(prefix, first)
  if (first === start) {
    if (at('diff --git ') || at('@@ ') || at('+++ ') || at('--- a/') || at('Index: ') || at('index ')) return 'diff'
    const sign = text.charCodeAt(start)
    const after = text.charCodeAt(start + 1)
    // A bullet has a blank after its sign and words behind it; a changed line has code behind it.
    if (
      (sign === 43 || sign === 45) &&
      (after === SPACE || after === TAB ? codeScore(facts, 0, false) >= 2 : codeScore(facts, 0, false) >= 1)
    )
      return 'diff'
  }
  if (at('Traceback (most recent') || at('File "') || at('Caused by:') || at('Exception in thread')) return 'trace'
  if (at('panic:') || at('goroutine ') || (at('at ') && mark(facts, 40) > 0 && mark(facts, 58) > 0)) return 'trace'
  return endsWithError(facts, first) ? 'trace' : null
}

/** `SomeError: message` and `some.pkg.SomeException: message`. */
function endsWithError(facts: LineFacts, first: number): boolean {
  // Without a colon in this line the search would run to the end of the text, once a line.
  if (facts.colonWords < 0) return false
  const colon = facts.text.indexOf(':', first)
  if (colon >= facts.end || colon - first > 80 || facts.colonWords > 6) return false
  if (facts.text.startsWith('Error', colon - 5)) return colon - 5 > first && facts.text.charCodeAt(colon - 6) !== SPACE
  return (
    facts.text.startsWith('Exception', colon - 9) && colon - 9 > first && facts.text.charCodeAt(colon - 10) !== SPACE
  )
}

function tabular(facts: LineFacts, code: number): LineKind | null {
  const pipes = mark(facts, 124)
  if (pipes >= 2 && (code === 124 || (facts.operators === 0 && facts.words <= pipes * 6))) return 'table'
  if (facts.columnTabs >= 2) return 'table'
  const ends = mark(facts, 59) + mark(facts, 40)
  if (facts.tightCommas >= 2 && ends === 0 && facts.words <= facts.tightCommas * 5 + 6) return 'csv'
  const isLog = facts.clock && facts.digits >= 8 && (code === 91 || unitClass(code) === DIGIT) && facts.colonWords > 6
  return isLog ? 'log' : null
}

/** Points for looking like source code; two are enough. */
function codeScore(facts: LineFacts, last: number, indented: boolean): number {
  let score = Math.min(2, facts.operators * 2) + Math.min(1, facts.calls)
  if (last === 123 || last === 59 || last === 125) score += facts.words <= 14 ? 2 : 1
  if (mark(facts, 61) > 0 && facts.words <= 12) score += 1
  if (facts.joined > 0) score += 1
  if (STATEMENTS.has(facts.firstWord) && !facts.firstCapital) score += 1
  if (mark(facts, 123) + mark(facts, 125) + mark(facts, 91) > 0) score += 1
  if (indented && score > 0) score += 1
  const sentence = facts.words >= 7 && (last === 46 || last === 63 || last === 33)
  return sentence || facts.words > 30 ? score - 3 : score
}

function source(facts: LineFacts, code: number, last: number, indented: boolean): LineKind | null {
  if (QUERIES.has(facts.firstWord) && facts.firstShouted) return 'sql'
  if (code === 36 && facts.text.charCodeAt(firstVisible(facts) + 1) === SPACE) return 'shell'
  if (COMMANDS.has(facts.firstWord) && !facts.firstCapital && facts.words <= 14 && looksShell(facts, last))
    return 'shell'
  if (facts.words === 0) return isBracketOnly(code) ? 'code' : 'prose'
  const quotes = mark(facts, 34)
  if (
    (code === 123 || code === 91 || code === 34) &&
    quotes >= 2 &&
    (mark(facts, 58) > 0 || last === 44 || last === 93)
  )
    return 'data'
  if (codeScore(facts, last, indented) >= 2) return 'code'
  // `#include`, decorators, Python block heads.
  if (code === 64 && facts.words <= 4 && facts.colonWords < 0 && mark(facts, 64) === 1 && last !== 63) return 'code'
  if (last === 58 && STATEMENTS.has(facts.firstWord) && !facts.firstCapital && facts.words <= 12) return 'code'
  const imports = (facts.marks[46] ?? 0) > 0 || facts.words <= 4
  return STATEMENTS.has(facts.firstWord) && !facts.firstCapital && imports && isImport(facts) ? 'code' : null
}

function isImport(facts: LineFacts): boolean {
  const first = firstVisible(facts)
  return (
    facts.text.startsWith('import ', first) ||
    facts.text.startsWith('return ', first) ||
    facts.text.startsWith('#include', first)
  )
}

const isBracketOnly = (code: number): boolean =>
  code === 123 || code === 125 || code === 40 || code === 41 || code === 91 || code === 93

function looksShell(facts: LineFacts, last: number): boolean {
  if (last === 63 || last === 46) return false
  return mark(facts, 45) > 0 || mark(facts, SLASH) > 0 || mark(facts, 46) > 0 || facts.words <= 3
}

function spoken(facts: LineFacts, code: number, first: number): LineKind {
  const next = facts.text.charCodeAt(first + 1)
  if (code === 62 && (next === SPACE || unitClass(next) !== DIGIT)) return 'quote'
  // A. / B) / (c): the options of a question.
  const optionAt = code === 40 ? first + 1 : first
  const close = facts.text.charCodeAt(optionAt + 1)
  const letter = facts.text.charCodeAt(optionAt) | 32
  if (letter >= 97 && letter <= 106 && (close === 41 || close === 46 || close === 0xff09) && facts.words >= 2)
    return 'choice'
  if ((code === 45 || code === 42 || code === 0x2022) && next === SPACE) return 'list'
  if (unitClass(code) === DIGIT && facts.words <= 40 && isNumbered(facts, first)) return 'list'
  if (facts.clock && facts.words >= 3 && (code === 91 || unitClass(code) === DIGIT)) return 'speaker'
  if (facts.colonWords >= 1 && facts.colonWords <= 4)
    return facts.firstCapital && facts.words > facts.colonWords ? 'speaker' : 'label'
  // Ideograms count as words: a Chinese name and role is longer.
  if (facts.colonWords >= 1 && facts.colonWords <= 6 && code > 0x2e80) return 'speaker'
  return 'prose'
}

function isNumbered(facts: LineFacts, first: number): boolean {
  let at = first
  while (at < facts.end && unitClass(facts.text.charCodeAt(at)) === DIGIT) at += 1
  const close = facts.text.charCodeAt(at)
  return (
    at - first <= 2 && (close === 46 || close === 41 || close === 0x3001) && facts.text.charCodeAt(at + 1) === SPACE
  )
}
