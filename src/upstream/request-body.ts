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
  const kept: [string, JsonValue][] = []
  const droppedParams = own ? [] : droppedByChat(request)
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined || name === 'stream' || name === 'stream_options') continue
    if (quirks.dropped.includes(name)) {
      if (value !== null) droppedParams.push(name)
    } else kept.push([renamed(quirks, name), value])
  }
  // Not by assignment: a client may have named a member `__proto__`.
  const members: Record<string, JsonValue> = Object.fromEntries(kept)
  members['model'] = model
  applyQuirks(members, quirks)
  if (request.stream) {
    members['stream'] = true
    if (quirks.streamOptions) members['stream_options'] = { ...objectOr(source['stream_options']), include_usage: true }
  }
  return { body: members, droppedParams: droppedParams.sort() }
}

function applyQuirks(members: Record<string, JsonValue>, quirks: RequestQuirks): void {
  const limit = members['max_completion_tokens']
  if (quirks.outputLimitName === 'max_tokens' && limit !== undefined) {
    delete members['max_completion_tokens']
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

function renamed({ renamed: names }: RequestQuirks, name: string): string {
  return (Object.hasOwn(names, name) ? names[name] : undefined) ?? name
}
