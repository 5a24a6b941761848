import type { UpstreamFailureClass } from '../engine/record.ts'
import { UpstreamStreamError } from '../engine/upstream-error.ts'
import type { StreamPart } from '../wire/canonical.ts'
import type { DecodedEvent } from '../wire/reading.ts'
import { readProviderError } from '../wire/error-body.ts'
import { SseOverflowError, SseParser, type SseEvent } from '../wire/sse.ts'
import { describeTimeout, type AttemptLimits, type AttemptTimer } from './attempt-timer.ts'
import { TooLargeError, type ByteSource } from './byte-source.ts'
import { classifyReported } from './failure.ts'
import type { AnswerReader } from './provider-format.ts'

export interface StreamContext {
  readonly source: ByteSource
  readonly timer: AttemptTimer
  readonly limits: AttemptLimits
  readonly reader: AnswerReader
  readonly scrub: (message: string) => string
}

/** The parts of a streamed answer. Ends normally after a finish part alone; everything else is an `UpstreamStreamError`. */
export async function* streamParts(context: StreamContext): AsyncGenerator<StreamPart> {
  const { source, timer } = context
  const decoder = context.reader.decoder()
  let ended = false
  let seen = false
  try {
    for await (const event of readEvents(context)) {
      const decoded = event.event === 'error' ? errorEvent(event) : decoder.push(event.data)
      if (decoded.kind === 'error') {
        throw new UpstreamStreamError(classifyReported(decoded.error), saidInside(decoded.error.message, context))
      }
      if (decoded.kind === 'malformed') {
        // What the connection cut off in the middle is no mistake of the provider's wording.
        throw new UpstreamStreamError(event.open ? 'cut_mid_stream' : 'malformed', decoded.message)
      }
      if (decoded.parts.length > 0) seen = true
      // `yield*` in an async generator waits several times for every part.
      for (const part of decoded.parts) yield part
      if (decoded.kind === 'done') break
    }
    for (const part of decoder.end()) yield part
    if (!decoder.finished) throw unfinished(seen)
    ended = true
  } catch (error) {
    throw asStreamError(error, context)
  } finally {
    timer.stop()
    if (ended) source.drain()
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

interface OpenEvent extends SseEvent {
  /** The stream ended inside this event. */
  readonly open: boolean
}

async function* readEvents({ source }: StreamContext): AsyncGenerator<OpenEvent> {
  // The parser strips the byte order mark; only it knows where the stream begins.
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  const parser = new SseParser()
  let bytes = await source.next()
  while (bytes !== null) {
    for (const event of parser.push(utf8.decode(bytes, { stream: true }))) yield { ...event, open: false }
    bytes = await source.next()
  }
  for (const event of parser.push(utf8.decode())) yield { ...event, open: false }
  const last = parser.end()
  if (last !== null) yield { ...last, open: true }
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
