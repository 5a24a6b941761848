import type { UpstreamCall, UpstreamPort, UpstreamResult } from '../../pipeline/ports.ts'
import type { StreamPart } from '../../wire/canonical.ts'

export interface SwappableUpstream extends UpstreamPort {
  /** Later calls go to `next`; the old one is closed once the calls it is busy with have ended. */
  swap(next: UpstreamPort): void
}

/** Lets a config reload replace the providers without cutting answers that are under way. */
export function swappableUpstream(first: UpstreamPort): SwappableUpstream {
  let current = new Leased(first)
  const retired = new Set<Leased>()
  return {
    get mode() {
      return current.port.mode
    },
    call: (call) => current.call(call),
    swap(next) {
      const old = current
      current = new Leased(next)
      retired.add(old)
      old.closeWhenIdle(() => retired.delete(old))
    },
    async close() {
      await Promise.all([current, ...retired].map((leased) => leased.port.close()))
    },
  }
}

class Leased {
  readonly port: UpstreamPort
  #busy = 0
  #onIdle: (() => void) | undefined

  constructor(port: UpstreamPort) {
    this.port = port
  }

  async call(call: UpstreamCall): Promise<UpstreamResult> {
    this.#busy += 1
    let streaming = false
    try {
      const result = await this.port.call(call)
      if (result.kind !== 'stream') return result
      streaming = true
      return { ...result, parts: this.#counted(result.parts, call.signal) }
    } finally {
      if (!streaming) this.#ended()
    }
  }

  closeWhenIdle(closed: () => void): void {
    this.#onIdle = () => {
      this.#onIdle = undefined
      void this.port.close().finally(closed)
    }
    if (this.#busy === 0) this.#onIdle()
  }

  #ended(): void {
    this.#busy -= 1
    if (this.#busy === 0) this.#onIdle?.()
  }

  /** A stream counts as one call until it ends, or until its client leaves, even if nobody ever read it. */
  #counted(parts: AsyncIterable<StreamPart>, signal: AbortSignal): AsyncIterable<StreamPart> {
    let open = true
    const end = (): void => {
      if (!open) return
      open = false
      signal.removeEventListener('abort', end)
      this.#ended()
    }
    signal.addEventListener('abort', end, { once: true })
    return until(parts, end)
  }
}

async function* until(parts: AsyncIterable<StreamPart>, end: () => void): AsyncGenerator<StreamPart> {
  try {
    yield* parts
  } finally {
    end()
  }
}
