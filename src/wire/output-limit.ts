import type { CanonicalRequest } from './canonical.ts'
import { isJsonObject, type JsonObject } from './json.ts'

/** The same request with an output limit of `tokens`, which its client did not set. */
export function withOutputLimit(request: CanonicalRequest, tokens: number): CanonicalRequest {
  return { ...request, maxOutputTokens: tokens }
}

/** The client's body with the limit where its format has it. */
export function bodyWithOutputLimit(body: JsonObject, format: CanonicalRequest['format'], tokens: number): JsonObject {
  switch (format) {
    case 'openai-responses':
      return { ...body, max_output_tokens: tokens }
    case 'anthropic':
      return { ...body, max_tokens: tokens }
    case 'gemini':
      return { ...body, generationConfig: { ...objectOf(body['generationConfig']), maxOutputTokens: tokens } }
    case 'openai-chat':
      return { ...body, max_completion_tokens: tokens }
  }
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
