import { isJsonObject } from '../wire/json.ts'
import type { JsonValue } from '../wire/json.ts'
import { isPlaceholder } from './rules/placeholders.ts'

export interface JsonRedaction {
  text(text: string): string
  /** For the text of JSON inside a string, after its values were redacted. */
  jsonText(text: string): string
  /** For whole numbers as long as a card or phone number. */
  number(value: number): JsonValue
  /** Placeholder for a value that its name gives away. */
  replace(type: string, value: string): string
}

const LONG_NUMBER = 1e11
const MAX_DEPTH = 40
/** JSON inside strings inside JSON: deeper than this it is redacted as text. */
const MAX_NESTED_JSON = 4

const SECRET_NAME =
  /^(?:.*_)?(?:password|passwd|passphrase|pwd|secret|token|api_?key|access_?key|private_?key|client_?secret|authorization|cookie|credentials?)$/u

/** True for member names such as `apiKey`, `db_password` or `Authorization`, whose text is a secret whatever its form. */
function isSecretName(name: string): boolean {
  if (name.length > 100) return false
  return SECRET_NAME.test(
    name
      .replaceAll(/([a-z])([A-Z])/gu, '$1_$2')
      .replaceAll('-', '_')
      .toLowerCase(),
  )
}

/** A copy with every text redacted: values, member names, and JSON that is kept as text. */
export function redactJson(value: JsonValue, redaction: JsonRedaction): JsonValue {
  return walk(value, redaction, { depth: 0, nested: 0, name: '' })
}

interface Place {
  readonly depth: number
  readonly nested: number
  /** Name of the member that is being looked at. */
  readonly name: string
}

function walk(value: JsonValue | undefined, redaction: JsonRedaction, place: Place): JsonValue {
  if (typeof value === 'string') return redactString(value, redaction, place)
  if (typeof value === 'number') return Math.abs(value) >= LONG_NUMBER ? redaction.number(value) : value
  if (typeof value !== 'object' || value === null) return value ?? null
  // Nothing of ours is as deep; what is, is not worth keeping.
  if (place.depth >= MAX_DEPTH) return null
  const inside = { ...place, depth: place.depth + 1 }
  if (!isJsonObject(value)) return value.map((item) => walk(item, redaction, inside))
  const members = new Map<string, JsonValue>()
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue
    const written = redaction.text(name)
    // Two names may have become one.
    const unique = members.has(written) ? `${written}_${members.size}` : written
    members.set(unique, walk(member, redaction, { ...inside, name }))
  }
  return Object.fromEntries(members)
}

function redactString(text: string, redaction: JsonRedaction, place: Place): string {
  if (isSecretName(place.name) && text.length >= 4 && !isPlaceholder(text)) return redaction.replace('PASSWORD', text)
  const nested = place.nested < MAX_NESTED_JSON ? parseNested(text) : undefined
  if (nested === undefined) return redaction.text(text)
  const before = JSON.stringify(nested)
  const after = JSON.stringify(walk(nested, redaction, { ...place, nested: place.nested + 1, name: '' }))
  // Written anew only when something was found, so that white space stays as it was.
  return redaction.jsonText(after === before ? text : after)
}

function parseNested(text: string): JsonValue | undefined {
  const first = text.trimStart()[0]
  if (first !== '{' && first !== '[') return undefined
  try {
    const value: JsonValue = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
