import type { ExchangeRecord } from '../engine/record.ts'
import { UpstreamStreamError, type ExchangeReply } from '../pipeline/ports.ts'
import type { StreamPart } from '../wire/canonical.ts'
import { GatewayError } from '../wire/errors.ts'
import { stillWelcome } from './access.ts'
import { readBody } from './body.ts'
import { asGatewayError, sendError, sendJson } from './error-answer.ts'
import { EventStream } from './event-stream.ts'
import type { AuthedHandler, Caller, RequestContext, StopReason } from './exchange-context.ts'
import { hintsOf, type Hints } from './hints.ts'
import { incomingOf } from './incoming.ts'
import { headersOf } from './response-headers.ts'
import type { AnswerReply, Conversation, Speaker } from './speaker.ts'
import { wholeAsParts } from '../wire/whole-as-parts.ts'

type ErrorReply = Extract<ExchangeReply, { kind: 'error' }>

interface Asked {
  readonly speaker: Speaker
  readonly conversation: Conversation
  readonly hints: Hints
}

/** The handler of one format: reads the request, runs the pipeline, writes whichever of its three replies came. */
export function exchangeOf(speaker: Speaker): AuthedHandler {
  return (context, caller) => exchange(context, caller, speaker)
}

async function exchange(context: RequestContext, caller: Caller, speaker: Speaker): Promise<void> {
  const { request, ports, signal } = context
  const hints = hintsOf(request, caller.principal)
  const { body, startedAt } = await readBody(context)
  stillWelcome(context, caller)
  const shelf = context.items.shelf(caller.principal.rights.keyId)
  const conversation = speaker.read(body, request, shelf)
  const parseMs = performance.now() - startedAt
  const { canonical, body: own, droppedParams, endpoint = 'chat' } = conversation
  const read = { canonical, body: own, droppedParams, hints, parseMs, endpoint }
  const reply = await ports.pipeline.run(incomingOf(context, caller, read), signal)
  await answer(context, reply, { speaker, conversation, hints })
}

async function answer(context: RequestContext, reply: ExchangeReply, asked: Asked): Promise<void> {
  switch (reply.kind) {
    case 'error':
      return sendRefusal(context, reply, asked)
    case 'answer': {
      const { answer: whole, record } = reply
      if (asked.conversation.canonical.stream) return relay(context, { record, parts: wholeAsParts(whole) }, asked)
      return sendAnswer(context, reply, asked)
    }
    case 'stream':
      return relay(context, { record: reply.draft, parts: reply.parts }, asked)
  }
}

function sendRefusal(context: RequestContext, reply: ErrorReply, { speaker, hints }: Asked): void {
  const error = isShutdown(context.signal) ? stopping() : reply.error
  const record = hints.explain ? reply.record : undefined
  sendError(context, { error, voice: speaker.voice, headers: headersOf(reply.record), record })
}

function sendAnswer({ response, requestId }: RequestContext, reply: AnswerReply, { conversation, hints }: Asked): void {
  for (const [name, value] of Object.entries(headersOf(reply.record))) response.setHeader(name, value)
  const body = conversation.answerBody(reply, requestId)
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
async function relay(context: RequestContext, { record, parts }: Relayed, { conversation }: Asked): Promise<void> {
  const { response, limits, signal, requestId } = context
  const { framing } = conversation
  const stream = new EventStream(response, { limits, framing, headers: headersOf(record) })
  const writer = conversation.streamWriter(record, requestId)
  try {
    for await (const part of parts) {
      for (const event of writer.write(part)) {
        const sent = stream.send(event)
        if (sent !== true && !(await sent)) return
      }
    }
    for (const event of writer.end()) await stream.send(event)
  } catch (thrown) {
    const error = isShutdown(signal) ? stopping() : lateError(thrown)
    for (const event of writer.fail(error)) await stream.send(event)
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
