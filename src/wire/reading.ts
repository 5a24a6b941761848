import type { CanonicalAnswer, StreamPart } from './canonical.ts'
import type { ProviderError } from './error-body.ts'

/** What a 200 body turned out to be. */
export type AnswerReading =
  | { readonly kind: 'answer'; readonly answer: CanonicalAnswer }
  /** An error that the provider put into a 200. */
  | { readonly kind: 'error'; readonly error: ProviderError }
  | { readonly kind: 'malformed'; readonly message: string; readonly path: string }

/** What one event of a stream means. */
export type DecodedEvent =
  | { readonly kind: 'parts'; readonly parts: readonly StreamPart[] }
  /** The end as the format marks it; nothing after it counts. */
  | { readonly kind: 'done'; readonly parts: readonly StreamPart[] }
  | { readonly kind: 'error'; readonly error: ProviderError }
  | { readonly kind: 'malformed'; readonly message: string }

/** Turns the event payloads of one stream into parts. */
export interface StreamDecoder {
  /** True once a finish reason has been seen: only then may the stream end. */
  readonly finished: boolean
  push(payload: string): DecodedEvent
  /** Parts still held back when the stream ends. */
  end(): StreamPart[]
}
