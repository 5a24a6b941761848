import { cut, type Tone, type TextStyle } from './style.ts'

export interface Column {
  readonly header: string
  readonly align: 'left' | 'right'
  /** Columns with a number may be dropped when space is short, lowest first. */
  readonly drop?: number
}

interface TableCell {
  readonly text: string
  readonly tone?: Tone
}

/** A row of cells, or a sentence across the table. */
export type TableRow =
  { readonly cells: readonly TableCell[] } | { readonly note: readonly string[]; readonly tone?: Tone }

/** Spaces between columns; one where that saves a column. */
const GAP = { wide: 2, narrow: 1 }

/** Columns as wide as their content. Too wide a table first moves closer, then loses droppable columns, then cuts the first. */
export function textTable(columns: readonly Column[], rows: readonly TableRow[], style: TextStyle): string[] {
  const natural = columns.map((column, at) =>
    Math.max(column.header.length, ...rows.map((row) => ('cells' in row ? (row.cells[at]?.text.length ?? 0) : 0))),
  )
  const kept = keptColumns(columns, natural, style.width)
  const gap = total(natural, kept, GAP.wide) <= style.width ? GAP.wide : GAP.narrow
  const widths = shrinkFirst(natural, kept, style.width - gap * (kept.length - 1))
  const line = (cells: readonly TableCell[]): string =>
    kept
      .map((at, position) => {
        const { text, tone } = cells[at] ?? { text: '' }
        const width = widths[at] ?? 0
        const short = cut(text, width, style.ascii ? '...' : '…')
        const last = position === kept.length - 1
        return pad(short, {
          width,
          align: columns[at]?.align ?? 'left',
          last,
          paint: (shown) => style.paint(shown, tone ?? 'plain'),
        })
      })
      .join(' '.repeat(gap))
      .trimEnd()
  const head = columns.map(({ header }): TableCell => ({ text: header, tone: 'dim' }))
  return [
    line(head),
    ...rows.flatMap((row) =>
      'cells' in row ? [line(row.cells)] : row.note.map((text) => style.paint(text, row.tone ?? 'dim')),
    ),
  ]
}

function pad(
  text: string,
  how: { width: number; align: Column['align']; last: boolean; paint: (text: string) => string },
): string {
  const fill = ' '.repeat(Math.max(0, how.width - text.length))
  if (how.align === 'right') return fill + how.paint(text)
  return how.last ? how.paint(text) : how.paint(text) + fill
}

function keptColumns(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  let kept = columns.map((_, at) => at)
  const droppable = kept
    .filter((at) => columns[at]?.drop !== undefined)
    .sort((a, b) => (columns[a]?.drop ?? 0) - (columns[b]?.drop ?? 0))
  for (const at of droppable) {
    if (total(widths, kept, GAP.narrow) <= width) break
    kept = kept.filter((other) => other !== at)
  }
  return kept
}

function shrinkFirst(natural: readonly number[], kept: readonly number[], width: number): number[] {
  const over = total(natural, kept, 0) - width
  return natural.map((size, at) => (at === kept[0] && over > 0 ? Math.max(8, size - over) : size))
}

function total(widths: readonly number[], kept: readonly number[], gap: number): number {
  return kept.reduce((sum, at) => sum + (widths[at] ?? 0), 0) + gap * (kept.length - 1)
}
