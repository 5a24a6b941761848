import type { IncomingMessage } from 'node:http'
import type { Asked } from '../engine/decision.ts'
import type { ExchangeRecord } from '../engine/record.ts'
import type { ExchangeReply } from '../pipeline/ports.ts'
import type { CanonicalRequest, StreamPart } from '../wire/canonical.ts'
import type { GatewayError } from '../wire/errors.ts'
import type { JsonObject } from '../wire/json.ts'
import type { ItemShelf } from './item-memory.ts'
import type { HeaderMap } from './response-headers.ts'

export type AnswerReply = Extract<ExchangeReply, { kind: 'answer' }>

/** How one format says that something went wrong. */
export interface ErrorVoice {
  status(error: GatewayError): number
  body(error: GatewayError, requestId: string): JsonObject
  /** Headers that clients of the format look for on every answer. */
  headers(requestId: string): HeaderMap
}

/** The writing side of one streamed answer. Every string is one whole event, framed. */
export interface StreamWriter {
  write(part: StreamPart): readonly string[]
  /** What marks a good end; only for a stream that ended well. */
  end(): readonly string[]
  /** What says that the stream broke; nothing follows it. */
  fail(error: GatewayError): readonly string[]
}

/** How the bytes of a stream travel. */
export interface Framing {
  readonly contentType: string
  /** Sent when nothing else was for a while; null where every event must be an answer. */
  readonly keepAlive: string | null
}

/** One request as its format reads it, and how it wants its answer. */
export interface Conversation {
  readonly canonical: CanonicalRequest
  /** Absent: `chat`. */
  readonly endpoint?: Asked['endpoint']
  /** What providers of the same format may get as it is; null when there is no such provider. */
  readonly body: JsonObject | null
  /** Parameters that are left out whoever answers. */
  readonly droppedParams: readonly string[]
  readonly framing: Framing
  answerBody(reply: AnswerReply, requestId: string): JsonObject
  streamWriter(draft: ExchangeRecord, requestId: string): StreamWriter
}

/** One inbound format. Everything else about an exchange is the same for all of them. */
export interface Speaker {
  readonly voice: ErrorVoice
  /** Throws `invalid_request_error` with the path of the field at fault. */
  read(body: JsonObject, request: IncomingMessage, shelf: ItemShelf): Conversation
}

/** One way to ask how many tokens a prompt has. */
export interface Counter {
  readonly voice: ErrorVoice
  read(body: JsonObject, request: IncomingMessage): CanonicalRequest
  answerBody(inputTokens: number): JsonObject
}
