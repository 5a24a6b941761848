import { plainText } from './plain-text.ts'

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong' | 'plain'

/** Colours by meaning, handed in: this room writes no escape byte itself. */
export type Paint = (text: string, tone: Tone) => string

export const noPaint: Paint = (text) => text

/** Symbols with their ASCII twins. */
export interface Symbols {
  readonly arrow: string
  readonly dot: string
  readonly none: string
  readonly rule: string
  readonly atLeast: string
  readonly times: string
  readonly ellipsis: string
}

export const UNICODE: Symbols = {
  arrow: '→',
  dot: '·',
  none: '–',
  rule: '─',
  atLeast: '≥',
  times: '×',
  ellipsis: '…',
}

export const ASCII: Symbols = {
  arrow: '->',
  dot: '|',
  none: '-',
  rule: '-',
  atLeast: '>=',
  times: 'x',
  ellipsis: '...',
}

/** How to draw text for a terminal. */
export interface TextStyle {
  /** Columns; used as at least 64 and at most 160. */
  readonly width: number
  readonly ascii: boolean
  readonly paint: Paint
}

export function clampWidth(width: number): number {
  return Math.min(160, Math.max(64, Math.floor(width)))
}

/** Breaks a sentence at spaces so that no line is longer than `width`; longer words are cut hard. Control characters go. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of singleLine(text)
    .split(' ')
    .flatMap((long) => hardCut(long, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return line === '' ? lines : [...lines, line]
}

function hardCut(word: string, width: number): string[] {
  const parts: string[] = []
  for (let at = 0; at < word.length || at === 0; at += width) parts.push(word.slice(at, at + width))
  return parts
}

/** Text from outside on one line, its runs of spaces kept. */
function singleLine(text: string): string {
  return plainText(text).replaceAll(/[\t\n]/g, ' ')
}

/** Text cut to a width with an ellipsis. */
export function cut(text: string, width: number, ellipsis: string): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - ellipsis.length))}${ellipsis}`
}
