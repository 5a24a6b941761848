import type { Strengths } from './cue-names.ts'
import { raise } from './cue-names.ts'
import type { LineKind } from './lines.ts'
import { labelOf } from './scan.ts'
import { HAS_DIGIT, type Scan } from './scanned.ts'
import type { Zones } from './zones.ts'

/** Tokens of running text from which a text is a document and not a question. */
const DOCUMENT_TOKENS = 110
/** Tokens of a paragraph that is material. */
const PASSAGE_TOKENS = 22
const LONG_TOKENS = 600
const SHORT_TOKENS = 12
const QUOTED_TOKENS = 14

/** Labels of the parts of a reading task ("Context: ... Question: ..."). */
const FIELD_LABELS: ReadonlySet<number> = new Set(
  'context passage article document text paragraph excerpt story kontext text abschnitt contexte texte document contexto texto fragmento 背景 材料 原文 文章 本文 контекст текст'
    .split(' ')
    .map((word) => labelOf(word)),
)

/** Number of lines and of tokens of each kind. */
interface Kinds {
  readonly lines: Partial<Record<LineKind, number>>
  readonly tokens: Partial<Record<LineKind, number>>
}

function countKinds(scan: Scan): Kinds {
  const lines: Partial<Record<LineKind, number>> = {}
  const tokens: Partial<Record<LineKind, number>> = {}
  for (const line of scan.lines) {
    lines[line.kind] = (lines[line.kind] ?? 0) + 1
    tokens[line.kind] = (tokens[line.kind] ?? 0) + line.to - line.from
  }
  return { lines, tokens }
}

/** Grows with `count` and reaches 1 at `full`. */
const share = (count: number, full: number): number => Math.min(1, count / full)

/** Cues of the form of a text: code, data, formulas, documents, transcripts, options. */
export function structureCues(scan: Scan, zones: Zones, strengths: Strengths): void {
  const { lines, tokens } = countKinds(scan)
  const of = (kind: LineKind): number => lines[kind] ?? 0
  codeCues(scan, of, strengths)
  raise(strengths, 'code.first', startsWithCode(scan) ? 1 : 0)
  raise(strengths, 'text.passage', passageStrength(scan))
  raise(strengths, 'text.labelled', share(scan.lines.filter(({ label }) => FIELD_LABELS.has(label)).length, 1))
  raise(strengths, 'data.json', share(of('data'), 3))
  raise(strengths, 'data.table', Math.max(share(of('table') - 1, 2), share(of('csv') - 1, 2)))
  raise(strengths, 'data.log', share(of('log'), 2))
  raise(strengths, 'text.transcript', zones.transcript)
  raise(strengths, 'text.choices', of('choice') >= 2 ? share(of('choice'), 3) : 0)
  raise(strengths, 'ask.mark', share(scan.questions, 1))
  raise(strengths, 'ask.last', scan.endsWithQuestion ? 1 : 0)
  formulaCues(scan, strengths)
  documentCues(scan, zones, { strengths, quotedLines: tokens.quote ?? 0 })
}

function startsWithCode(scan: Scan): boolean {
  const first = scan.lines.find(({ kind }) => kind !== 'blank')
  return first?.kind === 'code' || first?.kind === 'sql' || first?.kind === 'diff'
}

/** A text in several paragraphs of which one is long enough to be material for a question in another. */
function passageStrength(scan: Scan): number {
  let paragraphs = 0
  let longest = 0
  let tokens = 0
  for (const { kind, from, to } of scan.lines) {
    if (kind === 'blank') tokens = 0
    else if (kind === 'prose' || kind === 'speaker' || kind === 'label' || kind === 'list') {
      if (tokens === 0) paragraphs += 1
      tokens += to - from
      longest = Math.max(longest, tokens)
    }
  }
  return paragraphs < 2 ? 0 : share(longest, PASSAGE_TOKENS)
}

function codeCues(scan: Scan, of: (kind: LineKind) => number, strengths: Strengths): void {
  const written = of('code') + of('sql') + of('diff')
  raise(strengths, 'code.fence', share(of('fence'), 2))
  raise(strengths, 'code.lines', written >= 2 ? share(written + 1, 4) : written * 0.55)
  raise(strengths, 'code.inline', share(scan.backtickPairs, 2))
  raise(strengths, 'code.diff', of('diff') >= 2 ? share(of('diff'), 3) : 0)
  raise(strengths, 'code.trace', share(of('trace'), 2))
  raise(strengths, 'code.shell', share(of('shell'), 2))
  raise(strengths, 'code.sql', share(of('sql'), 2))
}

function formulaCues(scan: Scan, strengths: Strengths): void {
  const dollars = scan.totals[36] ?? 0
  const carets = scan.totals[94] ?? 0
  raise(strengths, 'math.latex', share(scan.commands, 3) * (dollars + carets + (scan.totals[123] ?? 0) > 0 ? 1 : 0.3))
  // Operators among few words are a formula; the slashes of a long text are not.
  raise(strengths, 'math.operators', share(scan.operations, 3) * share(scan.operations * 16, scan.count + 1))
  raise(strengths, 'math.numbers', share(scan.digits, 6) * share(scan.digits * 12, scan.letters + 1))
  raise(strengths, 'math.quantities', share(quantities(scan), 4))
  raise(strengths, 'text.citations', share(bracketed(scan), 3))
  raise(strengths, 'text.urls', share(Math.min(scan.totals[58] ?? 0, (scan.totals[47] ?? 0) / 2), 3) * 0.5)
}

/** Numbers as words of their own in what is said. */
function quantities(scan: Scan): number {
  let count = 0
  for (const { kind, from, to } of scan.lines) {
    if (kind !== 'prose' && kind !== 'speaker' && kind !== 'label') continue
    for (let at = from; at < to; at += 1) if (((scan.flags[at] ?? 0) & HAS_DIGIT) !== 0) count += 1
  }
  return count
}

/** Reference marks: as many opening as closing square brackets in a text that has sentences. */
function bracketed(scan: Scan): number {
  return Math.min(scan.totals[91] ?? 0, scan.totals[93] ?? 0) * (scan.count > 40 ? 1 : 0)
}

function documentCues(
  scan: Scan,
  zones: Zones,
  { strengths, quotedLines }: { strengths: Strengths; quotedLines: number },
): void {
  raise(strengths, 'text.quoted', share(scan.quotedTokens + quotedLines, QUOTED_TOKENS))
  raise(strengths, 'text.document', share(Math.max(0, zones.proseTokens - DOCUMENT_TOKENS / 3), DOCUMENT_TOKENS))
  if (scan.count > 0) raise(strengths, 'size.short', share(SHORT_TOKENS, scan.count) ** 2)
  raise(strengths, 'size.long', share(scan.count, LONG_TOKENS))
}
