import { fieldsLine, logLine, type LogStyle } from '../../telemetry/log-line.ts'
import type { DevBus, DevEvent } from './bus.ts'

export interface PlainLog {
  readonly style: LogStyle
  /** One finished request. */
  line(text: string): void
  /** What concerns the proxy itself. */
  note(text: string): void
}

/** Plain mode: one line for every finished request, also for those refused at the door. Returns the way to stop. */
export function attachPlainLog(bus: DevBus, log: PlainLog): () => void {
  return bus.subscribe((event) => show(event, log))
}

function show(event: DevEvent, log: PlainLog): void {
  switch (event.kind) {
    case 'finished':
      log.line(logLine(event.record, log.style))
      return
    case 'refused': {
      const { requestId, at, endpoint, status, code, ms, keyId } = event.refusal
      const key = keyId === undefined ? {} : { key: keyId }
      const told = { ts: new Date(at).toISOString(), id: requestId, status, ...key, code, endpoint }
      const fields = { ...told, total_ms: round(ms) }
      log.line(fieldsLine(fields, log.style))
      return
    }
    case 'config':
    case 'notice':
      log.note(log.style.redact(event.text))
      return
    case 'started':
    case 'streaming':
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
