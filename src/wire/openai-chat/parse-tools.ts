import type { ResponseFormat, ToolChoice, ToolDefinition } from '../canonical.ts'
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
} from './fields.ts'

/** The tools of a request: `tools`, then those of the older `functions`. */
export function parseTools(body: JsonObject): ToolDefinition[] {
  const tools = field(body, 'tools')
  const functions = field(body, 'functions')
  return [
    ...(isAbsent(tools) ? [] : items(list(tools), tools.path).map(parseTool)),
    ...(isAbsent(functions) ? [] : items(list(functions), functions.path).map(parseFunction)),
  ]
}

function parseTool(at: Field): ToolDefinition {
  const tool = object(at)
  const type = field(tool, 'type', at.path)
  if (type.value === 'custom') return parseCustom(field(tool, 'custom', at.path))
  if (type.value !== 'function') return wrongType(type, '"function" or "custom"')
  return parseFunction(field(tool, 'function', at.path))
}

function parseFunction(at: Field): ToolDefinition {
  const definition = object(at)
  return {
    name: filledText(field(definition, 'name', at.path)),
    ...optional('description', field(definition, 'description', at.path), text),
    ...optional('parameters', field(definition, 'parameters', at.path), object),
    ...optional('strict', field(definition, 'strict', at.path), boolean),
  }
}

function parseCustom(at: Field): ToolDefinition {
  const definition = object(at)
  return {
    name: filledText(field(definition, 'name', at.path)),
    ...optional('description', field(definition, 'description', at.path), text),
    custom: optional('format', field(definition, 'format', at.path), object),
  }
}

/** `tool_choice`, or the older `function_call` when that is missing. */
export function parseToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = field(body, 'tool_choice')
  if (!isAbsent(choice)) return typeof choice.value === 'string' ? choiceWord(choice) : choiceObject(choice)
  const call = field(body, 'function_call')
  if (isAbsent(call)) return undefined
  if (typeof call.value === 'string') return choiceWord(call)
  return { kind: 'named', name: filledText(field(object(call), 'name', call.path)) }
}

function choiceWord(at: Field): ToolChoice {
  const word = textOrNone(at)
  switch (word) {
    case 'auto':
    case 'none':
    case 'required':
      return { kind: word }
    // Mistral's word for the same thing.
    case 'any':
      return { kind: 'required' }
    default:
      return wrongType(at, 'one of "auto", "none", "required", or an object')
  }
}

function choiceObject(at: Field): ToolChoice {
  const choice = object(at)
  const type = field(choice, 'type', at.path)
  const word = textOrNone(type)
  switch (word) {
    case 'function':
    case 'custom': {
      const named = field(choice, word, at.path)
      return { kind: 'named', name: filledText(field(object(named), 'name', named.path)) }
    }
    case 'allowed_tools':
      return allowedTools(field(choice, 'allowed_tools', at.path))
    default:
      return wrongType(type, 'one of "function", "custom", "allowed_tools"')
  }
}

function allowedTools(at: Field): ToolChoice {
  const allowed = object(at)
  const mode = field(allowed, 'mode', at.path)
  if (mode.value !== 'auto' && mode.value !== 'required') return wrongType(mode, '"auto" or "required"')
  const tools = field(allowed, 'tools', at.path)
  const names = items(list(tools), tools.path).map((tool) => {
    const entry = object(tool)
    const inner = field(entry, entry['type'] === 'custom' ? 'custom' : 'function', tool.path)
    return filledText(field(object(inner), 'name', inner.path))
  })
  return { kind: 'allowed', names, required: mode.value === 'required' }
}

/** `response_format`; absent means text. */
export function parseResponseFormat(at: Field): ResponseFormat {
  if (isAbsent(at)) return { kind: 'text' }
  const format = object(at)
  const type = field(format, 'type', at.path)
  const word = textOrNone(type)
  switch (word) {
    case 'text':
    case 'json_object':
      return { kind: word }
    case 'json_schema': {
      const inner = field(format, 'json_schema', at.path)
      const definition = object(inner)
      const schema = field(definition, 'schema', inner.path)
      return {
        kind: 'json_schema',
        name: filledText(field(definition, 'name', inner.path)),
        schema: isAbsent(schema) ? {} : object(schema),
        ...optional('strict', field(definition, 'strict', inner.path), boolean),
        ...optional('description', field(definition, 'description', inner.path), text),
      }
    }
    default:
      return wrongType(type, 'one of "text", "json_object", "json_schema"')
  }
}

function textOrNone({ value }: Field): string {
  return typeof value === 'string' ? value : ''
}
