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
  const at = onlyOwn(parts)
  const only = parts[at]
  const { delta } = choice
  const whole = choice['index'] === 0 && isJsonObject(delta) && !isJsonObject(chunk['usage'])
  if (only !== undefined && whole && isPlain(only, choice, delta)) parts[at] = withRaw(only, raw)
  return parts
}

/** The part with the payload that says it. */
export function withRaw(part: StreamPart, raw: string): StreamPart {
  if (part.kind !== 'text') return { ...part, raw }
  const { signature, signedBy, citations } = part
  // Nearly all parts are plain text: written out, they are of one shape, which all that reads them is the faster for.
  const isBare = signature === undefined && signedBy === undefined && citations === undefined
  return isBare ? { kind: 'text', text: part.text, raw } : { ...part, raw }
}

/** The place of the only part that is not just passed on; -1 when there are more, or none. */
function onlyOwn(parts: readonly StreamPart[]): number {
  let found = -1
  for (let at = 0; at < parts.length; at += 1) {
    if (parts[at]?.kind === 'opaque') continue
    if (found !== -1) return -1
    found = at
  }
  return found
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
