import type { ServerResponse } from 'node:http'
import { SSE_KEEP_ALIVE } from '../wire/sse.ts'
import type { ProxyLimits } from './limits.ts'
import type { HeaderMap } from './response-headers.ts'

/**
 * The writing side of one server-sent event stream: one event a write, back pressure, a comment when nothing else is
 * sent for a while. The client's clocks stop once headers have arrived, so a silent stream would look dead to proxies.
 */
export class EventStream {
  readonly #response: ServerResponse
  readonly #limits: ProxyLimits
  #heartbeat: NodeJS.Timeout | undefined

  constructor(response: ServerResponse, limits: ProxyLimits, headers: HeaderMap) {
    this.#response = response
    this.#limits = limits
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    response.flushHeaders()
    this.#heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs)
  }

  /** Writes one whole event and waits while the client's buffer is full. False: the client is gone. */
  async send(event: string): Promise<boolean> {
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
    // Comments must not pile up in front of a reader that does not read.
    if (!this.#gone() && !this.#response.writableNeedDrain) this.#response.write(SSE_KEEP_ALIVE)
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
