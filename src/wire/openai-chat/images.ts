import type { Block } from '../canonical.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

type ImageBlock = Extract<Block, { kind: 'image' }>

/** Pictures in an answer or a delta: an extension of hosts whose models draw, OpenRouter first. */
export function readImages(value: JsonValue | undefined): ImageBlock[] {
  return Array.isArray(value) ? value.flatMap((item) => readImage(item)) : []
}

function readImage(item: JsonValue): ImageBlock[] {
  const holder = isJsonObject(item) && isJsonObject(item['image_url']) ? item['image_url'] : {}
  const { url } = holder
  if (typeof url !== 'string' || url === '') return []
  const match = /^data:([^;,]+);base64,/.exec(url.slice(0, 128))
  if (match === null) return [{ kind: 'image', source: { kind: 'url', url } }]
  return [{ kind: 'image', source: { kind: 'data', mime: match[1] ?? '', base64: url.slice(match[0].length) } }]
}

/** A block as an element of `images`; nothing for what is no picture, or is only known at its provider. */
export function writeImage(block: Block): JsonObject[] {
  if (block.kind !== 'image') return []
  const { source } = block
  if (source.kind === 'url') return [imageUrl(source.url)]
  return source.kind === 'data' ? [imageUrl(`data:${source.mime};base64,${source.base64}`)] : []
}

function imageUrl(url: string): JsonObject {
  return { type: 'image_url', image_url: { url } }
}
