// MurmurHash3 x86 32-bit (public domain, Austin Appleby) over UTF-16 code units, two units a block.
// Two independent 32-bit hashes give the 53 bits of a double in [0, 1).
const BLOCK_1 = 0xcc9e2d51
const BLOCK_2 = 0x1b873593
const SECOND_STREAM = 0x9e3779b9
const TWO_32 = 0x1_0000_0000
const TWO_53 = 0x20_0000_0000_0000

/**
 * A number in [0, 1) that depends on the seed and the exchange alone: the same seed gives the same routes in whatever
 * order or concurrency requests arrive.
 */
export function rollOf(seed: number, exchangeId: string): number {
  const whole = Number.isFinite(seed) ? Math.trunc(seed) : 0
  const low = whole >>> 0
  const high = Math.floor(whole / TWO_32) >>> 0
  const first = hash(exchangeId, finish(low ^ Math.imul(high, BLOCK_1)))
  const second = hash(exchangeId, finish(high ^ low ^ SECOND_STREAM))
  return ((second >>> 11) * TWO_32 + first) / TWO_53
}

function hash(text: string, seed: number): number {
  let state = seed
  const blocks = text.length & ~1
  for (let at = 0; at < blocks; at += 2) {
    state ^= scramble(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16))
    state = (state << 13) | (state >>> 19)
    state = (Math.imul(state, 5) + 0xe6546b64) | 0
  }
  if (blocks < text.length) state ^= scramble(text.charCodeAt(blocks))
  return finish(state ^ text.length)
}

function scramble(block: number): number {
  const mixed = Math.imul(block, BLOCK_1)
  return Math.imul((mixed << 15) | (mixed >>> 17), BLOCK_2)
}

function finish(state: number): number {
  let mixed = state
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
