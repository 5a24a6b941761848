import { GatewayError } from '../wire/errors.ts'
import type { JsonObject } from '../wire/json.ts'
import { encodeEmbeddings } from '../wire/openai-embeddings/answer.ts'
import { parseEmbeddingsRequest } from '../wire/openai-embeddings/parse-request.ts'
import type { CanonicalAnswer, EmbeddingVector } from '../wire/canonical.ts'
import { totalInput } from '../wire/usage.ts'
import { EVENT_STREAM, OPENAI_VOICE } from './openai-voice.ts'
import { answerId, servedName } from './served.ts'
import type { AnswerReply, Speaker } from './speaker.ts'

/** `POST /embeddings`. */
export const embeddingsSpeaker: Speaker = {
  voice: OPENAI_VOICE,
  read: (body) => {
    const canonical = parseEmbeddingsRequest(body)
    const base64 = canonical.embeddings?.encoding === 'base64'
    return {
      canonical,
      endpoint: 'embeddings',
      // The adapters write it anew; recordings hold conversations alone.
      body: null,
      droppedParams: [],
      framing: EVENT_STREAM,
      answerBody: (reply, requestId) => answerBody(reply, answerId('embd-', requestId), base64),
      streamWriter: () => {
        throw new Error('embeddings are never streamed')
      },
    }
  },
}

/**
 * The vectors in the encoding that was asked for: the official client asks for base64 and reads numbers as an empty vector,
 * while many hosts send numbers whatever they were asked.
 */
function answerBody({ answer, record }: AnswerReply, id: string, base64: boolean): JsonObject {
  const vectors = vectorsOf(answer)
  return encodeEmbeddings(base64 ? vectors.map(asBase64) : vectors.map(asNumbers), {
    id,
    model: servedName(record, answer.model),
    promptTokens: answer.usage === null ? 0 : totalInput(answer.usage),
  })
}

function vectorsOf({ embeddings }: CanonicalAnswer): readonly EmbeddingVector[] {
  if (embeddings === undefined) throw new GatewayError('upstream_exhausted', 'the provider sent no vectors')
  return embeddings
}

/** The vectors of an answer as numbers, whatever they came as. */
export function vectorsAsNumbers(answer: CanonicalAnswer): (readonly number[])[] {
  return vectorsOf(answer).map(asNumbers)
}

const FLOAT_BYTES = 4

function asBase64(embedding: EmbeddingVector): string {
  if (typeof embedding === 'string') return embedding
  const bytes = Buffer.allocUnsafe(embedding.length * FLOAT_BYTES)
  for (const [at, value] of embedding.entries()) bytes.writeFloatLE(value, at * FLOAT_BYTES)
  return bytes.toString('base64')
}

function asNumbers(embedding: EmbeddingVector): readonly number[] {
  if (typeof embedding !== 'string') return embedding
  const bytes = Buffer.from(embedding, 'base64')
  return Array.from({ length: Math.floor(bytes.length / FLOAT_BYTES) }, (_, at) => bytes.readFloatLE(at * FLOAT_BYTES))
}
