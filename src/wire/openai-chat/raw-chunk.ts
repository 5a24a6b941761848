import type { StreamPart } from '../canonical.ts'
import { isJsonObject, type JsonObject } from '../json.ts'

interface Chunk {
  readonly chunk: JsonObject
  readonly choice: JsonObject
  readonly raw: string
}

/**
 * Attaches the payload to the part that it says, when it says nothing else and every client reads it the same way. Parts
 * that share a chunk stay without: relaying the payload for one and encoding the other would send something twice.
 */
export function keepRaw(parts: StreamPart[], { chunk, choice, raw }: Chunk): StreamPart[] {
  const own = parts.filter((part) => part.kind !== 'opaque')
  const [only] = own
  const { delta } = choice
  const whole = own.length === 1 && choice['index'] === 0 && isJsonObject(delta) && !isJsonObject(chunk['usage'])
  if (only === undefined || !whole || !isPlain(only, choice, delta)) return parts
  return parts.map((part) => (part === only ? { ...part, raw } : part))
}

function isPlain(part: StreamPart, choice: JsonObject, delta: JsonObject): boolean {
  switch (part.kind) {
    case 'start':
      return typeof delta['role'] === 'string'
    case 'text':
      return part.citations !== undefined || typeof delta['content'] === 'string'
    case 'reasoning':
      return typeof delta['reasoning_content'] === 'string'
    case 'refusal':
    case 'media':
      return true
    case 'finish':
      // The older form asked for functions, so it gets the older word.
      return choice['finish_reason'] === part.reason || choice['finish_reason'] === 'function_call'
    case 'tool_delta':
      return isPlainToolDelta(part, delta)
    case 'usage':
    case 'opaque':
      return false
  }
}

/** True when a client that binds fragments by index places this one as we did. */
function isPlainToolDelta(part: Extract<StreamPart, { kind: 'tool_delta' }>, delta: JsonObject): boolean {
  const { tool_calls: calls, function_call: call } = delta
  if (isJsonObject(call)) return true
  const item: unknown = Array.isArray(calls) && calls.length === 1 ? calls[0] : null
  if (!isJsonObject(item) || item['index'] !== part.index) return false
  if (part.id !== undefined) return item['id'] === part.id
  return item['id'] === undefined || item['id'] === null
}
