import { BLANK, unitClass } from './characters.ts'
import { asciiCounts } from './scanned.ts'

/** What a line looks like. All but prose, list and label are material: pasted, not said. */
export type LineKind =
  | 'blank'
  | 'prose'
  | 'list'
  | 'label'
  | 'fence'
  | 'fenced'
  | 'code'
  | 'diff'
  | 'trace'
  | 'shell'
  | 'sql'
  | 'table'
  | 'csv'
  | 'speaker'
  | 'data'
  | 'log'
  | 'quote'
  | 'choice'

/** One line of a scanned text: its kind and its tokens `from` to `to` (exclusive). */
export interface Line {
  kind: LineKind
  readonly from: number
  readonly to: number
  readonly chars: number
  /** Hash of the label before a colon ("Anna:", "Context:"), 0 without one. */
  readonly label: number
}

/** What was counted while a line was read; reused for every line of a text. */
export interface LineFacts {
  text: string
  start: number
  end: number
  /** Occurrences of each ASCII mark. */
  readonly marks: number[]
  letters: number
  capitals: number
  digits: number
  words: number
  firstWord: number
  /** The first word is all capitals and has two letters at least. */
  firstShouted: boolean
  /** First letter is a capital or an ideogram. */
  firstCapital: boolean
  /** `name(` without a blank. */
  calls: number
  /** `=>`, `->`, `::`, `==`, `!=`, `&&`, `||`, `+=`, `</`, `/>`, `/*`. */
  operators: number
  /** A small letter followed by a capital, or an underscore between letters. */
  joined: number
  tightCommas: number
  /** Tabs after the first character that follow no other tab: indentation is no column. */
  columnTabs: number
  clock: boolean
  /** Words before the first colon; -1 without one. */
  colonWords: number
}

/** Fresh facts for a text. */
export function newFacts(text: string): LineFacts {
  return {
    text,
    start: 0,
    end: 0,
    marks: asciiCounts(),
    letters: 0,
    capitals: 0,
    digits: 0,
    words: 0,
    firstWord: 0,
    firstShouted: false,
    firstCapital: false,
    calls: 0,
    operators: 0,
    joined: 0,
    tightCommas: 0,
    columnTabs: 0,
    clock: false,
    colonWords: -1,
  }
}

/** Forgets the last line. */
export function resetFacts(facts: LineFacts, start: number, end: number): void {
  facts.marks.fill(0)
  facts.start = start
  facts.end = end
  facts.letters = 0
  facts.capitals = 0
  facts.digits = 0
  facts.words = 0
  facts.firstWord = 0
  facts.firstShouted = false
  facts.firstCapital = false
  facts.calls = 0
  facts.operators = 0
  facts.joined = 0
  facts.tightCommas = 0
  facts.columnTabs = 0
  facts.clock = false
  facts.colonWords = -1
}

/** Last character of the line that is no blank, 0 for an empty line. */
export function lastVisible(facts: LineFacts): number {
  for (let at = facts.end - 1; at >= facts.start; at -= 1) {
    const code = facts.text.charCodeAt(at)
    if (unitClass(code) !== BLANK) return code
  }
  return 0
}
