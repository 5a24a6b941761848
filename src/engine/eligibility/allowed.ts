import type { Rights } from '../decision.ts'
import { globMatches } from '../budgets/concerns.ts'
import type { Compiled } from './compiled.ts'

/** The models that a caller may use. */
export interface AllowedModels {
  has(model: string): boolean
}

// A memo, not state: the lists of a key stay the same objects for as long as the key stays the same.
const memo = new WeakMap<readonly string[], { readonly compiled: Compiled; readonly models: ReadonlySet<string> }>()

/** The models that are in every list of the rights, aliases and patterns spelt out; null for all. */
export function allowedModels({ models, modelsAlso = [] }: Rights, compiled: Compiled): AllowedModels | null {
  const lists = models === null ? modelsAlso : [models, ...modelsAlso]
  const [first, ...others] = lists.map((names) => spelledOut(names, compiled))
  if (first === undefined) return null
  if (others.length === 0) return first
  return { has: (model) => first.has(model) && others.every((other) => other.has(model)) }
}

function spelledOut(names: readonly string[], compiled: Compiled): ReadonlySet<string> {
  const known = memo.get(names)
  if (known !== undefined && known.compiled === compiled) return known.models
  const models = new Set<string>()
  for (const name of names) for (const model of named(name, compiled)) models.add(model)
  memo.set(names, { compiled, models })
  return models
}

/** As in requests, an alias comes before a model of the same name. */
function named(name: string, compiled: Compiled): Iterable<string> {
  const members = compiled.aliases.get(name)
  if (members !== undefined) return members
  if (!name.includes('*')) return [name]
  return compiled.entries.flatMap(({ row }) => (globMatches(name, row.id) ? [row.id] : []))
}
