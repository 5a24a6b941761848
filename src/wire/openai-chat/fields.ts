import { GatewayError } from '../errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/** A member of the body together with its path, as clients see it in `error.param`. */
export interface Field {
  readonly value: JsonValue | undefined
  readonly path: string
}

/** The member `name` of an object at `path`; the top level has the empty path. */
export function field(parent: JsonObject, name: string, path = ''): Field {
  return { value: parent[name], path: path === '' ? name : `${path}.${name}` }
}

export function items(values: readonly JsonValue[], path: string): Field[] {
  return values.map((value, index) => ({ value, path: `${path}[${index}]` }))
}

/** Throws the 400 for a field of the wrong type. The message names the type that came, never the value. */
export function wrongType({ value, path }: Field, wanted: string): never {
  const got = value === undefined ? 'it is missing' : `got ${kindOf(value)}`
  throw new GatewayError('invalid_request_error', `"${path}" must be ${wanted}, ${got}`, { param: path })
}

/** Null counts as absent: clients send it for parameters they do not set. */
export function isAbsent({ value }: Field): boolean {
  return value === undefined || value === null
}

export function text(at: Field): string {
  return typeof at.value === 'string' ? at.value : wrongType(at, 'a string')
}

export function filledText(at: Field): string {
  return typeof at.value === 'string' && at.value !== '' ? at.value : wrongType(at, 'a string that is not empty')
}

export function object(at: Field): JsonObject {
  return isJsonObject(at.value) ? at.value : wrongType(at, 'an object')
}

export function list(at: Field): readonly JsonValue[] {
  return Array.isArray(at.value) ? at.value : wrongType(at, 'an array')
}

export function number(at: Field): number {
  return typeof at.value === 'number' && Number.isFinite(at.value) ? at.value : wrongType(at, 'a number')
}

export function boolean(at: Field): boolean {
  return typeof at.value === 'boolean' ? at.value : wrongType(at, 'true or false')
}

/** A whole number of at least `least`. */
export function integer(at: Field, least: number): number {
  const value = number(at)
  return Number.isInteger(value) && value >= least ? value : wrongType(at, `a whole number of at least ${least}`)
}

/** Reads an optional field; the result is absent from the object it is spread into when the field is. */
export function optional<K extends string, T>(key: K, at: Field, read: (at: Field) => T): { [P in K]?: T } {
  const result: { [P in K]?: T } = {}
  if (!isAbsent(at)) result[key] = read(at)
  return result
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (value === '') return 'an empty string'
  if (typeof value === 'number') return `the number ${value}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
