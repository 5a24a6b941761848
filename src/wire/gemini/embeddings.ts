import { bodyObject } from '../body-object.ts'
import type { CanonicalRequest, EmbeddingsAsked } from '../canonical.ts'
import { Dropped } from '../dropped.ts'
import { hasError, readProviderError } from '../error-body.ts'
import { GatewayError } from '../errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { integer, items, list, object, optional, text, wrongType, type Field } from '../openai-chat/fields.ts'
import { embeddingsAnswer, inputUsage } from '../openai-embeddings/answer.ts'
import type { AnswerReading } from '../reading.ts'
import { member, otherMembers } from './members.ts'
import { readGenerateUsage } from './usage.ts'

/** Most inputs that one call takes. */
const MAX_INPUTS = 100

export interface EncodedEmbedRequest {
  /** Several inputs are asked for by another method than one. */
  readonly method: 'embedContent' | 'batchEmbedContents'
  readonly body: JsonObject
  readonly dropped: readonly string[]
}

/** The body of `embedContent`, or of its form for several inputs. Throws for inputs that only their own model can read. */
export function encodeEmbedRequest(
  request: CanonicalRequest,
  asked: EmbeddingsAsked,
  model: string,
): EncodedEmbedRequest {
  const dropped = new Dropped(request.format)
  if (request.format !== 'gemini') dropped.addExtra(request)
  if (request.endUser !== undefined) dropped.add('endUser')
  const texts = textsOf(asked)
  const name = model.includes('/') ? model : `models/${model}`
  const { dimensions } = asked
  const requests = texts.map((one): JsonObject => ({
    ...(request.format === 'gemini' ? request.extra : {}),
    model: name,
    content: { parts: [{ text: one }] },
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
  }))
  const [first] = requests
  if (requests.length === 1 && first !== undefined)
    return { method: 'embedContent', body: first, dropped: dropped.names }
  return { method: 'batchEmbedContents', body: { requests }, dropped: dropped.names }
}

function textsOf({ inputs }: EmbeddingsAsked): readonly string[] {
  if (inputs.length > MAX_INPUTS) throw badInput(`the provider takes at most ${MAX_INPUTS} inputs at once`)
  return inputs.map((input) => {
    if (typeof input === 'string') return input
    throw badInput('the provider takes texts, not tokens of another model')
  })
}

function badInput(message: string): GatewayError {
  return new GatewayError('invalid_request_error', message, { param: 'input' })
}

/** Reads the vectors of one input or of several, in the order of the inputs. */
export function readEmbedAnswer(body: unknown, asked: EmbeddingsAsked): AnswerReading {
  if (!isJsonObject(body)) return { kind: 'malformed', path: 'body', message: '"body" is not a JSON object' }
  if (hasError(body)) return { kind: 'error', error: readProviderError(body) }
  const { embedding, embeddings } = body
  const given = isJsonObject(embedding) ? [embedding] : Array.isArray(embeddings) ? embeddings : []
  const vectors = given.flatMap((one) => vectorOf(one))
  const count = asked.inputs.length
  if (vectors.length !== count)
    return { kind: 'malformed', path: 'embeddings', message: `"embeddings" is not an array of ${count} vectors` }
  const usage = readGenerateUsage(body['usageMetadata']) ?? inputUsage(asked)
  return { kind: 'answer', answer: embeddingsAnswer(vectors, { model: '', usage }) }
}

function vectorOf(value: JsonValue): (readonly number[])[] {
  const values = isJsonObject(value) ? value['values'] : undefined
  if (!Array.isArray(values) || values.length === 0) return []
  const numbers = values.filter((one) => typeof one === 'number')
  return numbers.length === values.length ? [numbers] : []
}

/** Reads the body of `embedContent` or, with `batch`, of `batchEmbedContents`. The model stands in the path. */
export function parseEmbedRequest(
  body: unknown,
  { model, batch }: { model: string; batch: boolean },
): CanonicalRequest {
  const root = bodyObject(body)
  const requests = member(root, 'requests')
  const each = batch ? items(list(requests), requests.path) : [{ value: root, path: '' }]
  const [head] = each
  if (head === undefined) return wrongType(requests, 'an array of requests that is not empty')
  const inputs = each.map((one) => textOf(member(object(one), 'content', one.path)))
  const first = object(head)
  const longest = inputs.reduce((found, one) => (one.length > found.length ? one : found), '')
  return {
    format: 'gemini',
    model,
    messages: [{ role: 'user', blocks: [{ kind: 'text', text: longest }] }],
    tools: [],
    responseFormat: { kind: 'text' },
    sampling: {},
    choices: 1,
    stream: false,
    includeUsage: false,
    metadata: {},
    extra: restOf(first),
    embeddings: {
      inputs,
      encoding: 'float',
      ...optional('dimensions', member(first, 'outputDimensionality', head.path), (at) => integer(at, 1)),
    },
  }
}

function restOf(request: JsonObject): Record<string, JsonValue> {
  const rest = Object.entries(otherMembers(request, ['model', 'content', 'outputDimensionality', 'requests']))
  return Object.fromEntries(rest.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function textOf(at: Field): string {
  const content = object(at)
  const parts = member(content, 'parts', at.path)
  return items(list(parts), parts.path)
    .map((part) => text(member(object(part), 'text', part.path)))
    .join('\n')
}

/** The answer to `embedContent` or, with `batch`, to `batchEmbedContents`. */
export function embedAnswerBody(vectors: readonly (readonly number[])[], batch: boolean): JsonObject {
  const embeddings = vectors.map((values) => ({ values }))
  return batch ? { embeddings } : { embedding: embeddings[0] ?? { values: [] } }
}
