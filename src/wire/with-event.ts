import type { StreamPart } from './canonical.ts'
import type { JsonObject } from './json.ts'

interface SaidBy {
  readonly event: JsonObject
  /** The event as it came. */
  readonly payload: string
  /** True for an event without parts that says nothing to a client. */
  readonly isFraming: (event: JsonObject) => boolean
}

/**
 * Parts with the event that said them, for a client of the same format: as the `raw` of the first, or in an opaque part when
 * there is none. The payload begins with its type, so that the event can be named again without being parsed.
 */
export function withEvent(parts: readonly StreamPart[], { event, payload, isFraming }: SaidBy): StreamPart[] {
  const ordered = payload.startsWith('{"type":"') && !/[\r\n]/.test(payload)
  const raw = ordered ? payload : JSON.stringify({ type: event['type'], ...event })
  if (parts.length === 0) return [{ kind: 'opaque', raw, ...(isFraming(event) ? { framing: true } : {}) }]
  return parts.map((part, at) => ({ ...part, raw: at === 0 ? raw : '' }))
}
