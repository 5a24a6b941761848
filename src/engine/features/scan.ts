import { hashPair } from './hashing.ts'
import { classifyLine } from './line-kinds.ts'
import { lastVisible, newFacts, type LineFacts, type LineKind } from './lines.ts'
import { readLine } from './reader.ts'
import { newReader } from './reader-state.ts'
import { HAS_DIGIT, Scan } from './scanned.ts'

/** Reads a text once, in time linear in its length. Total on any string. */
export function scanText(text: string): Scan {
  const scan = new Scan()
  const facts = newFacts(text)
  const reader = newReader(scan, facts)
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

/** Marks that are summed over a whole text: $ / : [ ] ^ { */
const TOTALLED = [36, 47, 58, 91, 93, 94, 123]

function addLine(scan: Scan, facts: LineFacts, kind: LineKind, from: number): void {
  scan.lines.push({ kind, from, to: scan.count, chars: facts.end - facts.start, label: labelHash(scan, facts, from) })
  for (const code of TOTALLED) scan.totals[code] = (scan.totals[code] ?? 0) + (facts.marks[code] ?? 0)
  if (kind === 'blank') return
  const last = lastVisible(facts)
  scan.endsWithQuestion = last === 63 || last === 0xff1f
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

/** Hash that a line with this label carries. */
export function labelOf(label: string): number {
  return scanText(`${label}: `).lines[0]?.label ?? 0
}
