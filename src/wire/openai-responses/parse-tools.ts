import type { ToolChoice, ToolDefinition } from '../canonical.ts'
import type { JsonObject } from '../json.ts'
import {
  boolean,
  field,
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

/** The tools of a request. Those that a provider runs itself keep their definition for that provider alone. */
export function parseTools(at: Field): ToolDefinition[] {
  return isAbsent(at) ? [] : items(list(at), at.path).map(parseTool)
}

function parseTool(at: Field): ToolDefinition {
  const tool = object(at)
  const type = filledText(field(tool, 'type', at.path))
  if (type !== 'function' && type !== 'custom')
    return { name: type, hosted: { format: 'openai-responses', definition: tool } }
  const head = {
    name: filledText(field(tool, 'name', at.path)),
    ...optional('description', field(tool, 'description', at.path), text),
  }
  if (type === 'custom') return { ...head, custom: optional('format', field(tool, 'format', at.path), object) }
  return {
    ...head,
    ...optional('parameters', field(tool, 'parameters', at.path), object),
    ...optional('strict', field(tool, 'strict', at.path), boolean),
  }
}

/** `tool_choice`; undefined when it is left to the default. */
export function parseToolChoice(at: Field): ToolChoice | undefined {
  if (isAbsent(at)) return undefined
  if (at.value === 'auto' || at.value === 'none' || at.value === 'required') return { kind: at.value }
  return choiceObject(object(at), at.path)
}

function choiceObject(choice: JsonObject, path: string): ToolChoice | undefined {
  const type = filledText(field(choice, 'type', path))
  switch (type) {
    case 'function':
    case 'custom':
      return { kind: 'named', name: filledText(field(choice, 'name', path)) }
    case 'allowed_tools':
      return allowedTools(choice, path)
    default:
      // A tool that the provider runs: its choice is kept with what else only that provider understands.
      return undefined
  }
}

function allowedTools(choice: JsonObject, path: string): ToolChoice {
  const mode = field(choice, 'mode', path)
  if (mode.value !== 'auto' && mode.value !== 'required') return wrongType(mode, '"auto" or "required"')
  const tools = field(choice, 'tools', path)
  const names = items(list(tools), tools.path).map((tool) => {
    const named = object(tool)
    return filledText(field(named, named['name'] === undefined ? 'type' : 'name', tool.path))
  })
  return { kind: 'allowed', names, required: mode.value === 'required' }
}
