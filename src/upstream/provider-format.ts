import type { UpstreamCall } from '../pipeline/ports.ts'
import type { JsonObject } from '../wire/json.ts'
import type { AnswerReading, StreamDecoder } from '../wire/reading.ts'

/** What one call sends. */
export interface OutboundRequest {
  /** Appended to the base URL; begins with a slash. */
  readonly path: string
  /** Headers of the format, without the credential. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
  /** What was left out, under the client's names. */
  readonly droppedParams: readonly string[]
}

/** How the answer to one call is read. */
export interface AnswerReader {
  readWhole(body: unknown): AnswerReading
  /** The body for a client of the same format; null when it speaks another one. `now` in ms since the epoch. */
  rawBody(body: JsonObject, now: number): JsonObject | null
  decoder(): StreamDecoder
}

/** A provider's format: everything of an adapter that is not connections, keys, limits and failures. */
export interface ProviderFormat {
  /** Throws `GatewayError` for a request that can not be said in this format. */
  request(call: UpstreamCall): OutboundRequest
  credential(secret: string): Readonly<Record<string, string>>
  reader(call: UpstreamCall): AnswerReader
}
