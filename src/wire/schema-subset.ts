import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'

export interface SchemaSubset {
  /** Keywords that the provider understands; all others are left out. */
  readonly keywords: ReadonlySet<string>
  /** Objects must say that they take no other members. */
  readonly closeObjects?: boolean
  /** Called with each keyword left out. */
  readonly onDropped: (keyword: string) => void
}

/** Keywords whose value is a map from names to schemas. */
const MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])
/** Keywords whose value is a list of schemas. */
const LISTS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])
/** Keywords whose value is a schema. */
const SCHEMAS: ReadonlySet<string> = new Set(['items', 'additionalProperties'])
/** Say nothing about the values, so that leaving them out loses nothing. */
const SILENT: ReadonlySet<string> = new Set(['$schema', '$comment'])

/** The schema in the words of a provider. A `const` becomes an `enum` of one where only that is known. */
export function schemaSubset(schema: JsonObject, subset: SchemaSubset): JsonObject {
  const entries: [string, JsonValue][] = []
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined) continue
    if (subset.keywords.has(keyword)) entries.push([keyword, cleaned(keyword, value, subset)])
    else if (keyword === 'const' && schema['enum'] === undefined) entries.push(['enum', [value]])
    else if (!SILENT.has(keyword)) subset.onDropped(keyword)
  }
  const open = schema['type'] === 'object' && schema['additionalProperties'] === undefined
  if (subset.closeObjects === true && open) entries.push(['additionalProperties', false])
  return Object.fromEntries(entries)
}

function cleaned(keyword: string, value: JsonValue, subset: SchemaSubset): JsonValue {
  if (MAPS.has(keyword) && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, innerSchema(inner ?? null, subset)]))
  }
  if (LISTS.has(keyword) && Array.isArray(value)) return value.map((inner: JsonValue) => innerSchema(inner, subset))
  return SCHEMAS.has(keyword) ? innerSchema(value, subset) : value
}

function innerSchema(value: JsonValue, subset: SchemaSubset): JsonValue {
  return isJsonObject(value) ? schemaSubset(value, subset) : value
}
