import { isJsonObject, type JsonObject } from '../wire/json.ts'
import { invalid } from './names.ts'

/** One line of an import file: its members by name, as text. */
export interface ImportRow {
  readonly line: number
  readonly members: ReadonlyMap<string, string>
}

const MAX_ROWS = 100_000

/** Reads JSONL when the first character is a brace, else CSV whose first line names the columns. Repeats no content in errors. */
export function importRows(text: string): readonly ImportRow[] {
  const lines = text.replace(/^\ufeff/u, '').split(/\r?\n/u)
  const numbered = lines
    .map((content, index) => ({ line: index + 1, content }))
    .filter(({ content }) => content.trim() !== '')
  if (numbered.length > MAX_ROWS) throw invalid(`the import has more than ${MAX_ROWS} lines`)
  const [first, ...rest] = numbered
  if (first === undefined) return []
  if (first.content.trimStart().startsWith('{')) return numbered.map(({ line, content }) => jsonRow(line, content))
  const columns = cells(first).map((name) => name.trim().toLowerCase())
  return rest.map(({ line, content }) => {
    const values = cells({ line, content })
    if (values.length !== columns.length)
      throw invalid(`line ${line} has ${values.length} columns, the header has ${columns.length}`)
    return { line, members: new Map(columns.map((name, at) => [name, (values[at] ?? '').trim()])) }
  })
}

function jsonRow(line: number, content: string): ImportRow {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    // The parser's own message would repeat a part of the line.
    throw invalid(`line ${line} is not valid JSON`)
  }
  if (!isJsonObject(value)) throw invalid(`line ${line} is no JSON object`)
  return { line, members: new Map(Object.entries(value).map(([name, member]) => [name, textOf(line, member)])) }
}

function textOf(line: number, member: JsonObject[string]): string {
  if (typeof member === 'string') return member
  if (member === null || member === undefined) return ''
  if (Array.isArray(member) && member.every((item) => typeof item === 'string')) return member.join(';')
  throw invalid(`line ${line} has a member that is neither text nor a list of texts`)
}

/** The cells of one line; a quoted cell may hold commas and doubled quotes, but no line break. */
function cells({ line, content }: { readonly line: number; readonly content: string }): string[] {
  const found: string[] = []
  let at = 0
  for (;;) {
    if (content[at] === '"') {
      const [cell, end] = quoted(content, at + 1, line)
      found.push(cell)
      at = end
    } else {
      const comma = content.indexOf(',', at)
      const end = comma === -1 ? content.length : comma
      found.push(content.slice(at, end))
      at = end
    }
    if (at >= content.length) return found
    if (content[at] !== ',') throw invalid(`line ${line} has text after a closing quote`)
    at += 1
  }
}

function quoted(content: string, from: number, line: number): readonly [string, number] {
  let cell = ''
  for (let at = from; ;) {
    const quote = content.indexOf('"', at)
    if (quote === -1) throw invalid(`line ${line} has a quote that is not closed`)
    cell += content.slice(at, quote)
    if (content[quote + 1] !== '"') return [cell, quote + 1]
    cell += '"'
    at = quote + 2
  }
}
