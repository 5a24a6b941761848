import type { Incoming } from '../../pipeline/ports.ts'
import type { CanonicalRequest } from '../../wire/canonical.ts'
import type { JsonObject } from '../../wire/json.ts'
import { encodeChatRequest } from '../../wire/openai-chat/encode-request.ts'
import { parseChatRequest } from '../../wire/openai-chat/parse-request.ts'

/** The request as a fixture holds it: in chat form, whatever the client spoke. Null where no conversation was asked for. */
export function recordedBody({ request, body }: Incoming): JsonObject | null {
  if (request.embeddings !== undefined) return null
  return request.format === 'openai-chat' && body !== null ? body : chatBody(request)
}

/** The request as it reads once it has been recorded, so that it is found again whatever format it comes in. */
export function asRecorded(request: CanonicalRequest): CanonicalRequest {
  return request.format === 'openai-chat' ? request : parseChatRequest(chatBody(request))
}

function chatBody(request: CanonicalRequest): JsonObject {
  return encodeChatRequest(request, { model: request.model, includeUsage: request.includeUsage })
}
