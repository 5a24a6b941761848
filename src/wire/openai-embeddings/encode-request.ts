import type { CanonicalRequest } from '../canonical.ts'
import type { JsonObject } from '../json.ts'

/** The body of `POST /v1/embeddings` for a provider; null for a request that asks for no embeddings. */
export function encodeEmbeddingsRequest(request: CanonicalRequest, model: string): JsonObject | null {
  const { embeddings, endUser, extra } = request
  if (embeddings === undefined) return null
  const { inputs, encoding, dimensions } = embeddings
  return {
    ...extra,
    model,
    // Some hosts take a bare text alone, and all of them take one for one.
    input: inputs.length === 1 && typeof inputs[0] === 'string' ? inputs[0] : inputs,
    encoding_format: encoding,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(endUser === undefined ? {} : { user: endUser }),
  }
}
