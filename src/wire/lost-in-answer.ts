import type { Block, StreamPart, WireFormat } from './canonical.ts'

/** What a client of each format can be shown in an answer, beside texts and calls. */
const MEDIA: Readonly<Record<WireFormat, readonly Block['kind'][]>> = {
  'openai-chat': ['image'],
  'openai-responses': ['image'],
  anthropic: [],
  gemini: ['image', 'audio', 'file'],
}

const NAMES: ReadonlyMap<Block['kind'], string> = new Map([
  ['image', 'answer.images'],
  ['audio', 'answer.audio'],
  ['file', 'answer.files'],
])

/** What of an answer has no place in the client's format, as it is listed among the dropped parameters. */
export function lostInAnswer(blocks: readonly Block[], format: WireFormat): string[] {
  const lost = new Set<string>()
  for (const block of blocks) {
    const name = NAMES.get(block.kind)
    if (name !== undefined && !MEDIA[format].includes(block.kind)) lost.add(name)
    const cited = block.kind === 'text' ? (block.citations ?? []) : []
    if (cited.some(({ url, own }) => url === undefined && own?.format !== format)) lost.add('answer.citations')
  }
  return [...lost].sort()
}

/** The same for the parts of a stream that have come so far. */
export function lostInParts(parts: readonly StreamPart[], format: WireFormat): string[] {
  return lostInAnswer(
    parts.flatMap((part): Block[] => {
      if (part.raw !== undefined) return []
      if (part.kind === 'media') return [part.block]
      return part.kind === 'text' ? [part] : []
    }),
    format,
  )
}
