import type { CanonicalAnswer } from '../canonical.ts'
import type { JsonObject } from '../json.ts'
import { wholeAsParts } from '../whole-as-parts.ts'
import { ResponsesStreamEncoder, type EncodeResponse } from './encode-stream.ts'

/** A complete response body: what a client of the stream would have put together. */
export function encodeResponse(answer: CanonicalAnswer, options: EncodeResponse): JsonObject {
  const encoder = new ResponsesStreamEncoder(options)
  for (const part of wholeAsParts(answer)) encoder.write(part)
  encoder.end()
  return encoder.response()
}
