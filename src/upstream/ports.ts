import type { UpstreamFailureClass } from '../engine/record.ts'
import type { Clock } from '../pipeline/ports.ts'
import type { CanonicalAnswer, CanonicalRequest, FinishReason } from '../wire/canonical.ts'
import type { TokenUsage } from '../wire/usage.ts'

/** One provider as the adapters need it, with secrets resolved. Made by the composition root from the config. */
export interface ProviderSettings {
  readonly name: string
  readonly kind: 'openai' | 'anthropic' | 'gemini' | 'openai-compatible' | 'simulated'
  /** Without a trailing slash; for OpenAI kinds it ends before `/chat/completions`. Empty for `simulated`. */
  readonly baseUrl: string
  readonly quirks: string | null
  readonly apiKeys: readonly string[]
  readonly timeouts: {
    readonly connectMs: number
    readonly firstTokenMs: number
    readonly idleMs: number
    readonly totalMs: number
  }
  readonly maxConcurrency: number
}

/** Waits; rejects at once when the signal aborts. Passed in, so that simulated time needs no real time. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

/** A credential that a provider refused, for the operator: the key itself is never in it, only its place in the config. */
export interface CredentialNotice {
  readonly provider: string
  /** Position in `apiKeys`, from 0. */
  readonly keyIndex: number
  readonly reason: 'rate_limited' | 'auth' | 'quota'
  readonly pausedMs: number
}

/** Time and notices, as every live adapter needs them. */
export interface AdapterPorts {
  readonly clock: Clock
  /** Called when a key is set aside for a while. Must not throw. */
  readonly onCredential?: (notice: CredentialNotice) => void
  /** Takes secrets out of what a provider says, which may quote a prompt. Absent: what looks like a key is taken out. */
  readonly redact?: (text: string) => string
}

/** An answer on record, ready to be sent again. */
export interface RecordedAnswer {
  readonly kind: 'hit'
  /** Id of the recording. */
  readonly id: string
  readonly answer: CanonicalAnswer
  readonly firstTokenMs: number | null
  readonly totalMs: number | null
  /** Times since arrival and characters of the text parts as they were sent; null when the answer was not streamed. */
  readonly chunks: { readonly atMs: readonly number[]; readonly length: readonly number[] } | null
}

/** A failure on record. */
export interface RecordedFailure {
  readonly kind: 'failed'
  readonly id: string
  readonly failure: UpstreamFailureClass
  readonly status: number | null
  readonly retryAfterMs: number | null
}

export interface RecordedMiss {
  readonly kind: 'miss'
  readonly reason: 'never_recorded' | 'diverged' | 'model_not_recorded'
  /** The recording that comes nearest, with the paths of the fields in which it differs. */
  readonly closest: { readonly id: string; readonly differs: readonly string[] } | null
}

/** Where recorded answers are looked up. */
export interface RecordedLookup {
  /** `model` is the row of the matrix that was chosen. */
  find(request: CanonicalRequest, model: string): RecordedAnswer | RecordedFailure | RecordedMiss
}

/** What a simulated provider says when somebody knows the answer. */
interface KnownAnswer {
  readonly text: string
  readonly finish: FinishReason
  /** Null: it is estimated from the texts. */
  readonly usage: TokenUsage | null
}

export type AnswerLookup = (request: CanonicalRequest, model: string) => KnownAnswer | null
