import { isJsonObject } from '../../wire/json.ts'

/** The last complete JSON value in a text: the whole text, the last code fence, or the last `{…}` or `[…]`. */
export function lastJson(text: string): { readonly value: unknown } | null {
  const trimmed = text.trim()
  const fence = lastFence(text)
  for (const candidate of [trimmed, fence?.trim(), lastBracketed(trimmed)]) {
    if (candidate === undefined || candidate === null || candidate === '') continue
    try {
      return { value: JSON.parse(candidate) as unknown }
    } catch {
      continue
    }
  }
  return null
}

/** Content of the last fenced code block, without its language tag; an unclosed block counts. */
export function lastFence(text: string): string | null {
  const parts = text.split('```')
  if (parts.length < 2) return null
  // With an even number of parts the last block was never closed.
  const inside = parts[parts.length % 2 === 0 ? parts.length - 1 : parts.length - 2]
  return inside === undefined ? null : inside.replace(/^[\w+#.-]*[ \t]*\r?\n/u, '')
}

/** From the bracket that opens the last balanced outermost group to its end; quotes are respected, one pass. */
function lastBracketed(text: string): string | null {
  let depth = 0
  let start = -1
  let found: string | null = null
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (quoted) {
      if (character === '\\') at += 1
      else if (character === '"') quoted = false
    } else if (character === '"' && depth > 0) quoted = true
    else if (character === '{' || character === '[') {
      if (depth === 0) start = at
      depth += 1
    } else if ((character === '}' || character === ']') && depth > 0) {
      depth -= 1
      if (depth === 0) found = text.slice(start, at + 1)
    }
  }
  return found
}

/**
 * Value of a JSON field in an answer, as text. Models often break the JSON around it (raw line breaks, stray escapes,
 * quotes inside quotes), so when it does not parse the last `"field":` is read by itself.
 */
export function jsonField(text: string, field: string): string | null {
  const parsed = lastJson(text)
  if (parsed !== null && isJsonObject(parsed.value)) {
    const value = memberAt(parsed.value, field)
    if (value !== undefined) return typeof value === 'string' ? value : JSON.stringify(value)
  }
  return rawField(text, field)
}

/** Member at a dotted path. */
function memberAt(value: unknown, path: string): unknown {
  let current = value
  for (const part of path.split('.')) {
    if (Array.isArray(current)) current = current[Number(part)]
    else if (isJsonObject(current)) current = current[part]
    else return undefined
  }
  return current
}

function rawField(text: string, field: string): string | null {
  const name = `"${field}"`
  for (let at = text.lastIndexOf(name); at !== -1; at = at === 0 ? -1 : text.lastIndexOf(name, at - 1)) {
    const colon = /\s{0,40}:\s{0,40}/uy
    colon.lastIndex = at + name.length
    const match = colon.exec(text)
    if (match !== null) return rawValue(text.slice(at + name.length + match[0].length))
  }
  return null
}

/** What follows the colon: up to the last quote before the closing brace, or up to the end of the line. */
function rawValue(rest: string): string {
  const closing = rest.lastIndexOf('}')
  const body = (closing === -1 ? rest : rest.slice(0, closing)).trim()
  if (!body.startsWith('"')) return body.split(/\r?\n/u, 1)[0]?.replace(/,\s*$/u, '').trim() ?? ''
  const end = body.lastIndexOf('"')
  const inner = end > 0 ? body.slice(1, end) : body.slice(1)
  try {
    const value: unknown = JSON.parse(`"${inner}"`)
    return typeof value === 'string' ? value : inner
  } catch {
    return inner.replaceAll('\\"', '"').replaceAll('\\\\', '\\')
  }
}
