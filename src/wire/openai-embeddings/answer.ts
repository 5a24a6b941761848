import type { CanonicalAnswer, EmbeddingsAsked, EmbeddingVector } from '../canonical.ts'
import { hasError, readProviderError } from '../error-body.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import type { AnswerReading } from '../reading.ts'
import { estimateTokens } from '../tokens.ts'
import { readUsage, usageMember, type UsageDialectName } from '../usage-dialects.ts'
import type { TokenUsage } from '../usage.ts'

/** Reads a provider's answer: one vector for each input, in their order, in whichever encoding they came. */
export function readEmbeddings(body: unknown, asked: EmbeddingsAsked, dialect: UsageDialectName): AnswerReading {
  if (!isJsonObject(body)) return malformed('body', 'not a JSON object')
  if (hasError(body)) return { kind: 'error', error: readProviderError(body) }
  const { data } = body
  const count = asked.inputs.length
  if (!Array.isArray(data) || data.length !== count) return malformed('data', `not an array of ${count} vectors`)
  const found = new Map<number, EmbeddingVector>()
  for (const [at, entry] of data.entries()) {
    const index = isJsonObject(entry) && typeof entry['index'] === 'number' ? entry['index'] : at
    const vector = isJsonObject(entry) ? vectorOf(entry['embedding']) : null
    if (vector === null) return malformed(`data[${at}].embedding`, 'neither numbers nor base64')
    found.set(index, vector)
  }
  const embeddings = data.map((_, at) => found.get(at)).filter((vector) => vector !== undefined)
  if (embeddings.length !== count) return malformed('data', 'numbered twice')
  const model = typeof body['model'] === 'string' ? body['model'] : ''
  const usage = readUsage(usageMember(body), dialect)
  return { kind: 'answer', answer: embeddingsAnswer(embeddings, { model, usage: usage ?? inputUsage(asked) }) }
}

/** An answer that holds vectors alone. */
export function embeddingsAnswer(
  embeddings: readonly EmbeddingVector[],
  { model, usage }: { readonly model: string; readonly usage: TokenUsage },
): CanonicalAnswer {
  return { id: '', model, blocks: [], finish: 'stop', usage, embeddings }
}

/** Usage by an estimate of all inputs, not only of the longest one by which a request is measured. */
export function inputUsage({ inputs }: EmbeddingsAsked): TokenUsage {
  let input = 0
  for (const one of inputs) input += typeof one === 'string' ? estimateTokens(one) : one.length
  return { input, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0, basis: 'estimated' }
}

function vectorOf(value: JsonValue | undefined): EmbeddingVector | null {
  if (typeof value === 'string') return value === '' ? null : value
  if (!Array.isArray(value) || value.length === 0) return null
  const numbers = value.filter((one) => typeof one === 'number')
  return numbers.length === value.length ? numbers : null
}

export interface EncodeEmbeddings {
  /** Not in OpenAI's form, but Mistral's clients read no answer without it. */
  readonly id: string
  readonly model: string
  readonly promptTokens: number
}

/** The answer body over vectors that are in the encoding that was asked for. */
export function encodeEmbeddings(
  embeddings: readonly EmbeddingVector[],
  { id, model, promptTokens }: EncodeEmbeddings,
): JsonObject {
  return {
    id,
    object: 'list',
    data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  }
}

function malformed(path: string, problem: string): AnswerReading {
  return { kind: 'malformed', message: `"${path}" is ${problem}`, path }
}
