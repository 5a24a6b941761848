import type { ServerResponse } from 'node:http'
import type { ProxyLimits } from './limits.ts'
import type { HeaderMap } from './response-headers.ts'
import type { Framing } from './speaker.ts'

export interface EventStreamOptions {
  readonly limits: ProxyLimits
  readonly framing: Framing
  readonly headers: HeaderMap
}

/** Events that wait for the end of the tick are written before it once they are this long together. */
const MOST_WAITING_CHARS = 16 * 1024
const LAST_CHUNK = '0\r\n\r\n'

/**
 * The writing side of one stream: the whole events of one tick in one write, back pressure, a sign of life when nothing
 * else is sent for a while. The client's clocks stop once headers have arrived, so a silent stream would look dead to
 * proxies.
 */
export class EventStream {
  readonly #response: ServerResponse
  readonly #limits: ProxyLimits
  readonly #keepAlive: string | null
  readonly #isChunked: boolean
  #heartbeat: NodeJS.Timeout | undefined
  #sentAt = performance.now()
  #waiting = ''
  #isFlushDue = false

  constructor(response: ServerResponse, { limits, framing, headers }: EventStreamOptions) {
    this.#response = response
    this.#limits = limits
    this.#keepAlive = framing.keepAlive
    response.writeHead(200, {
      'content-type': framing.contentType,
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
      ...headers,
    })
    // HTTP/1.0 knows no chunks. Elsewhere they are framed here: Node writes four pieces for each.
    this.#isChunked = response.chunkedEncoding
    response.chunkedEncoding = false
    this.#flushSoon()
    if (framing.keepAlive !== null) this.#watch(limits.heartbeatMs)
  }

  /** Sends one whole event; a promise while the client's buffer is full, as else there is nothing to wait for. False: the client is gone. */
  send(event: string): boolean | Promise<boolean> {
    if (this.#gone()) return false
    this.#waiting += event
    if (this.#waiting.length >= MOST_WAITING_CHARS) this.#flush()
    else this.#flushSoon()
    return this.#response.writableNeedDrain ? this.#drained() : true
  }

  end(): void {
    clearTimeout(this.#heartbeat)
    this.#heartbeat = undefined
    if (this.#gone()) return
    if (this.#waiting !== '') this.#write(this.#waiting)
    this.#waiting = ''
    if (this.#isChunked) this.#response.end(LAST_CHUNK, 'latin1')
    else this.#response.end()
  }

  /** After all that is ready now, which for events that came in one piece is all of them. */
  #flushSoon(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    process.nextTick(() => {
      this.#isFlushDue = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#gone()) return
    const events = this.#waiting
    this.#waiting = ''
    this.#sentAt = performance.now()
    if (events !== '') this.#write(events)
    else this.#response.flushHeaders()
  }

  #write(text: string): void {
    const bytes = Buffer.byteLength(text)
    const chunk = this.#isChunked ? `${bytes.toString(16)}\r\n${text}\r\n` : text
    // Most text is ASCII, which is written without a look at every character.
    this.#response.write(chunk, bytes === text.length ? 'latin1' : 'utf8')
  }

  /** Looks again when a sign of life may be due: setting a timer back at every event costs more than the event. */
  #watch(ms: number): void {
    this.#heartbeat = setTimeout(() => {
      const leftMs = this.#sentAt + this.#limits.heartbeatMs - performance.now()
      if (leftMs <= 0) this.#beat()
      this.#watch(leftMs > 0 ? leftMs : this.#limits.heartbeatMs)
    }, ms)
  }

  #beat(): void {
    if (this.#keepAlive === null || this.#gone()) return
    // Signs of life must not pile up in front of a reader that does not read.
    if (!this.#response.writableNeedDrain) this.#write(this.#keepAlive)
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
