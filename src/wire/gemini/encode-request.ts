import type { CanonicalRequest } from '../canonical.ts'
import { Dropped } from '../dropped.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { systemBlocks, turns } from '../turns.ts'
import { encodeConfig } from './encode-config.ts'
import { PartWriter } from './encode-parts.ts'
import { encodeTools } from './encode-tools.ts'
import { geminiTraits } from './model-traits.ts'

export interface EncodedGenerateRequest {
  readonly body: JsonObject
  /** What was left out, under the client's names. */
  readonly dropped: readonly string[]
}

/**
 * The body of `generateContent` for a provider; model and streaming are said by the path. Throws `invalid_request_error`
 * for what can not be left out without changing the question: files elsewhere, custom tools.
 */
export function encodeGenerateRequest(
  request: CanonicalRequest,
  { model }: { readonly model: string },
): EncodedGenerateRequest {
  const traits = geminiTraits(model)
  const dropped = new Dropped(request.format)
  const writer = new PartWriter(traits, dropped)
  const system = writer.parts(systemBlocks(request))
  const contents = turns(request.messages).map((turn) => writer.content(turn))
  const config = encodeConfig(request, traits, dropped)
  const body: Record<string, JsonValue> = {
    ...extraMembers(request, dropped),
    contents: contents.filter(({ parts }) => Array.isArray(parts) && parts.length > 0),
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }),
    ...encodeTools(request, dropped),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
  }
  if (request.endUser !== undefined) dropped.add('endUser')
  if (request.promptCacheKey !== undefined) dropped.add('promptCacheKey')
  if (Object.keys(request.metadata).length > 0) dropped.add('metadata')
  return { body, dropped: dropped.names }
}

/** Members that only this format knows go back to it; the canonical ones are written anew. */
function extraMembers(request: CanonicalRequest, dropped: Dropped): JsonObject {
  if (request.format !== 'gemini') {
    dropped.addExtra(request)
    return {}
  }
  const { generationConfig: _config, toolConfig: _tools, ...rest } = request.extra
  return rest
}
