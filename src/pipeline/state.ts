import { advanceSession, sessionAt, type SessionEvent } from '../engine/session.ts'
import { EMPTY_STATE, type SessionState, type StateSnapshot } from '../engine/state.ts'
import { HealthTable } from './health-table.ts'
import { Observations } from './observations.ts'
import type { Incoming, StatePort } from './ports.ts'
import { RecentMap } from './recent-map.ts'

const MAX_SESSIONS = 10_000

/** Sessions by id, the least recently used dropped beyond `limit`, so that memory stays flat. */
class SessionTable {
  readonly #sessions: RecentMap<SessionState>

  constructor(limit: number = MAX_SESSIONS) {
    this.#sessions = new RecentMap(limit)
  }

  get(id: string, now: number): SessionState | null {
    const found = this.#sessions.get(id)
    return found === undefined ? null : sessionAt(found, now)
  }

  advance(event: SessionEvent): void {
    this.#sessions.set(event.sessionId, advanceSession(this.#sessions.get(event.sessionId) ?? null, event))
  }
}

/** State of a running proxy. Its size does not grow with the number of requests. */
export function createLiveState(): StatePort {
  const sessions = new SessionTable()
  const health = new HealthTable()
  const observations = new Observations()
  return {
    snapshot: (incoming, now) => ({ ...EMPTY_STATE, session: sessions.get(incoming.sessionId, now) }),
    sessionAdvanced: (event) => sessions.advance(event),
    learned: (scope) => ({
      health: health.view(scope.matrix, scope.now),
      latency: observations.latency(scope),
      outputTokens: observations.outputTokens(scope),
    }),
    callable: ({ target }, now) => health.callable(target, now),
    attemptStarts: ({ target, limits }, now) => health.start(target, limits, now),
    answered: (seen) => observations.add(seen),
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
