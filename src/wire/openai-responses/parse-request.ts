import { bodyObject } from '../body-object.ts'
import type { CanonicalRequest, Message, ResponseFormat, Sampling } from '../canonical.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import {
  boolean,
  field,
  filledText,
  integer,
  isAbsent,
  list,
  number,
  object,
  optional,
  text,
  wrongType,
} from '../openai-chat/fields.ts'
import { parseInput, type KnownItems } from './parse-items.ts'
import { parseToolChoice, parseTools } from './parse-tools.ts'
import { refuseState } from './refuse-state.ts'

/** Members with a canonical place, or whose only meaning is refused or harmless here; all others are kept in `extra`. */
const READ_MEMBERS: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'max_output_tokens',
  'temperature',
  'top_p',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'include',
  'store',
  'previous_response_id',
  'conversation',
  'background',
  'prompt',
  'truncation',
  'stream',
  'stream_options',
  'metadata',
  'user',
  'prompt_cache_key',
])

/** The one thing that can be included and that every answer with it includes anyway. */
const ALWAYS_INCLUDED = 'reasoning.encrypted_content'

/**
 * Reads the body of `POST /v1/responses`. Throws `invalid_request_error` with the path of the field at fault, and
 * `unsupported_parameter` for what needs answers kept on a server.
 */
export function parseResponsesRequest(body: unknown, known: KnownItems = () => null): CanonicalRequest {
  const root = bodyObject(body)
  refuseState(root)
  const format = object({ value: root['text'] ?? {}, path: 'text' })
  const reasoning = object({ value: root['reasoning'] ?? {}, path: 'reasoning' })
  const choice = parseToolChoice(field(root, 'tool_choice'))
  return {
    format: 'openai-responses',
    model: filledText(field(root, 'model')),
    messages: [...instructions(root, known), ...parseInput(field(root, 'input'), known)],
    tools: parseTools(field(root, 'tools')),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...optional('parallelToolCalls', field(root, 'parallel_tool_calls'), boolean),
    responseFormat: parseFormat(format),
    sampling: parseSampling(root, reasoning),
    ...optional('maxOutputTokens', field(root, 'max_output_tokens'), (at) => integer(at, 1)),
    choices: 1,
    stream: optional('stream', field(root, 'stream'), boolean).stream ?? false,
    includeUsage: true,
    ...endUser(root),
    ...optional('promptCacheKey', field(root, 'prompt_cache_key'), text),
    metadata: parseMetadata(root),
    extra: parseExtra(root, { format, reasoning, hostedChoice: choice === undefined }),
  }
}

function instructions(root: JsonObject, known: KnownItems): Message[] {
  const at = field(root, 'instructions')
  if (isAbsent(at)) return []
  if (typeof at.value !== 'string') return parseInput(at, known)
  return at.value === '' ? [] : [{ role: 'system', blocks: [{ kind: 'text', text: at.value }] }]
}

function parseSampling(root: JsonObject, reasoning: JsonObject): Sampling {
  return {
    ...optional('temperature', field(root, 'temperature'), number),
    ...optional('topP', field(root, 'top_p'), number),
    ...optional('reasoningEffort', field(reasoning, 'effort', 'reasoning'), text),
  }
}

function parseFormat(options: JsonObject): ResponseFormat {
  const at = field(options, 'format', 'text')
  if (isAbsent(at)) return { kind: 'text' }
  const format = object(at)
  const type = field(format, 'type', at.path)
  const word = text(type)
  switch (word) {
    case 'text':
    case 'json_object':
      return { kind: word }
    case 'json_schema':
      return {
        kind: 'json_schema',
        name: filledText(field(format, 'name', at.path)),
        schema: object(field(format, 'schema', at.path)),
        ...optional('strict', field(format, 'strict', at.path), boolean),
        ...optional('description', field(format, 'description', at.path), text),
      }
    default:
      return wrongType(type, 'one of "text", "json_object", "json_schema"')
  }
}

/** The end user's name; the newer `safety_identifier` stays in `extra` as well. */
function endUser(root: JsonObject): { endUser?: string } {
  return {
    ...optional('endUser', field(root, 'safety_identifier'), text),
    ...optional('endUser', field(root, 'user'), text),
  }
}

// `Object.fromEntries` in both: assigning a member that a client named `__proto__` would change the object itself.

function parseMetadata(root: JsonObject): Record<string, string> {
  const at = field(root, 'metadata')
  if (isAbsent(at)) return {}
  const given = object(at)
  return Object.fromEntries(Object.keys(given).map((key) => [key, text(field(given, key, at.path))]))
}

/** Members of nested objects are named by their path, as a report of what was left out names them. */
function parseExtra(
  root: JsonObject,
  { format, reasoning, hostedChoice }: { format: JsonObject; reasoning: JsonObject; hostedChoice: boolean },
): Record<string, JsonValue> {
  const entries: [string, JsonValue][] = []
  const keep = (name: string, value: JsonValue | undefined): void => {
    if (value !== undefined && value !== null) entries.push([name, value])
  }
  for (const [name, value] of Object.entries(root)) if (!READ_MEMBERS.has(name)) keep(name, value)
  for (const [name, value] of Object.entries(format)) if (name !== 'format') keep(`text.${name}`, value)
  for (const [name, value] of Object.entries(reasoning)) if (name !== 'effort') keep(`reasoning.${name}`, value)
  if (root['truncation'] !== 'disabled') keep('truncation', root['truncation'])
  if (hostedChoice) keep('tool_choice', root['tool_choice'])
  const include = field(root, 'include')
  const wanted = isAbsent(include) ? [] : list(include).filter((name) => name !== ALWAYS_INCLUDED)
  if (wanted.length > 0) keep('include', wanted)
  return Object.fromEntries(entries)
}
