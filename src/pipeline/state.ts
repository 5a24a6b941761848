import { advanceSession, sessionAt, type SessionEvent } from '../engine/session.ts'
import { EMPTY_STATE, type SessionState, type StateSnapshot } from '../engine/state.ts'
import type { Incoming, StatePort } from './ports.ts'

const MAX_SESSIONS = 10_000

/** Sessions by id, the least recently used dropped beyond `limit`, so that memory stays flat. */
export class SessionTable {
  readonly #sessions = new Map<string, SessionState>()
  readonly #limit: number

  constructor(limit: number = MAX_SESSIONS) {
    this.#limit = limit
  }

  get(id: string, now: number): SessionState | null {
    const found = this.#sessions.get(id)
    return found === undefined ? null : sessionAt(found, now)
  }

  advance(event: SessionEvent): void {
    const next = advanceSession(this.#sessions.get(event.sessionId) ?? null, event)
    // Deleting first moves the entry to the end: a Map keeps insertion order.
    this.#sessions.delete(event.sessionId)
    this.#sessions.set(event.sessionId, next)
    if (this.#sessions.size <= this.#limit) return
    const oldest = this.#sessions.keys().next()
    if (oldest.done !== true) this.#sessions.delete(oldest.value)
  }
}

/** State of a running proxy. */
export function createLiveState(): StatePort {
  const sessions = new SessionTable()
  return {
    snapshot: (incoming, now) => ({ ...EMPTY_STATE, session: sessions.get(incoming.sessionId, now) }),
    sessionAdvanced: (event) => sessions.advance(event),
  }
}

export interface ReplayState extends StatePort {
  /** Gives the recorded snapshot of an exchange before it enters the pipeline. */
  recorded(incoming: Incoming, snapshot: StateSnapshot | undefined): void
}

/**
 * State of a replay. What the world did (health, latency, output lengths) is read from the recording. What routing itself
 * causes (the session's model, intent and prompt cache) is computed again along the virtual clock; the recorded session
 * only opens a conversation whose earlier turns are not among the fixtures.
 */
export function createReplayState(): ReplayState {
  const sessions = new SessionTable()
  const snapshots = new WeakMap<Incoming, StateSnapshot>()
  return {
    recorded(incoming, snapshot) {
      if (snapshot !== undefined) snapshots.set(incoming, snapshot)
    },
    snapshot(incoming, now) {
      const recorded = snapshots.get(incoming) ?? EMPTY_STATE
      return { ...recorded, session: sessions.get(incoming.sessionId, now) ?? recorded.session }
    },
    sessionAdvanced: (event) => sessions.advance(event),
  }
}
