import type { Block, Citation } from '../canonical.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/** A citation with the part of the answer in which it stands. */
export interface Grounded {
  readonly part: number
  readonly citation: Citation
}

/**
 * What `groundingMetadata` says: which passages, counted in bytes of UTF-8, rest on which pages. Pages without a passage
 * stand for the whole text.
 */
export function readGrounding(metadata: JsonValue | undefined, textOf: (part: number) => string): Grounded[] {
  if (!isJsonObject(metadata)) return []
  const chunks = listOf(metadata['groundingChunks']).map(readPage)
  const supports = listOf(metadata['groundingSupports']).filter(isJsonObject)
  if (supports.length === 0) {
    const end = textOf(0).length
    return chunks.flatMap((page) => (page === null ? [] : [{ part: 0, citation: { start: 0, end, ...page } }]))
  }
  const offsets = new Map<number, readonly number[]>()
  return supports.flatMap((support) => {
    const segment = isJsonObject(support['segment']) ? support['segment'] : {}
    const part = count(segment['partIndex'])
    const places = offsets.get(part) ?? byteOffsets(textOf(part))
    offsets.set(part, places)
    const start = indexAt(places, count(segment['startIndex']))
    const end = Math.max(indexAt(places, count(segment['endIndex'])), start)
    return listOf(support['groundingChunkIndices']).flatMap((index): Grounded[] => {
      const page = typeof index === 'number' ? chunks[index] : undefined
      return page === undefined || page === null ? [] : [{ part, citation: { start, end, ...page } }]
    })
  })
}

function readPage(chunk: JsonValue): { readonly url: string; readonly title?: string } | null {
  const web = isJsonObject(chunk) ? (chunk['web'] ?? chunk['retrievedContext']) : null
  if (!isJsonObject(web) || typeof web['uri'] !== 'string' || web['uri'] === '') return null
  const { title } = web
  return { url: web['uri'], ...(typeof title === 'string' && title !== '' ? { title } : {}) }
}

/** `groundingMetadata` for citations in texts, one for each part that has one; null when none has an address. */
export function writeGrounding(cited: readonly Grounded[], textOf: (part: number) => string): JsonObject | null {
  const chunks = new Map<string, number>()
  const offsets = new Map<number, readonly number[]>()
  const pages: JsonObject[] = []
  const supports = cited.flatMap(({ part, citation: { url, title, start, end } }): JsonObject[] => {
    if (url === undefined) return []
    const known = chunks.get(url) ?? pages.length
    if (known === pages.length) pages.push({ web: { uri: url, ...(title === undefined ? {} : { title }) } })
    chunks.set(url, known)
    const text = textOf(part)
    const places = offsets.get(part) ?? byteOffsets(text)
    offsets.set(part, places)
    const segment = {
      ...(part === 0 ? {} : { partIndex: part }),
      startIndex: places[Math.min(start, text.length)] ?? 0,
      endIndex: places[Math.min(end, text.length)] ?? 0,
      text: text.slice(start, end),
    }
    return [{ segment, groundingChunkIndices: [known] }]
  })
  return supports.length === 0 ? null : { groundingChunks: pages, groundingSupports: supports }
}

/** The blocks of all parts, with what their texts rest on. */
export function groundedBlocks(parts: readonly (readonly Block[])[], metadata: JsonValue | undefined): Block[] {
  const textOf = (part: number): string => {
    const [block] = parts[part] ?? []
    return block?.kind === 'text' ? block.text : ''
  }
  const grounded = readGrounding(metadata, textOf)
  if (grounded.length === 0) return parts.flat()
  return parts.flatMap((blocks, index) => {
    const citations = grounded.flatMap(({ part, citation }) => (part === index ? [citation] : []))
    return blocks.map((block) => (block.kind === 'text' && citations.length > 0 ? { ...block, citations } : block))
  })
}

/** `groundingMetadata` for the blocks of an answer, which `partsOf` writes as parts; null when nothing is cited. */
export function groundingOf(
  blocks: readonly Block[],
  partsOf: (block: Block) => readonly JsonObject[],
): JsonObject | null {
  if (!blocks.some((block) => block.kind === 'text' && block.citations !== undefined)) return null
  const written = blocks.flatMap((block) => partsOf(block).map(() => block))
  const grounded = written.flatMap((block, part) =>
    block.kind === 'text' ? (block.citations ?? []).map((citation) => ({ part, citation })) : [],
  )
  return writeGrounding(grounded, (part) => {
    const block = written[part]
    return block?.kind === 'text' ? block.text : ''
  })
}

/** For every index of the text, the bytes of UTF-8 before it. */
function byteOffsets(text: string): number[] {
  const places = [0]
  let bytes = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    // Either half of a pair counts for two of its four bytes.
    const paired = code >= 0xd800 && code <= 0xdfff
    bytes += paired ? 2 : code < 0x80 ? 1 : code < 0x800 ? 2 : 3
    places.push(bytes)
  }
  return places
}

/** The last index that lies at or before the byte. */
function indexAt(places: readonly number[], byte: number): number {
  let low = 0
  let high = places.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((places[middle] ?? 0) <= byte) low = middle
    else high = middle - 1
  }
  return low
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function count(value: JsonValue | undefined): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0
}
