import type { UpstreamCall, UpstreamPort, UpstreamResult } from '../../pipeline/ports.ts'
import { atStreamEnd } from '../../upstream/stream-end.ts'

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
      // A stream counts as one call until it ends, or until its client leaves, even if nobody ever read it.
      return { ...result, parts: atStreamEnd(result.parts, call.signal, () => this.#ended()) }
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
}
