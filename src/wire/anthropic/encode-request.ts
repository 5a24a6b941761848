import type { Block, CanonicalRequest, Message } from '../canonical.ts'
import { Dropped } from '../dropped.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { schemaSubset } from '../schema-subset.ts'
import { systemBlocks, turns, type Turn } from '../turns.ts'
import { encodeBlocks } from './encode-blocks.ts'
import { encodeSampling, messagesVersion } from './encode-sampling.ts'
import { thinkingMembers, type ThinkingMembers } from './encode-thinking.ts'
import { encodeTools } from './encode-tools.ts'
import { claudeTraits, type ClaudeTraits } from './model-traits.ts'

export interface EncodeMessagesRequest {
  /** Name of the model at the provider. */
  readonly model: string
  /**
   * The most that the model writes. A request that names no limit gets this one, or that of the model's generation where
   * it is lower, as the format demands one: no more is asked for than budgets reckon with.
   */
  readonly mostOutputTokens?: number
}

export interface EncodedMessagesRequest {
  readonly body: JsonObject
  /** For the header `anthropic-version`. */
  readonly version: string
  /** What was left out, under the client's names. */
  readonly dropped: readonly string[]
}

/**
 * The body of `POST /v1/messages` for a provider. Throws `invalid_request_error` for what can not be left out without
 * changing the question: audio, files of other kinds, custom tools.
 */
export function encodeMessagesRequest(
  request: CanonicalRequest,
  options: EncodeMessagesRequest,
): EncodedMessagesRequest {
  const traits = claudeTraits(options.model)
  const dropped = new Dropped(request.format)
  const talk = turns(request.messages)
  const usual = Math.min(traits.defaultMaxTokens, options.mostOutputTokens ?? Infinity)
  const maxTokens = request.maxOutputTokens ?? usual
  const thinking = thinkingMembers(request, { traits, turns: talk, maxTokens, dropped })
  const type = thinking.thinking?.['type']
  const thinks = type !== undefined && type !== 'disabled'
  const version = messagesVersion(request, traits)
  const { hint, config } = outputConfig(request, { traits, thinking, dropped })
  const body: Record<string, JsonValue> = {
    ...extraMembers(request, dropped),
    model: options.model,
    max_tokens: maxTokens,
    ...encodeSystem(systemBlocks(request), hint, dropped),
    messages: encodeTurns(talk, dropped),
    ...encodeTools(request, traits, dropped),
    ...encodeSampling(request, { traits, version, thinks, dropped }),
    ...(thinking.thinking === undefined ? {} : { thinking: thinking.thinking }),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
    ...metadata(request),
    ...(request.stream ? { stream: true } : {}),
  }
  dropUnknown(request, dropped)
  return { body, version, dropped: dropped.names }
}

function encodeTurns(talk: readonly Turn[], dropped: Dropped): JsonObject[] {
  const encoded = talk.map(({ role, blocks }) => ({ role, content: encodeBlocks(blocks, dropped) }))
  return encoded.filter(({ content }) => content.length > 0).map(withPlainText)
}

/** One text alone is written as a string, as clients of the format do. */
function withPlainText({ role, content }: { role: Message['role']; content: readonly JsonObject[] }): JsonObject {
  return { role, content: plainText(content) ?? content }
}

function plainText(content: readonly JsonObject[]): string | null {
  const [only] = content
  if (content.length !== 1 || only?.['type'] !== 'text' || Object.keys(only).length !== 2) return null
  return typeof only['text'] === 'string' ? only['text'] : null
}

function encodeSystem(blocks: readonly Block[], hint: string | null, dropped: Dropped): JsonObject {
  const texts = encodeBlocks(blocks, dropped)
  if (hint !== null) texts.push({ type: 'text', text: hint })
  return texts.length === 0 ? {} : { system: plainText(texts) ?? texts }
}

const JSON_HINT = 'Answer with one JSON object and nothing else.'

/** `output_config`; models that take no schema are told in words, and the loss of the guarantee is named. */
function outputConfig(
  { responseFormat, format, extra }: CanonicalRequest,
  context: { traits: ClaudeTraits; thinking: ThinkingMembers; dropped: Dropped },
): { hint: string | null; config: JsonObject } {
  const { traits, thinking, dropped } = context
  const { effort: _effort, format: _format, ...own } = ownConfig(format, extra['output_config'])
  const config = { ...own, ...(thinking.effort === undefined ? {} : { effort: thinking.effort }) }
  if (responseFormat.kind === 'text') return { hint: null, config }
  if (responseFormat.kind === 'json_object') return { hint: JSON_HINT, config }
  const { schema } = responseFormat
  // A client of the format knows what it asks for.
  if (!traits.structured && format !== 'anthropic') {
    dropped.add('responseFormat')
    return { hint: `${JSON_HINT} It has to match this JSON schema: ${JSON.stringify(schema)}`, config }
  }
  const fitting = format === 'anthropic' ? schema : answerSchema(schema, dropped)
  return { hint: null, config: { ...config, format: { type: 'json_schema', schema: fitting } } }
}

function ownConfig(format: CanonicalRequest['format'], config: JsonValue | undefined): JsonObject {
  return format === 'anthropic' && isJsonObject(config) ? config : {}
}

/** Keywords that Anthropic's structured answers know. */
const ANSWER_KEYWORDS: ReadonlySet<string> = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  'allOf',
  '$ref',
  '$defs',
  'definitions',
  'description',
  'title',
  'default',
  'format',
])

function answerSchema(schema: JsonObject, dropped: Dropped): JsonObject {
  return schemaSubset(schema, {
    keywords: ANSWER_KEYWORDS,
    closeObjects: true,
    onDropped: (keyword) => dropped.addName(`response_format.json_schema.${keyword}`),
  })
}

/** Members that only this format knows go back to it; the canonical ones are written anew. */
function extraMembers(request: CanonicalRequest, dropped: Dropped): JsonObject {
  if (request.format !== 'anthropic') {
    dropped.addExtra(request)
    return {}
  }
  const { thinking: _thinking, output_config: _config, metadata: _metadata, ...rest } = request.extra
  return rest
}

function metadata({ format, extra, endUser }: CanonicalRequest): JsonObject {
  const own = format === 'anthropic' && isJsonObject(extra['metadata']) ? extra['metadata'] : {}
  const all = { ...own, ...(endUser === undefined ? {} : { user_id: endUser }) }
  return Object.keys(all).length === 0 ? {} : { metadata: all }
}

function dropUnknown(request: CanonicalRequest, dropped: Dropped): void {
  const { sampling } = request
  for (const key of ['seed', 'presencePenalty', 'frequencyPenalty'] as const) {
    if (sampling[key] !== undefined) dropped.add(key)
  }
  if (request.choices !== 1) dropped.add('choices')
  if (request.promptCacheKey !== undefined) dropped.add('promptCacheKey')
  if (Object.keys(request.metadata).length > 0) dropped.add('metadata')
}
