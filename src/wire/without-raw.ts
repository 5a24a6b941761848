import type { StreamPart } from './canonical.ts'
import type { DecodedEvent, StreamDecoder } from './reading.ts'

/** A decoder for clients of another format: they can use nothing of the provider's own payloads. */
export class WithoutRaw implements StreamDecoder {
  readonly #inner: StreamDecoder

  constructor(inner: StreamDecoder) {
    this.#inner = inner
  }

  get finished(): boolean {
    return this.#inner.finished
  }

  push(payload: string): DecodedEvent {
    const event = this.#inner.push(payload)
    return 'parts' in event ? { ...event, parts: event.parts.flatMap(stripped) } : event
  }

  end(): StreamPart[] {
    return this.#inner.end().flatMap(stripped)
  }
}

function stripped(part: StreamPart): StreamPart[] {
  if (part.kind === 'opaque') return []
  const { raw: _raw, ...words } = part
  return [words]
}
