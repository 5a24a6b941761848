import type { UpstreamFailureClass } from '../engine/record.ts'
import { UpstreamStreamError } from '../engine/upstream-error.ts'
import type { StreamPart } from '../wire/canonical.ts'
import type { DecodedEvent, StreamDecoder } from '../wire/reading.ts'
import { readProviderError } from '../wire/error-body.ts'
import { SseOverflowError, SseParser, type SseEvent } from '../wire/sse.ts'
import { describeTimeout, type AttemptLimits, type AttemptTimer } from './attempt-timer.ts'
import { TooLargeError, type ByteSource } from './byte-source.ts'
import { classifyReported } from './failure.ts'
import type { AnswerReader } from './provider-format.ts'
import { Utf8Reader } from './utf8-reader.ts'

export interface StreamContext {
  readonly source: ByteSource
  readonly timer: AttemptTimer
  readonly limits: AttemptLimits
  readonly reader: AnswerReader
  readonly scrub: (message: string) => string
}

/**
 * The parts of a streamed answer. Ends normally after a finish part alone; everything else is an `UpstreamStreamError`.
 * Written by hand: generators around generators wait several times for every part, and most of a stream is waiting.
 */
export function streamParts(context: StreamContext): AsyncGenerator<StreamPart> {
  return new PartStream(context)
}

class PartStream implements AsyncGenerator<StreamPart> {
  readonly #context: StreamContext
  readonly #decoder: StreamDecoder
  readonly #utf8 = new Utf8Reader()
  readonly #parser = new SseParser()
  /** Parts that were decoded and not taken yet. */
  #parts: StreamPart[] = []
  #next = 0
  /** Nothing more will be decoded; the error, if any, comes after the parts. */
  #over = false
  #error: Error | null = null
  #seen = false

  constructor(context: StreamContext) {
    this.#context = context
    this.#decoder = context.reader.decoder()
  }

  next(): Promise<IteratorResult<StreamPart>> {
    const part = this.#take()
    return part === null ? this.#more() : Promise.resolve({ done: false, value: part })
  }

  return(): Promise<IteratorResult<StreamPart>> {
    this.#parts = []
    this.#next = 0
    this.#error = null
    if (!this.#over) this.#finish(false)
    return Promise.resolve({ done: true, value: undefined })
  }

  throw(error: unknown): Promise<IteratorResult<StreamPart>> {
    void this.return()
    return Promise.reject(error instanceof Error ? error : new Error('the stream was given up'))
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #take(): StreamPart | null {
    const part = this.#parts[this.#next]
    if (part === undefined) return null
    this.#next += 1
    return part
  }

  async #more(): Promise<IteratorResult<StreamPart>> {
    for (;;) {
      const part = this.#take()
      if (part !== null) return { done: false, value: part }
      if (this.#over) {
        const error = this.#error
        this.#error = null
        if (error !== null) throw error
        return { done: true, value: undefined }
      }
      this.#parts = []
      this.#next = 0
      try {
        this.#decode(await this.#context.source.next())
      } catch (error) {
        if (this.#over) continue
        this.#error = asStreamError(error, this.#context)
        this.#finish(false)
      }
    }
  }

  /** Null at the end of the bytes. */
  #decode(bytes: Uint8Array | null): void {
    if (this.#over) return
    const done = bytes === null ? this.#readEnd() : this.#decodeAll(this.#parser.push(this.#utf8.read(bytes)), false)
    if (!done) return
    this.#parts.push(...this.#decoder.end())
    if (!this.#decoder.finished) throw unfinished(this.#seen)
    this.#finish(true)
  }

  #readEnd(): true {
    if (this.#decodeAll(this.#parser.push(this.#utf8.end()), false)) return true
    const last = this.#parser.end()
    if (last !== null) this.#decodeAll([last], true)
    return true
  }

  /** `open`: the stream ended inside the event. True once the format has marked its end. */
  #decodeAll(events: readonly SseEvent[], open: boolean): boolean {
    for (const event of events) {
      const decoded = event.event === 'error' ? errorEvent(event) : this.#decoder.push(event.data)
      if (decoded.kind === 'error') {
        const { error } = decoded
        throw new UpstreamStreamError(classifyReported(error), saidInside(error.message, this.#context))
      }
      if (decoded.kind === 'malformed') {
        // What the connection cut off in the middle is no mistake of the provider's wording.
        throw new UpstreamStreamError(open ? 'cut_mid_stream' : 'malformed', decoded.message)
      }
      if (decoded.parts.length > 0) this.#seen = true
      for (const part of decoded.parts) this.#parts.push(part)
      if (decoded.kind === 'done') return true
    }
    return false
  }

  #finish(whole: boolean): void {
    const { source, timer } = this.#context
    this.#over = true
    timer.stop()
    if (whole) source.drain()
    else source.destroy()
  }
}

/** What an exception while reading means, most specific cause first. */
export function asStreamError(error: unknown, { timer, limits }: Pick<StreamContext, 'timer' | 'limits'>): Error {
  const { cause } = timer
  if (cause === 'client') return new UpstreamStreamError('aborted', 'the client went away', { cause: error })
  if (cause !== null) return new UpstreamStreamError(cause, describeTimeout(cause, limits), { cause: error })
  if (error instanceof UpstreamStreamError) return error
  const tooLarge = error instanceof SseOverflowError || error instanceof TooLargeError
  const failure: UpstreamFailureClass = tooLarge ? 'malformed' : 'cut_mid_stream'
  const message = tooLarge ? error.message : 'the connection broke before the stream had ended'
  return new UpstreamStreamError(failure, message, { cause: error })
}

/** `event: error` with any body is an error, also where the body alone would look like a chunk. */
function errorEvent({ data }: SseEvent): DecodedEvent {
  try {
    const body: unknown = JSON.parse(data)
    return { kind: 'error', error: readProviderError(body) }
  } catch {
    return { kind: 'error', error: readProviderError(data) }
  }
}

function unfinished(seen: boolean): UpstreamStreamError {
  if (!seen) return new UpstreamStreamError('empty', 'the stream was empty')
  return new UpstreamStreamError('cut_mid_stream', 'the stream ended without a finish reason')
}

function saidInside(message: string, { scrub }: StreamContext): string {
  return message === '' ? 'the provider reported an error inside the stream' : scrub(message)
}
