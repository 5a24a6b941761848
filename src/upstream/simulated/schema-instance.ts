import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/json.ts'

/** Deeper schemas, and ones that refer to themselves, end in the simplest value of their type. */
const MAX_DEPTH = 16
/** Longest text or list that a schema can make us write. */
const MAX_LENGTH = 1_000
/** Values and joined schemas per instance: nested lists and self-references grow without bound otherwise. */
const MAX_STEPS = 5_000

/** Texts for the formats that schemas name. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['date', '2024-01-01'],
  ['time', '00:00:00Z'],
  ['date-time', '2024-01-01T00:00:00Z'],
  ['duration', 'P1D'],
  ['email', 'user@example.com'],
  ['hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['uri', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
])

/**
 * The smallest value that fits a JSON Schema: required members alone, shortest texts, lowest numbers. Patterns are not
 * solved; a schema that needs one gets a text that may not match.
 */
export function schemaInstance(schema: JsonObject): JsonValue {
  return instance(schema, { root: schema, depth: 0, steps: { left: MAX_STEPS } })
}

interface Place {
  readonly root: JsonObject
  readonly depth: number
  readonly steps: { left: number }
}

function isSpent(place: Place): boolean {
  place.steps.left -= 1
  return place.steps.left < 0
}

function instance(given: JsonValue | undefined, place: Place): JsonValue {
  if (!isJsonObject(given) || isSpent(place)) return {}
  const schema = merged(resolved(given, place.root), place)
  if (schema['const'] !== undefined) return schema['const']
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return first(schema['enum'])
  if (schema['default'] !== undefined) return schema['default']
  const type = typeOf(schema)
  const inner = { ...place, depth: place.depth + 1 }
  switch (type) {
    case 'object':
      return objectOf(schema, inner)
    case 'array':
      return arrayOf(schema, inner)
    case 'string':
      return textOf(schema)
    case 'integer':
      return numberOf(schema, 1)
    case 'number':
      return numberOf(schema, 0)
    case 'boolean':
      return false
    default:
      return null
  }
}

/** A reference inside the same document: `#/$defs/name`, `#/definitions/name`, `#`. */
function resolved(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema
  for (let hops = 0; hops < MAX_DEPTH; hops += 1) {
    const { $ref: reference } = current
    if (typeof reference !== 'string' || !reference.startsWith('#')) return current
    let target: JsonValue | undefined = root
    for (const step of reference.split('/').slice(1)) {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
      target = isJsonObject(target) && Object.hasOwn(target, name) ? target[name] : undefined
    }
    if (!isJsonObject(target)) return {}
    current = target
  }
  return {}
}

/** `allOf` joined into one; of `anyOf` and `oneOf` the first that is not null. */
function merged(schema: JsonObject, place: Place): JsonObject {
  const branches = [...listOr(schema['allOf']), ...choice(schema)].filter(isJsonObject)
  if (branches.length === 0 || place.depth > MAX_DEPTH || isSpent(place)) return schema
  const inner = { ...place, depth: place.depth + 1 }
  const all = [schema, ...branches.map((branch) => merged(resolved(branch, place.root), inner))]
  return Object.assign({}, ...all, {
    properties: Object.assign({}, ...all.map(({ properties }) => objectOr(properties))),
    required: all.flatMap(({ required }) => listOr(required)),
  })
}

function choice(schema: JsonObject): JsonValue[] {
  const options = listOr(schema['anyOf'] ?? schema['oneOf'])
  const wanted = options.find((option) => isJsonObject(option) && option['type'] !== 'null')
  return wanted === undefined ? [] : [wanted]
}

function typeOf(schema: JsonObject): string {
  const { type } = schema
  if (typeof type === 'string') return type
  if (Array.isArray(type)) {
    const named = type.filter((name) => typeof name === 'string')
    return named.find((name) => name !== 'null') ?? 'null'
  }
  if (isJsonObject(schema['properties']) && Object.keys(schema['properties']).length > 0) return 'object'
  if (schema['items'] !== undefined) return 'array'
  return schema['anyOf'] === undefined && schema['oneOf'] === undefined ? 'object' : 'null'
}

function objectOf(schema: JsonObject, place: Place): JsonObject {
  if (place.depth > MAX_DEPTH) return {}
  const properties = objectOr(schema['properties'])
  const names = listOr(schema['required']).filter((name) => typeof name === 'string')
  return Object.fromEntries(names.map((name) => [name, instance(own(properties, name) ?? {}, place)]))
}

function arrayOf(schema: JsonObject, place: Place): JsonValue {
  const prefix = listOr(schema['prefixItems'])
  const least = Math.min(numberOr(schema['minItems'], 0), MAX_LENGTH)
  if (place.depth > MAX_DEPTH) return []
  return Array.from({ length: least }, (_, index) => instance(prefix[index] ?? schema['items'], place))
}

function textOf(schema: JsonObject): string {
  const known = typeof schema['format'] === 'string' ? FORMATS.get(schema['format']) : undefined
  if (known !== undefined) return known
  const least = Math.min(numberOr(schema['minLength'], 0), MAX_LENGTH)
  const most = numberOr(schema['maxLength'], MAX_LENGTH)
  return 'text'.padEnd(least, 'x').slice(0, Math.max(most, 0))
}

function numberOf(schema: JsonObject, step: 0 | 1): number {
  const multiple = numberOr(schema['multipleOf'], 0)
  const above = numberOr(schema['exclusiveMinimum'], Number.NEGATIVE_INFINITY)
  const low = Math.max(numberOr(schema['minimum'], Number.NEGATIVE_INFINITY), above + (step === 1 ? 1 : 1e-6))
  const below = numberOr(schema['exclusiveMaximum'], Number.POSITIVE_INFINITY)
  const high = Math.min(numberOr(schema['maximum'], Number.POSITIVE_INFINITY), below - (step === 1 ? 1 : 1e-6))
  const wanted = Math.min(Math.max(0, low), high)
  const unit = multiple > 0 ? multiple : step
  return unit > 0 ? Math.ceil(wanted / unit) * unit : wanted
}

function first(values: readonly JsonValue[]): JsonValue {
  return values[0] ?? null
}

function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function objectOr(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function listOr(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function numberOr(value: JsonValue | undefined, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}
