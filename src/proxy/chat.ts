import type { ExchangeRecord } from '../engine/record.ts'
import { UpstreamStreamError, type ExchangeReply } from '../pipeline/ports.ts'
import type { CanonicalRequest, StreamPart } from '../wire/canonical.ts'
import { GatewayError } from '../wire/errors.ts'
import { parseChatRequest } from '../wire/openai-chat/parse-request.ts'
import { SSE_DONE, sseData } from '../wire/sse.ts'
import { checkMediaType, parseBody, readBytes, refuseTargets } from './body.ts'
import { chatAnswerBody, chatStreamWriter, partsOf } from './chat-format.ts'
import { asGatewayError, errorAnswerBody, sendError, sendJson } from './error-answer.ts'
import { EventStream } from './event-stream.ts'
import type { Caller, RequestContext, StopReason } from './exchange-context.ts'
import { hintsOf, type Hints } from './hints.ts'
import { incomingOf } from './incoming.ts'
import { headersOf } from './response-headers.ts'

type ErrorReply = Extract<ExchangeReply, { kind: 'error' }>
type AnswerReply = Extract<ExchangeReply, { kind: 'answer' }>

interface Asked {
  readonly canonical: CanonicalRequest
  readonly hints: Hints
}

/** `POST /chat/completions`: reads the request, runs the pipeline, writes whichever of its three replies came. */
export async function handleChat(context: RequestContext, caller: Caller): Promise<void> {
  const { request, response, limits, ports, signal } = context
  const hints = hintsOf(request)
  checkMediaType(request)
  if (request.headers.expect !== undefined) response.writeContinue()
  const bytes = await readBytes(request, limits)
  const startedAt = performance.now()
  const body = parseBody(bytes, limits)
  refuseTargets(body)
  const canonical = parseChatRequest(body)
  const parseMs = performance.now() - startedAt
  const incoming = incomingOf(context, caller, { canonical, body, hints, parseMs })
  const reply = await ports.pipeline.run(incoming, signal)
  await answer(context, reply, { canonical, hints })
}

async function answer(context: RequestContext, reply: ExchangeReply, asked: Asked): Promise<void> {
  switch (reply.kind) {
    case 'error':
      return sendRefusal(context, reply, asked)
    case 'answer': {
      const { answer: whole, record } = reply
      if (asked.canonical.stream) return relay(context, { record, parts: partsOf(whole) }, asked)
      return sendAnswer(context, reply, asked)
    }
    case 'stream':
      return relay(context, { record: reply.draft, parts: reply.parts }, asked)
  }
}

function sendRefusal(context: RequestContext, reply: ErrorReply, { hints }: Asked): void {
  const { request, response, signal } = context
  const error = isShutdown(signal) ? stopping() : reply.error
  const record = hints.explain ? reply.record : undefined
  sendError({ request, response, error, headers: headersOf(reply.record), record })
}

function sendAnswer({ response, requestId }: RequestContext, reply: AnswerReply, { hints }: Asked): void {
  for (const [name, value] of Object.entries(headersOf(reply.record))) response.setHeader(name, value)
  const body = chatAnswerBody(reply, requestId)
  sendJson(response, 200, hints.explain ? { ...body, gateway: reply.record } : body)
}

interface Relayed {
  /** As known when the first part is there. */
  readonly record: ExchangeRecord
  readonly parts: AsyncIterable<StreamPart> | Iterable<StreamPart>
}

/**
 * Sends the parts as they come. The end marker goes out only after the upstream has finished; every other end is an error
 * event, so that a cut answer can not look whole.
 */
async function relay(context: RequestContext, { record, parts }: Relayed, { canonical }: Asked): Promise<void> {
  const { response, limits, signal, requestId } = context
  const stream = new EventStream(response, limits, headersOf(record))
  const encode = chatStreamWriter(record, canonical, requestId)
  try {
    for await (const part of parts)
      for (const payload of encode(part)) if (!(await stream.send(sseData(payload)))) return
    await stream.send(SSE_DONE)
  } catch (thrown) {
    const error = isShutdown(signal) ? stopping() : lateError(thrown)
    await stream.send(sseData(JSON.stringify(errorAnswerBody(error))))
  } finally {
    stream.end()
  }
}

function lateError(thrown: unknown): GatewayError {
  if (!(thrown instanceof UpstreamStreamError)) return asGatewayError(thrown)
  const code = thrown.failure.startsWith('timeout_') ? 'deadline_exceeded' : 'upstream_exhausted'
  return new GatewayError(code, 'the provider broke off before the answer was complete', {
    data: { failure: thrown.failure },
  })
}

function isShutdown(signal: AbortSignal): boolean {
  const stop: StopReason = 'shutdown'
  return signal.aborted && signal.reason === stop
}

function stopping(): GatewayError {
  return new GatewayError('shutting_down', 'the proxy was stopped before the answer was complete')
}
