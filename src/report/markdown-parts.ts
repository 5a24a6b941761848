import { oneLine } from './plain-text.ts'

/** One row of a GitHub table. Cells must be escaped already. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

/** Head of a table; a column whose title ends in ` >` is aligned to the right. */
export function tableHead(titles: readonly string[]): string {
  const rules = titles.map((title) => (title.endsWith(' >') ? '--:' : '---'))
  return `${tableRow(titles.map((title) => title.replace(/ >$/, '')))}|${rules.join('|')}|\n`
}

/** Text that GitHub shows as it is: no markup, no link, no mention of a user. */
export function textCell(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]<>#|~]/g, (character) =>
      character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`,
    )
    .replaceAll('@', '&#64;')
}

/** A code span: nothing inside is markup or a mention. A pipe still ends a cell, so it is escaped. */
export function code(text: string): string {
  const plain = oneLine(text).replaceAll('`', "'").replaceAll('|', '\\|')
  return plain === '' ? '' : `\`${plain}\``
}

/** A folded part. */
export function details(title: string, inside: string): { open: string; close: string } {
  return { open: `<details><summary>${escapeHtml(oneLine(title))}</summary>\n\n${inside}`, close: '\n</details>\n\n' }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
