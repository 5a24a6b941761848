import type { Dispatcher } from 'undici'

/** What can stop a call from outside. */
export interface StopSignal {
  readonly aborted: boolean
  /** The listener is called at most once. */
  onAbort(listener: () => void): void
}

/** The head of an answer, with its body still to be read. */
export interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: IncomingAnswer
}

/** Bytes that may wait to be read before the connection is paused. */
const MOST_WAITING_BYTES = 64 * 1024

interface Waiter {
  readonly resolve: (bytes: Uint8Array | null) => void
  readonly reject: (error: Error) => void
}

/**
 * One answer as undici's dispatcher tells of it: the head as a promise, the body to be pulled. undici's own `request()`
 * puts a Node stream with an iterator around every body, which costs more than all else that a call takes.
 */
export class IncomingAnswer implements Dispatcher.DispatchHandler {
  readonly head: Promise<HttpAnswer>
  readonly #chunks: Uint8Array[] = []
  #waitingBytes = 0
  #controller: Dispatcher.DispatchController | null = null
  #ended = false
  #error: Error | null = null
  #waiter: Waiter | null = null
  #answered: (answer: HttpAnswer) => void = () => undefined
  #failed: (error: Error) => void = () => undefined

  constructor(signal: StopSignal) {
    this.head = new Promise((resolve, reject) => {
      this.#answered = resolve
      this.#failed = reject
    })
    if (signal.aborted) this.#stop()
    else signal.onAbort(() => this.#stop())
  }

  /** The request has got a connection and is being written. */
  get begun(): boolean {
    return this.#controller !== null
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Stopped while it waited for a connection.
    if (this.#error !== null) controller.abort(this.#error)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: HttpAnswer['headers'],
  ): void {
    if (statusCode >= 200) this.#answered({ statusCode, headers, body: this })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    const waiter = this.#waiter
    if (waiter !== null) {
      this.#waiter = null
      waiter.resolve(chunk)
      return
    }
    this.#chunks.push(chunk)
    this.#waitingBytes += chunk.byteLength
    if (this.#waitingBytes >= MOST_WAITING_BYTES) controller.pause()
  }

  onResponseEnd(): void {
    this.#ended = true
    this.#waiter?.resolve(null)
    this.#waiter = null
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#error ??= error
    this.#failed(this.#error)
    this.#waiter?.reject(this.#error)
    this.#waiter = null
  }

  /** The next bytes, null at the end; a promise only where they are not there yet. To be called once at a time. */
  read(): Uint8Array | null | Promise<Uint8Array | null> {
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) {
      this.#waitingBytes -= chunk.byteLength
      if (this.#controller?.paused === true && this.#waitingBytes < MOST_WAITING_BYTES) this.#controller.resume()
      return chunk
    }
    if (this.#error !== null) return Promise.reject(this.#error)
    if (this.#ended) return null
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }

  /** Closes the connection if the body has not come to its end. */
  destroy(): void {
    if (!this.#ended) this.#stop()
  }

  #stop(): void {
    if (this.#ended || this.#error !== null) return
    this.onResponseError(undefined, new Error('the answer was not read to its end'))
    if (this.#error !== null) this.#controller?.abort(this.#error)
  }
}
