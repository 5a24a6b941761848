import { GatewayError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

/** Members whose meaning is an answer, a conversation or a prompt that was kept on a server. */
const STATEFUL: readonly (readonly [name: string, instead: string])[] = [
  ['previous_response_id', 'send the earlier turns in `input`'],
  ['conversation', 'send the earlier turns in `input`'],
  ['prompt', 'send the text of the prompt as `instructions`'],
]

/** Refuses what can only be served by whoever kept the state; ignoring it would answer another question. */
export function refuseState(body: JsonObject): void {
  for (const [name, hint] of STATEFUL) {
    const value = body[name]
    if (value !== undefined && value !== null) throw stateful(name, `"${name}" needs state that is not kept here`, hint)
  }
  if (body['background'] === true)
    throw stateful('background', '"background" is not supported: nothing is kept to be fetched later', 'leave it out')
}

/** The refusal of one member. */
export function stateful(param: string, message: string, hint: string): GatewayError {
  return new GatewayError('unsupported_parameter', message, { param, hint })
}
