import type { Paint, Tone } from '../style.ts'
import { span, type Line, type Span } from './frame.ts'

const TONES: readonly Tone[] = ['good', 'bad', 'warn', 'dim', 'strong']
/** Private-use characters that no text of ours contains: one opens each tone, one closes. */
const OPEN = 0xe100
const CLOSE = '\u{e1ff}'
const MARKED = /([\u{e100}-\u{e104}])([^\u{e100}-\u{e1ff}]*)\u{e1ff}/gu

/** Paints for writers of plain text whose lines become spans again through `paintedLine`. */
export const markPaint: Paint = (text, tone) => {
  const index = TONES.indexOf(tone)
  return index === -1 || text === '' ? text : `${String.fromCodePoint(OPEN + index)}${text}${CLOSE}`
}

export function paintedLine(text: string): Line {
  const spans: Span[] = []
  let at = 0
  for (const match of text.matchAll(MARKED)) {
    if (match.index > at) spans.push(span(text.slice(at, match.index)))
    spans.push(span(match[2] ?? '', TONES[(match[1]?.codePointAt(0) ?? OPEN) - OPEN]))
    at = match.index + match[0].length
  }
  return at < text.length ? [...spans, span(text.slice(at))] : spans
}
