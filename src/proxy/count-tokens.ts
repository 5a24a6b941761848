import { refusalError } from '../pipeline/refusal.ts'
import type { GatewayError } from '../wire/errors.ts'
import { stillWelcome } from './access.ts'
import { readBody } from './body.ts'
import { sendJson } from './error-answer.ts'
import type { AuthedHandler } from './exchange-context.ts'
import { hintsOf } from './hints.ts'
import { incomingOf } from './incoming.ts'
import type { Counter } from './speaker.ts'

/** The handler that counts the tokens of a prompt: an estimate, without calling a provider and without a record. */
export function countingOf(counter: Counter): AuthedHandler {
  return async (context, caller) => {
    const { request, response, ports } = context
    const hints = hintsOf(request, caller.principal)
    const { body } = await readBody(context)
    stillWelcome(context, caller)
    const canonical = counter.read(body, request)
    const read = { canonical, body: null, droppedParams: [], hints, parseMs: 0, endpoint: 'chat' } as const
    const now = Date.now()
    const decided = ports.pipeline.decide(incomingOf(context, caller, read), now)
    const refusal = refusalError(decided, now)
    if (refusal !== null && isAboutName(refusal)) throw refusal
    sendJson(response, 200, counter.answerBody(decided.decision.features.inputTokens))
  }
}

/** A prompt too large for every model still has a length; a name that means nothing has none. */
function isAboutName({ code }: GatewayError): boolean {
  return code === 'model_not_found' || code === 'model_not_allowed'
}
