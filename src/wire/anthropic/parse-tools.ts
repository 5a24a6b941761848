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
} from '../openai-chat/fields.ts'
import { cacheMark, wordOf } from './parse-content.ts'

const CANONICAL_MEMBERS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
])

/** The tools of a request. Those with a type of their own are run by the provider and stay as they are. */
export function parseTools(at: Field): ToolDefinition[] {
  return isAbsent(at) ? [] : items(list(at), at.path).map(parseTool)
}

function parseTool(at: Field): ToolDefinition {
  const tool = object(at)
  const name = filledText(field(tool, 'name', at.path))
  const type = field(tool, 'type', at.path)
  if (!isAbsent(type) && type.value !== 'custom') return { name, hosted: { format: 'anthropic', definition: tool } }
  const extra = Object.fromEntries(
    Object.entries(tool).filter(([key, value]) => !CANONICAL_MEMBERS.has(key) && value !== undefined),
  )
  return {
    name,
    ...optional('description', field(tool, 'description', at.path), text),
    parameters: object(field(tool, 'input_schema', at.path)),
    ...optional('strict', field(tool, 'strict', at.path), boolean),
    ...cacheMark(tool, at.path),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

export interface ParsedChoice {
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
}

/** `tool_choice`, which also says whether several tools may be called at once. */
export function parseToolChoice(at: Field): ParsedChoice {
  if (isAbsent(at)) return {}
  const choice = object(at)
  const disabled = optional('value', field(choice, 'disable_parallel_tool_use', at.path), boolean).value
  const parallel = disabled === undefined ? {} : { parallelToolCalls: !disabled }
  const type = field(choice, 'type', at.path)
  const word = wordOf(type)
  switch (word) {
    case 'auto':
    case 'none':
      return { toolChoice: { kind: word }, ...parallel }
    case 'any':
      return { toolChoice: { kind: 'required' }, ...parallel }
    case 'tool':
      return { toolChoice: { kind: 'named', name: filledText(field(choice, 'name', at.path)) }, ...parallel }
    default:
      return wrongType(type, 'one of "auto", "any", "tool", "none"')
  }
}

/** The name under which a schema travels that Anthropic's format leaves without one. */
const UNNAMED_SCHEMA = 'answer'

/** `output_config.format`; absent means text. */
export function parseOutputFormat(config: JsonObject, path: string): ResponseFormat {
  const at = field(config, 'format', path)
  if (isAbsent(at)) return { kind: 'text' }
  const format = object(at)
  const type = field(format, 'type', at.path)
  if (type.value !== 'json_schema') return wrongType(type, '"json_schema"')
  return { kind: 'json_schema', name: UNNAMED_SCHEMA, schema: object(field(format, 'schema', at.path)), strict: true }
}
