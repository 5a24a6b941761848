/** Start value and prime of FNV-1a in 32 bits. */
export const HASH_START = 0x811c9dc5 | 0
const PRIME = 0x01000193

/** Adds one code unit to a word's hash. */
export function hashUnit(hash: number, code: number): number {
  return Math.imul(hash ^ code, PRIME)
}

/** Hash of a phrase that ends in a word, from the hash of what stands before and the word's own. Order matters. */
export function hashPair(before: number, word: number): number {
  const mixed = Math.imul(before ^ (word >>> 15), 0x85ebca6b) + Math.imul(word, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 13)) | 0
}
