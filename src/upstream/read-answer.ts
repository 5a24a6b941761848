import type { UpstreamFailure, UpstreamResult } from '../pipeline/ports.ts'
import type { StreamPart, WireFormat } from '../wire/canonical.ts'
import { readProviderError } from '../wire/error-body.ts'
import { isJsonObject } from '../wire/json.ts'
import { lostInAnswer, lostInParts } from '../wire/lost-in-answer.ts'
import type { AnswerReading } from '../wire/reading.ts'
import { answerParts, hasContent } from './answer-parts.ts'
import type { AttemptLimits, AttemptTimer } from './attempt-timer.ts'
import { ByteSource } from './byte-source.ts'
import type { HttpAnswer } from './incoming-answer.ts'
import { classifyReported, classifyStatus, failed } from './failure.ts'
import { peekContent } from './peek.ts'
import type { AnswerReader } from './provider-format.ts'
import { headerValue, retryAfterMs } from './retry-after.ts'
import { asStreamError, streamParts } from './stream-parts.ts'
import { UpstreamStreamError } from '../engine/upstream-error.ts'

/** Bytes of a whole answer; images come inside as base64. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
/** Bytes of a stream, over all its events. */
const MAX_STREAM_BYTES = 256 * 1024 * 1024
/** Bytes of an error body that are read. */
const MAX_ERROR_BYTES = 64 * 1024

export interface AnswerContext {
  readonly timer: AttemptTimer
  readonly limits: AttemptLimits
  readonly stream: boolean
  readonly reader: AnswerReader
  readonly droppedParams: readonly string[]
  /** The client's. */
  readonly format: WireFormat
  /** Milliseconds since the epoch, for dates in `Retry-After`. */
  readonly now: number
  readonly scrub: (message: string) => string
}

/** Turns an HTTP answer into a result; a stream is read up to its first content. */
export async function readAnswer(response: HttpAnswer, context: AnswerContext): Promise<UpstreamResult> {
  const { statusCode: status, headers } = response
  const { timer, stream } = context
  if (status >= 300) return refusal(response, context)
  const source = new ByteSource(response.body, { timer, maxBytes: stream ? MAX_STREAM_BYTES : MAX_ANSWER_BYTES })
  const unreadable = unreadableHead(headers)
  if (unreadable !== null) {
    timer.stop()
    source.destroy()
    return failed({ failure: 'malformed', status, message: unreadable })
  }
  return stream ? readStream(source, { status, ...context }) : readWhole(source, { status, ...context })
}

type BodyContext = AnswerContext & { readonly status: number }

function unreadableHead(headers: HttpAnswer['headers']): string | null {
  const encoding = headerValue(headers, 'content-encoding')
  if (encoding !== null && encoding !== 'identity') return 'the answer is compressed, though it was asked not to be'
  const type = headerValue(headers, 'content-type')?.toLowerCase() ?? ''
  return type.startsWith('text/html') ? 'the answer is an HTML page' : null
}

async function refusal(response: HttpAnswer, context: AnswerContext): Promise<UpstreamFailure> {
  const { statusCode: status, headers } = response
  const source = new ByteSource(response.body, { timer: context.timer, maxBytes: MAX_ERROR_BYTES })
  let body: unknown = null
  try {
    body = parseJson(await source.text())
  } catch {
    // The status says enough; a body that breaks or never ends adds nothing.
    source.destroy()
  }
  context.timer.stop()
  if (context.timer.cause === 'client') return failed({ failure: 'aborted', message: 'the client went away' })
  const error = readProviderError(body)
  const redirect = status < 400
  const message = redirect ? `a redirect (${status}) is not followed` : context.scrub(error.message)
  return failed({
    failure: classifyStatus(status, error),
    status,
    retryAfterMs: retryAfterMs(headers, context.now) ?? error.retryAfterMs,
    message: message === '' ? `the provider answered ${status} without a message` : message,
  })
}

async function readWhole(source: ByteSource, context: BodyContext): Promise<UpstreamResult> {
  try {
    const text = await source.text()
    context.timer.stop()
    return wholeAnswer(text, context)
  } catch (error) {
    context.timer.stop()
    source.destroy()
    return brokenBody(error, context)
  }
}

function brokenBody(error: unknown, context: BodyContext): UpstreamFailure {
  const known = asStreamError(error, context)
  if (!(known instanceof UpstreamStreamError)) throw known
  const message =
    known.failure === 'cut_mid_stream' ? 'the connection broke before the answer had ended' : known.message
  return failed({ failure: known.failure, status: context.status, message })
}

function wholeAnswer(text: string, context: BodyContext): UpstreamResult {
  const { status } = context
  if (text.trim() === '') return failed({ failure: 'empty', status, message: 'the answer is empty' })
  const body = parseJson(text)
  const reading = context.reader.readWhole(body)
  if (reading.kind !== 'answer' || !isJsonObject(body)) return unusable(reading, context)
  const { answer } = reading
  if (!hasContent(answer)) return failed({ failure: 'empty', status, message: 'the answer has no content' })
  const raw = context.reader.rawBody(body, context.now)
  const droppedParams = joined(context, raw === null ? lostInAnswer(answer.blocks, context.format) : [])
  return { kind: 'answer', status, answer, raw, droppedParams, injected: false }
}

function unusable(reading: AnswerReading, { status, scrub }: BodyContext): UpstreamFailure {
  if (reading.kind === 'error') {
    const message = scrub(reading.error.message)
    return failed({
      failure: classifyReported(reading.error),
      status,
      retryAfterMs: reading.error.retryAfterMs,
      message: message === '' ? 'the provider reported an error inside a 200' : message,
    })
  }
  const message = reading.kind === 'malformed' ? `the answer can not be read: ${reading.message}` : 'no JSON object'
  return failed({ failure: 'malformed', status, message })
}

/** Hosts that ignore `stream` send a whole answer, or an error, as JSON; the first byte tells. */
async function readStream(source: ByteSource, context: BodyContext): Promise<UpstreamResult> {
  let json: boolean
  try {
    json = await source.startsWithJson()
  } catch (error) {
    context.timer.stop()
    return brokenBody(error, context)
  }
  if (!json) {
    const result = await peeked(streamParts({ source, ...context }), context)
    if (result.kind === 'stream') context.timer.contentArrived()
    return result
  }
  const whole = await readWhole(source, context)
  return whole.kind === 'answer' ? peeked(replay(answerParts(whole.answer)), context) : whole
}

async function* replay(parts: Iterable<StreamPart>): AsyncGenerator<StreamPart> {
  yield* parts
}

async function peeked(parts: AsyncGenerator<StreamPart>, context: BodyContext): Promise<UpstreamResult> {
  const { status } = context
  const peek = await peekContent(parts)
  if (peek.kind === 'failed') return failed({ failure: peek.failure, status, message: peek.message })
  // Headers go out now, so that of what the client can not be shown only the beginning can be listed.
  const droppedParams = joined(context, lostInParts(peek.head, context.format))
  return { kind: 'stream', status, parts: peek.parts, droppedParams, injected: false }
}

function joined({ droppedParams }: AnswerContext, lost: readonly string[]): readonly string[] {
  return lost.length === 0 ? droppedParams : [...droppedParams, ...lost].sort()
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return null
  }
}
