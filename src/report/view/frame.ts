import type { Tone } from '../style.ts'
import { cleanText, cutText, textWidth, type Look } from './width.ts'

/** A piece of a line with one meaning; the terminal side turns tones into colours or leaves them out. */
export interface Span {
  readonly text: string
  readonly tone?: Tone
}

export type Line = readonly Span[]

/** What a screen shows, top to bottom. */
export type Frame = readonly Line[]

export interface Size {
  readonly columns: number
  readonly rows: number
}

export function span(text: string, tone?: Tone): Span {
  return tone === undefined ? { text } : { text, tone }
}

export function line(text: string, tone?: Tone): Line {
  return [span(text, tone)]
}

export const BLANK: Line = []

export function plainText(of: Line): string {
  return of.map(({ text }) => text).join('')
}

/** A rule over the whole width, with an optional title in it. */
export function rule(columns: number, look: Look, title = ''): Line {
  const mark = look.symbols.rule
  const head = title === '' ? '' : `${mark}${mark} ${title} `
  return line(`${head}${mark.repeat(Math.max(0, columns - textWidth(head)))}`, 'dim')
}

/** Highest frame that a terminal of this size may get: one row stays free so that nothing ever scrolls. */
function frameRows(size: Size): number {
  return Math.max(1, size.rows - 1)
}

/** Header at the top, footer at the bottom, the body in between cut or filled to the height of the frame. */
export function stack(parts: { header: Frame; body: Frame; footer: Frame }, size: Size): Frame {
  const room = bodyRows(parts, size)
  const body = parts.body.slice(0, room)
  const fill = Array.from({ length: room - body.length }, () => BLANK)
  return [...parts.header, ...body, ...fill, ...parts.footer]
}

export function bodyRows(parts: { header: Frame; footer: Frame }, size: Size): number {
  return Math.max(0, frameRows(size) - parts.header.length - parts.footer.length)
}

/** The last step of every screen: no control character, no line wider than the terminal, no frame higher than rows - 1. */
export function finish(frame: Frame, size: Size, look: Look): Frame {
  return frame.slice(0, frameRows(size)).map((entry) => finishLine(entry, size.columns, look))
}

function finishLine(entry: Line, columns: number, look: Look): Line {
  const clean = entry.map((part) => ({ ...part, text: cleanText(part.text, look.ascii) }))
  if (clean.reduce((sum, { text }) => sum + textWidth(text), 0) <= columns) return clean
  const kept: Span[] = []
  let left = columns
  for (const part of clean) {
    const width = textWidth(part.text)
    if (width > left || (width === left && part !== clean.at(-1))) {
      // The ellipsis also stands for the parts behind this one.
      const more = width > left ? part.text : `${part.text} `
      return [...kept, { ...part, text: cutText(more, left, look) }]
    }
    kept.push(part)
    left -= width
  }
  return kept
}

/** A part of a header or footer that may be left out when space is short, lowest `keep` first. */
export interface Segment {
  readonly spans: Line
  readonly keep: number
}

/** Segments side by side: the most important ones first, then whatever still fits beside them. */
export function joinSegments(segments: readonly Segment[], columns: number, gap = '  '): Line {
  const present = segments.filter(({ spans }) => spans.length > 0)
  const kept = new Set<Segment>()
  let used = -gap.length
  for (const segment of present.toSorted((a, b) => b.keep - a.keep)) {
    const width = gap.length + textWidth(plainText(segment.spans))
    if (kept.size > 0 && used + width > columns) continue
    kept.add(segment)
    used += width
  }
  const shown = present.filter((segment) => kept.has(segment))
  return shown.flatMap(({ spans }, index) => (index === 0 ? spans : [span(gap), ...spans]))
}

/** `[#####-----]`. */
export function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`
}

/** Which part of a long list is visible: the cursor stays in the middle where it can. */
export function windowStart(count: number, cursor: number, rows: number): number {
  return Math.max(0, Math.min(count - rows, cursor - Math.floor(rows / 2)))
}
