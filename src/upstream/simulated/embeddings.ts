import type { CanonicalAnswer, CanonicalRequest } from '../../wire/canonical.ts'
import { embeddingsAnswer, inputUsage } from '../../wire/openai-embeddings/answer.ts'
import { hashText, seededRandom } from '../seeded.ts'
import { words } from '../text-pieces.ts'

/** As many as the smallest of the well-known models gives. */
const DEFAULT_DIMENSIONS = 1536
const MAX_DIMENSIONS = 4096
/** Words of an input that count; more would only cost time. */
const MAX_WORDS = 256
/** Directions that one word points to. */
const DIRECTIONS = 24

/**
 * Vectors of length one, made of the words alone: equal texts have equal vectors, and texts that share words point the
 * same way. Null for a request that asks for none.
 */
export function simulatedEmbeddings(
  { embeddings }: CanonicalRequest,
  model: string,
  seed: number,
): CanonicalAnswer | null {
  if (embeddings === undefined) return null
  const dimensions = Math.min(embeddings.dimensions ?? DEFAULT_DIMENSIONS, MAX_DIMENSIONS)
  const vectors = embeddings.inputs.map((input) => vectorOf(piecesOf(input), dimensions, `${seed}|${model}`))
  return embeddingsAnswer(vectors, { model, usage: inputUsage(embeddings) })
}

function piecesOf(input: string | readonly number[]): string[] {
  if (typeof input !== 'string') return input.slice(0, MAX_WORDS).map(String)
  const pieces: string[] = []
  for (const word of words(input)) {
    if (pieces.length === MAX_WORDS) break
    const bare = word.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
    if (bare !== '') pieces.push(bare)
  }
  return pieces
}

function vectorOf(pieces: readonly string[], dimensions: number, salt: string): number[] {
  const vector = Array.from({ length: dimensions }, () => 0)
  for (const piece of pieces.length === 0 ? [''] : pieces) {
    const random = seededRandom(`embedding|${salt}|${piece}`)
    for (let at = 0; at < DIRECTIONS; at += 1) {
      const place = Math.floor(random() * dimensions)
      vector[place] = (vector[place] ?? 0) + (random() < 0.5 ? -1 : 1)
    }
  }
  const length = Math.hypot(...vector)
  // Words can cancel each other out; a vector of zeros would have no direction.
  if (length === 0) vector[hashText(salt) % dimensions] = 1
  return vector.map((value) => Math.fround(value / (length === 0 ? 1 : length)))
}
