import type { ToolChoice, ToolDefinition } from '../canonical.ts'
import type { JsonObject } from '../json.ts'
import {
  filledText,
  isAbsent,
  items,
  list,
  object,
  optional,
  text,
  wrongType,
  type Field,
} from '../openai-chat/fields.ts'
import { member, otherMembers } from './members.ts'
import { fromOpenApiSchema } from './open-api-schema.ts'

const DECLARATION_MEMBERS = ['name', 'description', 'parameters', 'parametersJsonSchema'] as const

/** The tools of a request. Everything but functions is run by the provider and stays as it is. */
export function parseTools(at: Field): ToolDefinition[] {
  if (isAbsent(at)) return []
  return items(list(at), at.path).flatMap((item) => {
    const tool = object(item)
    const functions = member(tool, 'functionDeclarations', item.path)
    const declared = isAbsent(functions) ? [] : items(list(functions), functions.path).map(parseDeclaration)
    return [...declared, ...hostedTools(otherMembers(tool, ['functionDeclarations']))]
  })
}

function hostedTools(tool: JsonObject): ToolDefinition[] {
  return Object.entries(tool).map(([name, value]) => ({
    name,
    hosted: { format: 'gemini', definition: { [name]: value } },
  }))
}

function parseDeclaration(at: Field): ToolDefinition {
  const declaration = object(at)
  const json = optional('schema', member(declaration, 'parametersJsonSchema', at.path), object).schema
  const own = optional('schema', member(declaration, 'parameters', at.path), object).schema
  const parameters = json ?? (own === undefined ? undefined : fromOpenApiSchema(own))
  const extra = otherMembers(declaration, DECLARATION_MEMBERS)
  return {
    name: filledText(member(declaration, 'name', at.path)),
    ...optional('description', member(declaration, 'description', at.path), text),
    ...(parameters === undefined ? {} : { parameters }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

export interface ParsedToolConfig {
  readonly toolChoice?: ToolChoice
  /** Members of `toolConfig` that have no canonical place. */
  readonly extra: JsonObject
}

/** `toolConfig`; its mode VALIDATED has no counterpart and is kept as it is. */
export function parseToolConfig(at: Field): ParsedToolConfig {
  if (isAbsent(at)) return { extra: {} }
  const config = object(at)
  const extra = otherMembers(config, ['functionCallingConfig'])
  const calling = member(config, 'functionCallingConfig', at.path)
  if (isAbsent(calling)) return { extra }
  const settings = object(calling)
  const mode = member(settings, 'mode', calling.path)
  const allowed = member(settings, 'allowedFunctionNames', calling.path)
  const names = isAbsent(allowed) ? [] : items(list(allowed), allowed.path).map(text)
  const word = typeof mode.value === 'string' ? mode.value.toUpperCase() : ''
  switch (word) {
    case '':
    case 'MODE_UNSPECIFIED':
    case 'AUTO':
      return { toolChoice: { kind: 'auto' }, extra }
    case 'NONE':
      return { toolChoice: { kind: 'none' }, extra }
    case 'ANY':
      return { toolChoice: anyOf(names), extra }
    case 'VALIDATED':
      return { toolChoice: { kind: 'auto' }, extra: { ...extra, functionCallingConfig: settings } }
    default:
      return wrongType(mode, 'one of "AUTO", "ANY", "NONE", "VALIDATED"')
  }
}

function anyOf(names: readonly string[]): ToolChoice {
  const [only] = names
  if (only === undefined) return { kind: 'required' }
  return names.length === 1 ? { kind: 'named', name: only } : { kind: 'allowed', names, required: true }
}
