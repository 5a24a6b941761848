import type { IncomingHttpHeaders } from 'node:http'
import type { StreamPart } from '../wire/canonical.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../wire/json.ts'

/**
 * Mistral's official clients speak chat completions in their own service's way: they expect usage without asking, which
 * they have no way to do, read no fragment of a tool call that lacks a name, and look for thoughts among the content.
 */
export function isMistralClient({ 'user-agent': agent }: IncomingHttpHeaders): boolean {
  return agent?.startsWith('mistral-client') === true
}

/** The part as their streams hold it; the name of a later fragment is empty. */
export function forMistralClient(part: StreamPart): StreamPart {
  if (part.kind !== 'tool_delta') return part
  const { raw: _raw, ...words } = part
  return { ...words, name: part.name ?? '' }
}

/** The chunk of a stream with its thought where their clients look for it. */
export function chunkForMistralClient(payload: string): string {
  if (!payload.includes('"reasoning_content"')) return payload
  const chunk: unknown = JSON.parse(payload)
  return isJsonObject(chunk) ? JSON.stringify(answerForMistralClient(chunk)) : payload
}

/** An answer or chunk whose messages or deltas hold their thoughts as the first parts of the content. */
export function answerForMistralClient(body: JsonObject): JsonObject {
  const { choices } = body
  if (!Array.isArray(choices)) return body
  return { ...body, choices: choices.map((choice) => withThoughts(withThoughts(choice, 'message'), 'delta')) }
}

function withThoughts(choice: JsonValue, member: 'message' | 'delta'): JsonValue {
  const said = isJsonObject(choice) ? choice[member] : null
  if (!isJsonObject(choice) || !isJsonObject(said)) return choice
  const { reasoning_content: thought, content, ...rest } = said
  if (typeof thought !== 'string' || thought === '') return choice
  const text = typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : []
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: thought }] }
  return { ...choice, [member]: { ...rest, content: [thinking, ...text] } }
}
