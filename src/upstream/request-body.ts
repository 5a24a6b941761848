import type { UpstreamCall } from '../pipeline/ports.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../wire/json.ts'
import { hasForeignSeals } from '../wire/signatures.ts'
import { droppedByChat } from '../wire/openai-chat/dropped.ts'
import { encodeChatRequest } from '../wire/openai-chat/encode-request.ts'
import type { RequestQuirks } from './request-quirks.ts'

export interface RequestBody {
  readonly body: JsonObject
  readonly droppedParams: readonly string[]
}

/**
 * The body for one attempt. A client's own body goes through with only `model` and the stream members changed, and what
 * the provider's quirks demand; without one the canonical request is written out.
 */
export function requestBody(
  { request, body, target }: Pick<UpstreamCall, 'request' | 'body' | 'target'>,
  quirks: RequestQuirks,
): RequestBody {
  const model = target.upstreamModel
  const own = request.format === 'openai-chat'
  const passes = own && body !== null && (quirks.seals || !hasForeignSeals(request, 'openai-chat'))
  const source = passes ? body : encodeChatRequest(request, { model, includeUsage: true })
  const droppedParams = own ? [] : droppedByChat(request)
  // A copy, in which what is left out is undefined: as JSON it is not there.
  const members: Members = { model, stream: undefined, stream_options: undefined, ...source }
  members['model'] = model
  members['stream'] = members['stream_options'] = undefined
  for (const name of quirks.dropped) if (leaveOut(members, name)) droppedParams.push(name)
  applyQuirks(members, quirks)
  if (request.stream) {
    members['stream'] = true
    if (quirks.streamOptions) members['stream_options'] = { ...objectOr(source['stream_options']), include_usage: true }
  }
  return { body: members, droppedParams: droppedParams.sort() }
}

type Members = Record<string, JsonValue | undefined>

/** True when the member said something. */
function leaveOut(members: Members, name: string): boolean {
  const given = members[name]
  if (given !== undefined) members[name] = undefined
  return given !== undefined && given !== null
}

function applyQuirks(members: Members, quirks: RequestQuirks): void {
  for (const [name, wanted] of Object.entries(quirks.renamed)) {
    const value = members[name]
    if (value === undefined) continue
    members[name] = undefined
    members[wanted] = value
  }
  const limit = members['max_completion_tokens']
  if (quirks.outputLimitName === 'max_tokens' && limit !== undefined) {
    members['max_completion_tokens'] = undefined
    if (limit !== null) members['max_tokens'] = limit
  }
  if (members['tool_choice'] === 'required') members['tool_choice'] = quirks.toolChoiceRequired
  const { messages } = members
  if (!quirks.developerRole && Array.isArray(messages)) members['messages'] = messages.map(asSystem)
}

function asSystem(message: JsonValue): JsonValue {
  return isJsonObject(message) && message['role'] === 'developer' ? { ...message, role: 'system' } : message
}

function objectOr(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
