import type { Asked, Decision, PlannedAttempt, Rights } from '../engine/decision.ts'
import type { ExchangeRecord, UpstreamFailureClass } from '../engine/record.ts'
import type { Matrix } from '../engine/matrix.ts'
import type { RoutingConfig } from '../engine/routing-config.ts'
import type { StateSnapshot } from '../engine/state.ts'
import type { CanonicalAnswer, CanonicalRequest, StreamPart } from '../wire/canonical.ts'
import type { Admitted } from './admission/types.ts'
import type { GatewayError } from '../wire/errors.ts'
import type { JsonObject } from '../wire/json.ts'
import type { ExchangeSteps } from './steps.ts'

export type { AnswerSeen, AttemptOutcome, AttemptWatch, Callee, LearnedScope, StatePort } from './state-port.ts'
export type {
  Admission,
  AdmissionPort,
  AdmissionRefused,
  AdmissionRequest,
  Admitted,
  Entry,
  EntryRequest,
  LedgerPort,
  Settlement,
} from './admission/types.ts'

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds from any fixed point, never going back; for measuring spans. */
  monotonic(): number
}

/** A request as it enters the pipeline, already authenticated and parsed. */
export interface Incoming {
  readonly requestId: string
  /** Identity for the roll: the request id when live, the recorded one in a replay. */
  readonly exchangeId: string
  readonly request: CanonicalRequest
  readonly asked: Asked
  readonly rights: Rights
  readonly sessionId: string
  /** The body as the client sent it, for relaying to a provider of the same format. */
  readonly body: JsonObject | null
  /** Parameters that the proxy itself has no place for, whoever answers. Absent: none. */
  readonly droppedParams?: readonly string[]
  readonly clientRetry: number
  readonly parseMs: number | null
  readonly authMs: number | null
}

export interface UpstreamCall {
  readonly exchangeId: string
  readonly requestId: string
  /** From 0, over all targets. */
  readonly attempt: number
  readonly target: PlannedAttempt
  /** The ticket of the attempt. An upstream behind `onlyAdmitted` calls nobody without a valid one. */
  readonly admitted: Admitted
  readonly decision: Decision
  /** With the output limit that a budget imposed, where one did; so is `body`. */
  readonly request: CanonicalRequest
  readonly body: JsonObject | null
  readonly signal: AbortSignal
  /** The most that the model writes, for formats that demand a limit. Absent: not known. */
  readonly mostOutputTokens?: number
  /** Refuse with `parameter_unsupported` instead of leaving parameters out. */
  readonly strictParams: boolean
  /** Milliseconds within which the first content byte, or a whole answer, must have arrived. */
  readonly firstTokenWithinMs: number
}

export interface UpstreamFailure {
  readonly kind: 'failed'
  readonly failure: UpstreamFailureClass
  readonly status: number | null
  readonly retryAfterMs: number | null
  /** What the provider said, cut and scrubbed; safe to show. */
  readonly message: string
  readonly injected: boolean
  /** The provider was not called, so that it can bill nothing. */
  readonly uncalled?: true
  /** Absent: none. */
  readonly refusedCredentials?: readonly RefusedCredential[]
}

export interface UpstreamAnswer {
  readonly kind: 'answer'
  readonly status: number
  readonly answer: CanonicalAnswer
  /** The provider's body, when its format is the client's. */
  readonly raw: JsonObject | null
  readonly droppedParams: readonly string[]
  readonly injected: boolean
  /** Absent: none. */
  readonly refusedCredentials?: readonly RefusedCredential[]
}

export interface UpstreamStream {
  readonly kind: 'stream'
  readonly status: number
  /**
   * Ends normally only after a `finish` part. Anything else — cut, stall, malformed event, error inside the stream —
   * throws `UpstreamStreamError`, so that a truncated answer can not look finished.
   */
  readonly parts: AsyncIterable<StreamPart>
  readonly droppedParams: readonly string[]
  readonly injected: boolean
  /** Absent: none. */
  readonly refusedCredentials?: readonly RefusedCredential[]
}

/** A credential of the same provider that was tried and refused before the one that brought the result. */
export interface RefusedCredential {
  readonly failure: UpstreamFailureClass
  readonly status: number | null
}

/** The answer is not on record; only recorded upstreams say so. */
export interface UpstreamMissing {
  readonly kind: 'missing'
  readonly reason: 'never_recorded' | 'diverged' | 'model_not_recorded'
  readonly message: string
}

export type UpstreamResult = UpstreamAnswer | UpstreamStream | UpstreamFailure | UpstreamMissing

export interface UpstreamPort {
  readonly mode: 'live' | 'simulated' | 'recorded'
  /** Never throws for what a provider may do; throws only for our own bugs. */
  call(call: UpstreamCall): Promise<UpstreamResult>
  close(): Promise<void>
}

export { UpstreamStreamError } from '../engine/upstream-error.ts'

/** Text of a finished exchange, for recording; kept apart from the record, which holds no text. */
export interface ExchangeContent {
  readonly incoming: Incoming
  readonly answer: CanonicalAnswer | null
  /** For streams: milliseconds since arrival and characters of each part sent. */
  readonly chunks: { readonly atMs: readonly number[]; readonly length: readonly number[] } | null
  /** The state snapshot that `decide()` saw. */
  readonly state: StateSnapshot
  readonly roll: number
  /** From 0, in the order in which the exchanges of a pipeline were decided. */
  readonly arrival: number
  readonly steps: ExchangeSteps
}

/** Gets every finished exchange, also refused and failed ones. Must not throw and must not block. */
export interface RecordSink {
  accept(record: ExchangeRecord, content: ExchangeContent): void
}

/** What the proxy (or the replay driver) gets back for one exchange. */
export type ExchangeReply =
  | {
      readonly kind: 'answer'
      readonly answer: CanonicalAnswer
      /** Body to relay unchanged (but for `model` and usage), when the formats are the same. */
      readonly raw: JsonObject | null
      readonly record: ExchangeRecord
    }
  | {
      readonly kind: 'stream'
      /** The record as known when the first part arrived: cost is `pending`. For headers. */
      readonly draft: ExchangeRecord
      /** Throws `UpstreamStreamError` when the upstream fails after the first part. */
      readonly parts: AsyncIterable<StreamPart>
      /** The finished record; resolves after `parts` ended, failed or was abandoned, and the sinks have it. */
      readonly done: Promise<ExchangeRecord>
    }
  | { readonly kind: 'error'; readonly error: GatewayError; readonly record: ExchangeRecord }

/** One pipeline for live and replay; which it is depends on its ports alone. */
export interface Pipeline {
  /** The synchronous part alone: features, intent, decision over the current state. Used by `--plan` and `route`. */
  decide(incoming: Incoming, at: number): Decided
  /** Runs an exchange to its end. Settles and records in every case, also when the signal aborts. Never rejects for what users or providers do. */
  run(incoming: Incoming, signal: AbortSignal): Promise<ExchangeReply>
}

export interface Decided {
  readonly decision: Decision
  readonly state: StateSnapshot
  readonly roll: number
}

/** Waits `ms`; resolves early when the signal aborts. Never rejects. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

/** The settings of one config generation; swapped in one assignment on reload. */
export interface Generation {
  readonly routing: RoutingConfig
  readonly matrix: Matrix
  readonly seed: number
}
