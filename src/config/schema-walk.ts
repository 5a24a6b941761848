import type { z } from 'zod'
import type { Path } from './problem.ts'

/** The keys that the schema knows at a place, for suggestions. */
export function keysAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  let current: readonly z.core.$ZodType[] = unwrap(schema)
  for (const step of path) current = current.flatMap((type) => child(type, step)).flatMap((type) => unwrap(type))
  return current.flatMap((type) => {
    const definition = definitionOf(type)
    return definition.type === 'object' ? Object.keys(definition.shape) : []
  })
}

function child(type: z.core.$ZodType, step: string | number): readonly z.core.$ZodType[] {
  const definition = definitionOf(type)
  if (definition.type === 'object') {
    const member = definition.shape[step]
    return member === undefined ? [] : [member]
  }
  if (definition.type === 'record') return [definition.valueType]
  return definition.type === 'array' ? [definition.element] : []
}

/** Looks through wrappers (optional, transforms) and into every branch of a union. */
function unwrap(type: z.core.$ZodType): readonly z.core.$ZodType[] {
  const definition = definitionOf(type)
  switch (definition.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return unwrap(definition.innerType)
    case 'pipe':
      return unwrap(definition.in)
    case 'union':
      return definition.options.flatMap((option) => unwrap(option))
    default:
      return [type]
  }
}

function definitionOf(type: z.core.$ZodType) {
  // The public union of all built-in types narrows by `type`; the base class hides it.
  return (type as z.core.$ZodTypes)._zod.def
}
