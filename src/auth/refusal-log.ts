import type { AuditEvent } from './audit-types.ts'

/** What is written of a refusal. Equal ones count as one; no part of it was chosen freely by whoever sent the request. */
export interface RefusalFacts {
  /** Key id; `-` when nobody was recognised. */
  readonly actor: string
  readonly endpoint: string
  readonly code: string
  /** Why nobody was recognised; null when somebody was. */
  readonly reason: string | null
}

interface Kind {
  readonly facts: RefusalFacts
  /** Since the last entry. */
  count: number
  nextAt: number
  pauseMs: number
}

const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 60 * 60_000
const MAX_KINDS = 512
const OTHERS: RefusalFacts = { actor: '-', endpoint: '-', code: 'others', reason: null }

/**
 * Refusals on their way to the audit log, bounded in number whatever is sent: the first of a kind is written at once, further
 * ones are counted and written as one entry after a minute, then two, four and so on up to an hour for as long as they keep
 * coming. A kind that paused for twice its time is forgotten. Kinds beyond a bound count as one.
 */
export class RefusalLog {
  readonly #kinds = new Map<string, Kind>()
  #ready: AuditEvent[] = []

  add(facts: RefusalFacts, now: number): void {
    const name = `${facts.actor}\n${facts.endpoint}\n${facts.code}\n${facts.reason ?? ''}`
    const kind = this.#kinds.get(name)
    if (kind !== undefined) kind.count += 1
    else if (this.#kinds.size >= MAX_KINDS && facts !== OTHERS) this.add(OTHERS, now)
    else {
      this.#kinds.set(name, { facts, count: 0, nextAt: now + FIRST_PAUSE_MS, pauseMs: FIRST_PAUSE_MS })
      this.#ready.push(eventOf(facts, 1, now))
    }
  }

  /** The entries that are due, each once. */
  due(now: number): readonly AuditEvent[] {
    for (const [name, kind] of this.#kinds) {
      if (now < kind.nextAt) continue
      if (kind.count === 0) {
        if (now >= kind.nextAt + kind.pauseMs) this.#kinds.delete(name)
        continue
      }
      this.#ready.push(eventOf(kind.facts, kind.count, now))
      kind.count = 0
      kind.pauseMs = Math.min(kind.pauseMs * 2, LONGEST_PAUSE_MS)
      kind.nextAt = now + kind.pauseMs
    }
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  /** Everything that was counted and not written yet, whether it is due or not. */
  rest(now: number): readonly AuditEvent[] {
    for (const kind of this.#kinds.values()) kind.nextAt = now
    return this.due(now)
  }
}

function eventOf({ actor, endpoint, code, reason }: RefusalFacts, count: number, at: number): AuditEvent {
  const why = reason === null ? {} : { reason }
  return { at, actor, action: 'request.refused', target: endpoint, facts: { code, ...why, count } }
}
