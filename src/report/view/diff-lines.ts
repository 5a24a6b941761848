import { BLANK, line, span, type Frame, type Line, type Span } from './frame.ts'
import { diffSequence, wordsOf, type DiffPart } from './text-diff.ts'
import { cleanText, fit, takeLine, textWidth, wrapText, type Look } from './width.ts'

export const DIFF_STYLES = ['word', 'unified', 'side'] as const

export type DiffStyle = (typeof DIFF_STYLES)[number]

export interface DiffView {
  readonly style: DiffStyle
  /** Unchanged lines kept around a change. */
  readonly context: number
  readonly columns: number
  readonly look: Look
}

/** Longest text that is compared; the rest is left out and said so. */
const MOST_CHARACTERS = 64 * 1024

/** How two answers differ, in the chosen style. Marks `-`, `+`, `[-…-]`, `{+…+}` carry the meaning without colour. */
export function diffFrame(before: string, after: string, view: DiffView): Frame {
  if (before === after) return [line('   the answers are the same', 'dim'), ...sameText(before, view)]
  const cut = before.length > MOST_CHARACTERS || after.length > MOST_CHARACTERS
  const parts = diffSequence(linesOf(before), linesOf(after))
  const body = view.style === 'side' ? sideBySide(parts, view) : stacked(parts, view)
  return cut ? [...body, line(`   only the first ${MOST_CHARACTERS} characters are compared`, 'warn')] : body
}

function linesOf(text: string): readonly string[] {
  return text.slice(0, MOST_CHARACTERS).replaceAll('\r\n', '\n').split('\n')
}

function sameText(text: string, view: DiffView): Frame {
  return linesOf(text).flatMap((entry) => wrapped([span(clean(entry, view))], '   ', view))
}

function clean(text: string, { look }: DiffView): string {
  return cleanText(text, look.ascii)
}

function stacked(parts: readonly DiffPart[], view: DiffView): Frame {
  const frame: Line[] = []
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1]
    if (part.kind === 'same') frame.push(...unchanged(part.items, edges(parts, index), view))
    else if (view.style === 'word' && part.kind === 'added' && before?.kind === 'removed') {
      frame.push(...wordChanges(before.items, part.items, view))
    } else if (view.style !== 'word' || parts[index + 1]?.kind !== 'added' || part.kind === 'added') {
      frame.push(...changed(part, view))
    }
  }
  return frame
}

interface Edges {
  readonly first: boolean
  readonly last: boolean
}

function edges(parts: readonly DiffPart[], index: number): Edges {
  return { first: index === 0, last: index === parts.length - 1 }
}

/** Unchanged lines: those next to a change, and how many are left out between. */
function unchanged(items: readonly string[], { first, last }: Edges, view: DiffView): Frame {
  const head = first ? 0 : view.context
  const tail = last ? 0 : view.context
  const show = (entries: readonly string[]): Frame =>
    entries.flatMap((entry) => wrapped([span(clean(entry, view), 'dim')], '   ', view))
  if (items.length <= head + tail + 1) return show(items)
  const hidden = line(`   ${view.look.symbols.ellipsis} ${items.length - head - tail} unchanged lines`, 'dim')
  return [...show(items.slice(0, head)), hidden, ...show(tail === 0 ? [] : items.slice(-tail))]
}

function changed({ kind, items }: DiffPart, view: DiffView): Frame {
  const removed = kind === 'removed'
  return items.flatMap((entry) =>
    wrapped([span(clean(entry, view), removed ? 'bad' : 'good')], removed ? ' - ' : ' + ', view),
  )
}

/** Replaced lines as one text in which only the words that changed are marked. */
function wordChanges(before: readonly string[], after: readonly string[], view: DiffView): Frame {
  const parts = diffSequence(wordsOf(before.join('\n')), wordsOf(after.join('\n')))
  const lines: Span[][] = [[]]
  for (const { kind, items } of parts) {
    for (const [index, piece] of items.join('').split('\n').entries()) {
      if (index > 0) lines.push([])
      if (piece !== '') lines.at(-1)?.push(wordSpan(kind, clean(piece, view)))
    }
  }
  return lines.flatMap((entry) => wrapped(entry, ' ~ ', view))
}

function wordSpan(kind: DiffPart['kind'], text: string): Span {
  if (kind === 'same') return span(text)
  return kind === 'removed' ? span(`[-${text}-]`, 'bad') : span(`{+${text}+}`, 'good')
}

/** Spans over several screen lines; lines after the first stand under the text, without the mark. */
function wrapped(spans: Line, mark: string, { columns }: DiffView): Frame {
  const width = Math.max(4, columns - mark.length - 1)
  const lines: Span[][] = [[]]
  let used = 0
  for (const { text, tone } of spans) {
    let left = text
    while (left !== '') {
      // A word or a mark that fits on a line of its own is not broken at the end of this one.
      const whole = textWidth(left)
      if (used > 0 && (width - used < 4 || (whole > width - used && whole <= width && !left.includes(' ')))) {
        lines.push([])
        used = 0
      }
      const { head, rest } = takeLine(left, width - used)
      lines.at(-1)?.push(span(head, tone))
      used = rest === '' ? used + textWidth(head) : width
      left = rest
    }
  }
  return lines.map((entry, index): Line => [span(index === 0 ? mark : ' '.repeat(mark.length)), ...entry])
}

function sideBySide(parts: readonly DiffPart[], view: DiffView): Frame {
  const width = Math.floor((view.columns - 5) / 2)
  const frame: Line[] = []
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1]
    if (part.kind === 'same') frame.push(...sideSame(part.items, edges(parts, index), { view, width }))
    else if (part.kind === 'removed') {
      frame.push(...sideRows(part.items, next?.kind === 'added' ? next.items : [], { view, width }))
    } else if (parts[index - 1]?.kind !== 'removed') frame.push(...sideRows([], part.items, { view, width }))
  }
  return frame
}

interface SideView {
  readonly view: DiffView
  readonly width: number
}

function sideSame(items: readonly string[], { first, last }: Edges, { view, width }: SideView): Frame {
  const head = first ? 0 : view.context
  const tail = last ? 0 : view.context
  const row = (text: string): Line => {
    const cell = fit(text, width, { look: view.look })
    return line(`   ${cell}  ${cell}`, 'dim')
  }
  if (items.length <= head + tail + 1) return items.map(row)
  const hidden = line(`   ${view.look.symbols.ellipsis} ${items.length - head - tail} unchanged lines`, 'dim')
  return [...items.slice(0, head).map(row), hidden, ...(tail === 0 ? [] : items.slice(-tail).map(row))]
}

function sideRows(left: readonly string[], right: readonly string[], { view, width }: SideView): Frame {
  const cells = (items: readonly string[]): string[] =>
    items.flatMap((item) => wrapText(cleanText(item, view.look.ascii), width - 1))
  const [a, b] = [cells(left), cells(right)]
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index): Line => {
    const [old, fresh] = [a[index], b[index]]
    if (old === undefined && fresh === undefined) return BLANK
    return [
      span(' '),
      span(fit(old === undefined ? '' : `- ${old}`, width + 2, { look: view.look }), 'bad'),
      span(fresh === undefined ? '' : `+ ${fresh}`, 'good'),
    ]
  })
}
