import type { Block, Citation } from './canonical.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'

/** Citations that OpenAI's formats call annotations: of chat messages, with an object inside, or of responses, flat. */
export function readAnnotations(value: JsonValue | undefined): Citation[] {
  return Array.isArray(value) ? value.flatMap(readAnnotation) : []
}

function readAnnotation(value: JsonValue): Citation[] {
  if (!isJsonObject(value)) return []
  const inner = isJsonObject(value['url_citation']) ? value['url_citation'] : value
  const { url, title } = inner
  const at = indexOf(inner['index'])
  const start = indexOf(inner['start_index']) ?? at ?? 0
  return [
    {
      start,
      end: Math.max(indexOf(inner['end_index']) ?? start, start),
      ...(typeof url === 'string' && url !== '' ? { url } : {}),
      ...(typeof title === 'string' && title !== '' ? { title } : {}),
    },
  ]
}

/** A citation in the members that both formats share; null without an address, for which they have no place. */
function urlCitation({ url, title, start, end }: Citation): JsonObject | null {
  return url === undefined ? null : { start_index: start, end_index: end, title: title ?? url, url }
}

/** Annotations of a chat message. */
export function writeChatAnnotations(citations: readonly Citation[]): JsonObject[] {
  return citations.flatMap((citation) => {
    const members = urlCitation(citation)
    return members === null ? [] : [{ type: 'url_citation', url_citation: members }]
  })
}

/** Annotations of a part of a response. */
export function writePartAnnotations(citations: readonly Citation[]): JsonObject[] {
  return citations.flatMap((citation) => {
    const members = urlCitation(citation)
    return members === null ? [] : [{ type: 'url_citation', ...members }]
  })
}

/** The same citations in a text that begins `by` characters later. */
export function shifted(citations: readonly Citation[], by: number): Citation[] {
  return citations.map((one) => ({ ...one, start: Math.max(0, one.start + by), end: Math.max(0, one.end + by) }))
}

/** All citations of an answer, in the text that its blocks give together. */
export function citationsOf(blocks: readonly Block[]): Citation[] {
  let before = 0
  return blocks.flatMap((block) => {
    if (block.kind !== 'text') return []
    const cited = shifted(block.citations ?? [], before)
    before += block.text.length
    return cited
  })
}

function indexOf(value: JsonValue | undefined): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null
}
