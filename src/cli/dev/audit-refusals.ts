import { RefusalLog } from '../../auth/refusal-log.ts'
import type { AuditEvent, AuditStore } from '../../auth/ports.ts'
import type { DevBus, DevEvent } from './bus.ts'

const FLUSH_MS = 1_000
/** Entries kept through trouble with the disk; far more than an hour makes. */
const MAX_WAITING = 10_000

export interface RefusalAudit {
  /** Writes what is left and stops. */
  close(): void
}

/**
 * Refused keys and rights go to the audit log, once a second and never while a request waits. Their number is bounded by the
 * log's own rules, so that a flood of bad keys fills no disk.
 */
export function auditRefusals(bus: DevBus, audit: AuditStore, onTrouble: (cause: unknown) => void): RefusalAudit {
  const log = new RefusalLog()
  let waiting: readonly AuditEvent[] = []
  const write = (events: readonly AuditEvent[]): void => {
    // What could not be written, as the command line was writing just then, goes with the next.
    waiting = [...waiting, ...events].slice(0, MAX_WAITING)
    if (waiting.length === 0) return
    try {
      audit.append(waiting)
      waiting = []
    } catch (cause) {
      onTrouble(cause)
    }
  }
  const stop = bus.subscribe((event) => note(event, log))
  const timer = setInterval(() => write(log.due(Date.now())), FLUSH_MS)
  timer.unref()
  return {
    close() {
      stop()
      clearInterval(timer)
      write(log.rest(Date.now()))
    },
  }
}

function note(event: DevEvent, log: RefusalLog): void {
  if (event.kind === 'refused') {
    const { status, code, endpoint, keyId = '-', reason = null, at } = event.refusal
    if (status === 401 || status === 403) log.add({ actor: keyId, endpoint, code, reason }, at)
    return
  }
  if (event.kind !== 'finished') return
  const { decision, result, at } = event.record
  if (result.kind !== 'refused' || result.code !== 'model_not_allowed') return
  log.add({ actor: decision.principal.keyId, endpoint: decision.asked.endpoint, code: result.code, reason: null }, at)
}
