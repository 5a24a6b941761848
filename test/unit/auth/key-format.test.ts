import { describe, expect, it } from 'vitest'
import { isKeyShaped, makeKey } from '../../../src/auth/key-format.ts'

describe('key format', () => {
  it('is a typed prefix, 43 characters of secret and 6 of checksum', () => {
    expect(makeKey('dev')).toMatch(/^gw_dev_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/)
  })

  it('is the same text for the same secret, with the CRC32 of all that stands before it', () => {
    const key = makeKey('dev', new Uint8Array(32))
    expect(key.slice(0, 50)).toBe(`gw_dev_${'0'.repeat(43)}`)
    expect(fromBase62(key.slice(50))).toBe(CRC_OF_ZERO_KEY)
  })

  it('holds 256 bits: the largest secret fits and differs from its neighbour', () => {
    const largest = new Uint8Array(32).fill(255)
    const below = largest.with(31, 254)
    expect(isKeyShaped(makeKey('dev', largest))).toBe(true)
    expect(makeKey('dev', largest)).not.toBe(makeKey('dev', below))
  })

  it('finds every typo of one character', () => {
    const key = makeKey('dev', new Uint8Array(32).fill(7))
    for (let at = 'gw_dev_'.length; at < key.length; at += 1) {
      const other = key[at] === 'A' ? 'B' : 'A'
      expect(isKeyShaped(key.slice(0, at) + other + key.slice(at + 1))).toBe(false)
    }
  })

  it.each(['', 'gw_dev_', 'sk-abc', 'gw_dev_\0', "gw_dev_' OR 1=1 --", 'gw_dev_%', 'x'.repeat(1_000_000)])(
    'refuses what is no key at all',
    (text) => {
      expect(isKeyShaped(text)).toBe(false)
    },
  )
})

/** `zlib.crc32(b'gw_dev_' + b'0' * 43)` of Python 3. */
const CRC_OF_ZERO_KEY = 1219181010

function fromBase62(text: string): number {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  return Array.from(text).reduce((sum, character) => sum * 62 + alphabet.indexOf(character), 0)
}
