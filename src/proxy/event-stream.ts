import type { ServerResponse } from 'node:http'
import type { ProxyLimits } from './limits.ts'
import type { HeaderMap } from './response-headers.ts'
import type { Framing } from './speaker.ts'

export interface EventStreamOptions {
  readonly limits: ProxyLimits
  readonly framing: Framing
  readonly headers: HeaderMap
}

/**
 * The writing side of one stream: one event a write, back pressure, a sign of life when nothing else is sent for a while. The client's clocks stop once headers have arrived, so a silent stream would look dead to proxies.
 */
export class EventStream {
  readonly #response: ServerResponse
  readonly #limits: ProxyLimits
  readonly #keepAlive: string | null
  #heartbeat: NodeJS.Timeout | undefined

  constructor(response: ServerResponse, { limits, framing, headers }: EventStreamOptions) {
    this.#response = response
    this.#limits = limits
    this.#keepAlive = framing.keepAlive
    response.writeHead(200, {
      ...headers,
      'content-type': framing.contentType,
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    response.flushHeaders()
    if (framing.keepAlive !== null) this.#heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs)
  }

  /** Writes one whole event; a promise while the client's buffer is full, as else there is nothing to wait for. False: the client is gone. */
  send(event: string): boolean | Promise<boolean> {
    if (this.#gone()) return false
    this.#heartbeat?.refresh()
    if (this.#response.write(event)) return true
    return this.#drained()
  }

  end(): void {
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
    if (!this.#gone()) this.#response.end()
  }

  #beat(): void {
    if (this.#keepAlive === null || this.#gone()) return
    // Signs of life must not pile up in front of a reader that does not read.
    if (!this.#response.writableNeedDrain) this.#response.write(this.#keepAlive)
  }

  #gone(): boolean {
    return this.#response.destroyed || this.#response.writableEnded
  }

  #drained(): Promise<boolean> {
    const response = this.#response
    return new Promise((resolve) => {
      const done = (open: boolean): void => {
        clearTimeout(timer)
        response.off('drain', onDrain)
        response.off('close', onClose)
        resolve(open)
      }
      const onDrain = (): void => done(true)
      const onClose = (): void => done(false)
      const timer = setTimeout(() => response.destroy(), this.#limits.writeStallMs)
      response.once('drain', onDrain)
      response.once('close', onClose)
    })
  }
}
