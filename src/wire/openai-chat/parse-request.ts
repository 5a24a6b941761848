import { bodyObject } from '../body-object.ts'
import type { CanonicalRequest, Sampling } from '../canonical.ts'
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
} from './fields.ts'
import { parseMessages } from './parse-messages.ts'
import { parseResponseFormat, parseToolChoice, parseTools } from './parse-tools.ts'

/** Members with a canonical place; all others are kept in `extra` and passed on. */
const CANONICAL_MEMBERS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'n',
  'stop',
  'presence_penalty',
  'frequency_penalty',
  'seed',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'functions',
  'function_call',
  'response_format',
  'reasoning_effort',
  'metadata',
  'user',
  'prompt_cache_key',
])

/** Members that OpenAI defines and that have no canonical place: checked, so that a wrong type is named here. */
const CHECKED_EXTRAS: readonly (readonly [name: string, read: (at: Field) => unknown])[] = [
  ['logprobs', boolean],
  ['top_logprobs', (at) => integer(at, 0)],
  ['logit_bias', object],
  ['verbosity', text],
  ['prediction', object],
  ['modalities', list],
  ['audio', object],
  ['web_search_options', object],
  ['store', boolean],
  ['service_tier', text],
  ['safety_identifier', text],
  ['prompt_cache_retention', text],
  ['prompt_cache_options', object],
  ['moderation', object],
]

/** Reads the body of `POST /v1/chat/completions`. Throws `invalid_request_error` with the path of the field at fault. */
export function parseChatRequest(body: unknown): CanonicalRequest {
  const root = bodyObject(body)
  const model = filledText(field(root, 'model'))
  const choice = parseToolChoice(root)
  const parallel = field(root, 'parallel_tool_calls')
  const streamOptions = field(root, 'stream_options')
  for (const [name, read] of CHECKED_EXTRAS) optional('value', field(root, name), read)
  return {
    format: 'openai-chat',
    model,
    messages: parseMessages(field(root, 'messages')),
    tools: parseTools(root),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...optional('parallelToolCalls', parallel, boolean),
    responseFormat: parseResponseFormat(field(root, 'response_format')),
    sampling: parseSampling(root),
    ...outputLimit(root),
    choices: optional('n', field(root, 'n'), (at) => integer(at, 1)).n ?? 1,
    stream: optional('stream', field(root, 'stream'), boolean).stream ?? false,
    includeUsage: includeUsage(streamOptions),
    ...endUser(root),
    ...optional('promptCacheKey', field(root, 'prompt_cache_key'), text),
    metadata: parseMetadata(field(root, 'metadata')),
    extra: parseExtra(root),
  }
}

/** `max_completion_tokens` wins; the older name is still what most clients send. */
function outputLimit(root: JsonObject): { maxOutputTokens?: number } {
  const limit = field(root, 'max_completion_tokens')
  const older = optional('maxOutputTokens', field(root, 'max_tokens'), (at) => integer(at, 1))
  return { ...older, ...optional('maxOutputTokens', limit, (at) => integer(at, 1)) }
}

function parseSampling(root: JsonObject): Sampling {
  return {
    ...optional('temperature', field(root, 'temperature'), number),
    ...optional('topP', field(root, 'top_p'), number),
    ...optional('seed', field(root, 'seed'), seed),
    ...optional('stop', field(root, 'stop'), stopTexts),
    ...optional('presencePenalty', field(root, 'presence_penalty'), number),
    ...optional('frequencyPenalty', field(root, 'frequency_penalty'), number),
    ...optional('reasoningEffort', field(root, 'reasoning_effort'), text),
  }
}

function seed(at: Field): number {
  const value = number(at)
  return Number.isInteger(value) ? value : wrongType(at, 'a whole number')
}

function stopTexts(at: Field): string[] {
  if (typeof at.value === 'string') return [at.value]
  if (!Array.isArray(at.value)) return wrongType(at, 'a string or an array of strings')
  return items(list(at), at.path).map(text)
}

function includeUsage(at: Field): boolean {
  if (isAbsent(at)) return false
  return optional('asked', field(object(at), 'include_usage', at.path), boolean).asked ?? false
}

/** The end user's name; the newer `safety_identifier` stays in `extra` as well. */
function endUser(root: JsonObject): { endUser?: string } {
  return {
    ...optional('endUser', field(root, 'safety_identifier'), text),
    ...optional('endUser', field(root, 'user'), text),
  }
}

// `Object.fromEntries` in both: assigning a member that a client named `__proto__` would change the object itself.

function parseMetadata(at: Field): Record<string, string> {
  if (isAbsent(at)) return {}
  const given = object(at)
  return Object.fromEntries(Object.keys(given).map((key) => [key, text(field(given, key, at.path))]))
}

function parseExtra(root: JsonObject): Record<string, JsonValue> {
  const entries: [string, JsonValue][] = []
  for (const [key, value] of Object.entries(root)) {
    if (value !== undefined && !CANONICAL_MEMBERS.has(key)) entries.push([key, value])
  }
  const options = root['stream_options']
  if (isJsonObject(options)) {
    const rest = Object.fromEntries(Object.entries(options).filter(([key]) => key !== 'include_usage'))
    if (Object.keys(rest).length > 0) entries.push(['stream_options', rest])
  }
  return Object.fromEntries(entries)
}
