import type { PlannedAttempt } from '../engine/decision.ts'
import type { CooldownLimits } from '../engine/health/effect.ts'
import type { Intent } from '../engine/intents.ts'
import type { Matrix, ModelId } from '../engine/matrix.ts'
import type { UpstreamFailureClass } from '../engine/record.ts'
import type { SessionEvent } from '../engine/session.ts'
import type { StateSnapshot } from '../engine/state.ts'
import type { Incoming } from './ports.ts'

/** What the live state has learned about the world, as far as it concerns one request. */
type Learned = Pick<StateSnapshot, 'health' | 'latency' | 'outputTokens'>

export interface LearnedScope {
  readonly matrix: Matrix
  readonly intent: Intent
  readonly now: number
}

/** How an attempt ended, for the health of what was called. */
export type AttemptOutcome =
  | { readonly kind: 'succeeded' }
  | {
      readonly kind: 'failed'
      readonly failure: UpstreamFailureClass
      readonly status: number | null
      readonly retryAfterMs: number | null
    }
  /** Nothing can be said: the client left, or the attempt had too little time. */
  | { readonly kind: 'no_verdict' }

/** A target of the plan, and the exchange that wants to call it. */
export interface Callee {
  readonly target: PlannedAttempt
  readonly incoming: Incoming
  readonly plan: readonly PlannedAttempt[]
  readonly limits: CooldownLimits
}

/** An attempt under way, as the health of its target sees it. */
export interface AttemptWatch {
  /** The first content has arrived. */
  reached(now: number): void
  /** To be called once. Gives the milliseconds for which the target is now left alone; null when it is not. */
  ended(outcome: AttemptOutcome, now: number): number | null
}

/** A finished answer, for latencies and lengths. */
export interface AnswerSeen {
  readonly model: ModelId
  readonly intent: Intent
  /** Null when the answer was not streamed, or its pace was not the provider's. */
  readonly pace: { readonly firstTokenMs: number; readonly perTokenMs: number } | null
  /** Output tokens of one choice; null when the answer was cut to a length. */
  readonly outputTokens: number | null
  readonly at: number
}

/** Live or replayed state, as one request sees it. */
export interface StatePort {
  snapshot(incoming: Incoming, now: number): StateSnapshot
  sessionAdvanced(event: SessionEvent): void
  /** Replaces those members of the snapshot once the intent is known. Absent where the snapshot holds them already. */
  learned?(scope: LearnedScope): Learned
  /** Whether an attempt on the target could start now. Absent where health is not kept. */
  callable?(callee: Callee, now: number): boolean
  /** Before every attempt; null when the target must not be called now. Absent where health is not kept. */
  attemptStarts?(callee: Callee, now: number): AttemptWatch | null
  answered?(seen: AnswerSeen): void
}
