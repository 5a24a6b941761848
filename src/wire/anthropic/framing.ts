import { isJsonObject, type JsonObject } from '../json.ts'
import { readAnswerBlock } from './answer.ts'

/** Deltas that give parts when there is anything in them. */
const READ_DELTAS: ReadonlySet<unknown> = new Set([
  'text_delta',
  'thinking_delta',
  'signature_delta',
  'input_json_delta',
])

/**
 * True for an event without parts that says nothing to the client: it opens, closes or keeps alive. The beginning of a
 * block that only this format knows is content, and so is a delta of an unknown kind.
 */
export function isFraming(event: JsonObject): boolean {
  const { type, content_block: block, delta } = event
  if (type === 'content_block_start') return readAnswerBlock(block ?? null)[0]?.kind !== 'opaque'
  if (type === 'content_block_delta') return !isJsonObject(delta) || READ_DELTAS.has(delta['type'])
  return true
}
