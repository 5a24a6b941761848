import type { JsonObject } from '../json.ts'
import type { Field } from '../openai-chat/fields.ts'

/** A member under its name, or under the same name with underscores, which Google's API takes as well. */
export function member(parent: JsonObject, name: string, path = ''): Field {
  const value = parent[name] ?? parent[underscored(name)]
  return { value, path: path === '' ? name : `${path}.${name}` }
}

/** The members whose names, in either spelling, are not among the given ones. */
export function otherMembers(parent: JsonObject, known: readonly string[]): JsonObject {
  const names = new Set(known.flatMap((name) => [name, underscored(name)]))
  return Object.fromEntries(Object.entries(parent).filter(([name, value]) => !names.has(name) && value !== undefined))
}

function underscored(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
