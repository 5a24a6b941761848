import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/** Keywords of Google's OpenAPI subset that count in words, although they are numbers (int64 in its own encoding). */
const COUNTS: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
])

/** A schema in Google's OpenAPI dialect as plain JSON Schema: types in small letters, `nullable` as a type. */
export function fromOpenApiSchema(schema: JsonObject): JsonObject {
  const { nullable, ...rest } = schema
  const entries = Object.entries(rest).map(([key, value]): [string, JsonValue | undefined] => [key, member(key, value)])
  const plain: JsonObject = Object.fromEntries(entries)
  return nullable === true && typeof plain['type'] === 'string' ? { ...plain, type: [plain['type'], 'null'] } : plain
}

function member(key: string, value: JsonValue | undefined): JsonValue | undefined {
  if (key === 'type' && typeof value === 'string') return value.toLowerCase()
  if (COUNTS.has(key) && typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value)
  if (key === 'properties' && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, schemaOr(inner ?? null)]))
  }
  if (key === 'anyOf' && Array.isArray(value)) return value.map((inner: JsonValue) => schemaOr(inner))
  return key === 'items' ? schemaOr(value ?? null) : value
}

function schemaOr(value: JsonValue): JsonValue {
  return isJsonObject(value) ? fromOpenApiSchema(value) : value
}
