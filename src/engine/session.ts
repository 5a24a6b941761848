import type { Intent } from './intents.ts'
import type { ModelId } from './matrix.ts'
import type { SessionState } from './state.ts'

/** How long a provider is assumed to keep a conversation's prefix in its prompt cache; the shortest documented default. */
const PREFIX_CACHE_TTL_MS = 5 * 60_000

export interface SessionEvent {
  readonly sessionId: string
  readonly model: ModelId
  readonly intent: Intent
  /** Prompt and answer of the finished exchange: together the prefix of the next one. */
  readonly prefixTokens: number
  readonly promptCaching: boolean
  /** When the exchange ended, ms since the epoch. */
  readonly at: number
}

/** The session after one answered exchange. */
export function advanceSession(previous: SessionState | null, event: SessionEvent): SessionState {
  return {
    id: event.sessionId,
    turn: (previous?.turn ?? -1) + 1,
    model: event.model,
    intent: event.intent === 'unknown' ? (previous?.intent ?? null) : event.intent,
    cachedTokens: event.promptCaching ? event.prefixTokens : 0,
    lastAt: event.at,
  }
}

/** The session as a request at `now` may count on it: an expired prefix is not cached any more. */
export function sessionAt(state: SessionState, now: number): SessionState {
  const expired = now - state.lastAt > PREFIX_CACHE_TTL_MS
  return expired && state.cachedTokens > 0 ? { ...state, cachedTokens: 0 } : state
}
