import { plainText } from './plain-text.ts'

export type Cell = string | number | boolean | null

/** One line of a table for spreadsheets (RFC 4180, LF). */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cell).join(',')}\n`
}

/** Text that a spreadsheet would run as a formula gets an apostrophe in front. */
function cell(value: Cell): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = plainText(value)
  const safe = /^\s*[=+\-@]|^[\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
