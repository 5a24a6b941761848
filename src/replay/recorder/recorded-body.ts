import type { Incoming } from '../../pipeline/ports.ts'
import type { JsonObject } from '../../wire/json.ts'
import { encodeChatRequest } from '../../wire/openai-chat/encode-request.ts'

/** The request as a fixture holds it: in chat form, whatever the client spoke. Null where no conversation was asked for. */
export function recordedBody({ request, body }: Incoming): JsonObject | null {
  if (request.embeddings !== undefined) return null
  if (request.format === 'openai-chat' && body !== null) return body
  return encodeChatRequest(request, { model: request.model, includeUsage: request.includeUsage })
}
