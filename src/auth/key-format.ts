import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SECRET_BYTES = 32
/** 62^43 is the first power of 62 above 2^256, and 62^6 the first above 2^32. */
const SECRET_LENGTH = 43
const CHECK_LENGTH = 6
const KEY_PATTERN = /^gw_([a-z]{2,10})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/

/** A new key: typed prefix, 256 random bits, checksum. The checksum finds typos and leaks offline; it is no security. */
export function makeKey(env: string, secret: Uint8Array = randomBytes(SECRET_BYTES)): string {
  const value = [...secret].reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const body = `gw_${env}_${base62(value, SECRET_LENGTH)}`
  return body + checksum(body)
}

/** Whether the text has the form of a key of ours and its checksum fits. Says nothing about whether it is valid. */
export function isKeyShaped(text: string): boolean {
  if (!KEY_PATTERN.test(text)) return false
  return checksum(text.slice(0, -CHECK_LENGTH)) === text.slice(-CHECK_LENGTH)
}

/** SHA-256 of the whole key; a slow hash would add nothing to 256 random bits. */
export function keyDigest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECK_LENGTH)
}

function base62(value: bigint, length: number): string {
  let rest = value
  let text = ''
  for (let at = 0; at < length; at += 1) {
    text = (ALPHABET[Number(rest % 62n)] ?? '') + text
    rest /= 62n
  }
  return text
}
