import { bodyObject } from '../body-object.ts'
import type { CanonicalRequest, Message, Role, Sampling } from '../canonical.ts'
import { budgetEffort } from '../effort.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import {
  boolean,
  field,
  filledText,
  integer,
  isAbsent,
  items,
  list,
  number,
  object,
  optional,
  text,
  wrongType,
  type Field,
} from '../openai-chat/fields.ts'
import { parseContent } from './parse-content.ts'
import { parseOutputFormat, parseToolChoice, parseTools } from './parse-tools.ts'

/** Members with a canonical place; all others are kept in `extra`. `thinking` and `output_config` are kept as well. */
const CANONICAL_MEMBERS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'max_tokens',
  'system',
  'tools',
  'tool_choice',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'metadata',
  'stream',
])

/** Stands in for the limit of a body without one, such as the body of `count_tokens`. */
const UNKNOWN_LIMIT = 32_000

export interface MessagesProtocol {
  /** `anthropic-version` and `anthropic-beta` as the client sent them, under these names. */
  readonly headers?: Readonly<Record<string, string>>
  /** The body of `count_tokens`: it has no `max_tokens`. */
  readonly countOnly?: boolean
}

/** Reads the body of `POST /v1/messages`. Throws `invalid_request_error` with the path of the field at fault. */
export function parseMessagesRequest(body: unknown, protocol: MessagesProtocol = {}): CanonicalRequest {
  const root = bodyObject(body)
  const limit = field(root, 'max_tokens')
  const maxOutputTokens = protocol.countOnly === true && isAbsent(limit) ? undefined : integer(limit, 0)
  const config = outputConfig(root)
  const choice = parseToolChoice(field(root, 'tool_choice'))
  return {
    format: 'anthropic',
    model: filledText(field(root, 'model')),
    messages: [...parseSystem(field(root, 'system')), ...parseMessages(field(root, 'messages'))],
    tools: parseTools(field(root, 'tools')),
    ...choice,
    responseFormat: parseOutputFormat(config, 'output_config'),
    sampling: parseSampling(root, config, maxOutputTokens ?? UNKNOWN_LIMIT),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    choices: 1,
    stream: optional('stream', field(root, 'stream'), boolean).stream ?? false,
    includeUsage: true,
    ...endUser(field(root, 'metadata')),
    metadata: {},
    extra: parseExtra(root),
    ...(protocol.headers === undefined ? {} : { protocol: protocol.headers }),
  }
}

function outputConfig(root: JsonObject): JsonObject {
  const at = field(root, 'output_config')
  return isAbsent(at) ? {} : object(at)
}

function parseSystem(at: Field): Message[] {
  if (isAbsent(at)) return []
  const blocks = parseContent(at)
  return blocks.length === 0 ? [] : [{ role: 'system', blocks }]
}

const ROLES: ReadonlyMap<unknown, Role> = new Map([
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['system', 'system'],
])

function parseMessages(at: Field): Message[] {
  const values = list(at)
  if (values.length === 0) return wrongType(at, 'an array with at least one message')
  return items(values, at.path).map((item) => {
    const message = object(item)
    const given = field(message, 'role', item.path)
    const role = ROLES.get(given.value)
    if (role === undefined) return wrongType(given, 'one of "user", "assistant", "system"')
    const blocks = parseContent(field(message, 'content', item.path))
    // Elsewhere the results of tools are turns of their own.
    const onlyResults = blocks.length > 0 && blocks.every(({ kind }) => kind === 'tool_result')
    return { role: role === 'user' && onlyResults ? 'tool' : role, blocks }
  })
}

function parseSampling(root: JsonObject, config: JsonObject, maxOutputTokens: number): Sampling {
  const effort = optional('effort', field(config, 'effort', 'output_config'), text).effort
  const reasoningEffort = readEffort(field(root, 'thinking'), effort, maxOutputTokens)
  return {
    ...optional('temperature', field(root, 'temperature'), number),
    ...optional('topP', field(root, 'top_p'), number),
    ...optional('topK', field(root, 'top_k'), (at) => integer(at, 0)),
    ...optional('stop', field(root, 'stop_sequences'), (at) => items(list(at), at.path).map(text)),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
  }
}

/** How hard to think, on the scale that other formats use; absent when it is left to the model. */
function readEffort(at: Field, effort: string | undefined, maxOutputTokens: number): string | undefined {
  if (isAbsent(at)) return effort
  const thinking = object(at)
  const type = field(thinking, 'type', at.path)
  if (type.value === 'disabled') return 'none'
  if (type.value !== 'enabled') return effort
  const budget = integer(field(thinking, 'budget_tokens', at.path), 1)
  return effort ?? budgetEffort(budget, maxOutputTokens)
}

function endUser(at: Field): { endUser?: string } {
  return isAbsent(at) ? {} : optional('endUser', field(object(at), 'user_id', at.path), text)
}

/** By entries and not by assignment: a client may have named a member `__proto__`. */
function parseExtra(root: JsonObject): Record<string, JsonValue> {
  const entries: [string, JsonValue][] = []
  for (const [key, value] of Object.entries(root)) {
    if (value !== undefined && !CANONICAL_MEMBERS.has(key)) entries.push([key, value])
  }
  const { metadata } = root
  if (isJsonObject(metadata)) {
    const rest = Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'user_id'))
    if (Object.keys(rest).length > 0) entries.push(['metadata', rest])
  }
  return Object.fromEntries(entries)
}
