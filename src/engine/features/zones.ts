import type { Line } from './lines.ts'
import { AFTER_COLON, IN_BACKTICKS, QUOTED, type Scan } from './scanned.ts'

/** Prose tokens at the start of a text that count fully: this is where people say what they want. */
const HEAD_TOKENS = 70
/** A closing paragraph this short is taken for an instruction, too. */
const TAIL_TOKENS = 60
const TAIL_LINE_WEIGHT = 0.9
/** The end of a long last paragraph. */
const TRAILING_TOKENS = 25
const TRAILING_WEIGHT = 0.3
const MIDDLE_WEIGHT = 0.12
const MATERIAL_WEIGHT = 0.06
const QUOTED_WEIGHT = 0.12
const BACKTICK_WEIGHT = 0.25
/** After the colon of "translate this: ..." stands material, but also "task: translate this". */
const COLON_WEIGHT = 0.4
/** Lines with the form "Name: words" that make a transcript. */
const TRANSCRIPT_LINES = 3

/** How much each token counts as something the author says, 0..1, in contrast to pasted material. */
export interface Zones {
  readonly weights: readonly number[]
  /** 0..1: lines of the form "Name: words" with names that come back. */
  readonly transcript: number
  readonly proseTokens: number
}

/** "Name: words". A small letter may begin a nick, or a key of YAML: only names that come back count in the end. */
const isSpoken = (line: Line): boolean =>
  line.label !== 0 &&
  (line.kind === 'speaker' || ((line.kind === 'label' || line.kind === 'list') && line.to - line.from > 2))

/** True for the kinds that people type; the others are pasted. */
function isSaid(line: Line, transcript: boolean): boolean {
  if (isSpoken(line)) return !transcript
  if (line.kind === 'speaker') return true
  return line.kind === 'prose' || line.kind === 'list' || line.kind === 'label' || line.kind === 'choice'
}

/** How much the labelled lines look like people talking in turns. */
function transcriptStrength(lines: readonly Line[]): number {
  const names = new Map<number, number>()
  let spoken = 0
  for (const line of lines) {
    if (!isSpoken(line)) continue
    spoken += 1
    names.set(line.label, (names.get(line.label) ?? 0) + 1)
  }
  if (spoken < TRANSCRIPT_LINES) return 0
  let repeated = 0
  for (const count of names.values()) if (count > 1) repeated += count
  return Math.min(1, repeated / spoken) * Math.min(1, spoken / (TRANSCRIPT_LINES + 1))
}

function lastSaid(lines: readonly Line[], transcript: boolean): number {
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at]
    if (line !== undefined && line.kind !== 'blank' && line.kind !== 'fence') return isSaid(line, transcript) ? at : -1
  }
  return -1
}

function tokenWeight(flags: number, base: number): number {
  let weight = base
  if ((flags & QUOTED) !== 0) weight *= QUOTED_WEIGHT
  if ((flags & IN_BACKTICKS) !== 0) weight *= BACKTICK_WEIGHT
  if ((flags & AFTER_COLON) !== 0) weight *= COLON_WEIGHT
  return weight
}

/** Splits a text into what is said and what is pasted: the head, a short closing paragraph, and the rest. */
export function zonesOf(scan: Scan): Zones {
  const transcript = transcriptStrength(scan.lines)
  const weights: number[] = []
  const tailAt = lastSaid(scan.lines, transcript > 0.5)
  let proseTokens = 0
  for (const [index, line] of scan.lines.entries()) {
    const said = isSaid(line, transcript > 0.5)
    for (let at = line.from; at < line.to; at += 1) {
      const base = said ? saidWeight(line, at, { index, tailAt, proseTokens }) : MATERIAL_WEIGHT
      weights.push(tokenWeight(scan.flags[at] ?? 0, base))
      if (said) proseTokens += 1
    }
  }
  return { weights, transcript, proseTokens }
}

function saidWeight(line: Line, at: number, seen: { index: number; tailAt: number; proseTokens: number }): number {
  if (seen.proseTokens < HEAD_TOKENS) return 1
  if (seen.index !== seen.tailAt) return MIDDLE_WEIGHT
  if (line.to - line.from <= TAIL_TOKENS) return TAIL_LINE_WEIGHT
  return line.to - at <= TRAILING_TOKENS ? TRAILING_WEIGHT : MIDDLE_WEIGHT
}
