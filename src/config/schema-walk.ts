import { z } from 'zod'
import type { Path } from './problem.ts'

type Schema = z.core.$ZodType

/** The keys that the schema knows at a place, for suggestions. */
export function keysAt(schema: Schema, path: Path): readonly string[] {
  let current: readonly Schema[] = unwrap(schema)
  for (const step of path) current = current.flatMap((type) => child(type, step)).flatMap((type) => unwrap(type))
  return current.flatMap((type) => (type instanceof z.ZodObject ? Object.keys(type.shape) : []))
}

function child(type: Schema, step: string | number): readonly Schema[] {
  if (type instanceof z.ZodObject) {
    const shape: Readonly<Record<string, Schema>> = type.shape
    const member = Object.hasOwn(shape, step) ? shape[step] : undefined
    return member === undefined ? [] : [member]
  }
  if (type instanceof z.ZodRecord) return [type.valueType]
  return type instanceof z.ZodArray ? [type.element] : []
}

/** Looks through wrappers (optional, transforms) and into every branch of a union. */
function unwrap(type: Schema): readonly Schema[] {
  if (type instanceof z.ZodOptional) return unwrap(type.unwrap())
  if (type instanceof z.ZodPipe) return unwrap(type.in)
  if (type instanceof z.ZodUnion) return type.options.flatMap((option) => unwrap(option))
  return [type]
}
