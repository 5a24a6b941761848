import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SECRET_BYTES = 32
/** 62^43 is the first power of 62 above 2^256, and 62^6 the first above 2^32. */
const SECRET_LENGTH = 43
const CHECK_LENGTH = 6
const ID_LENGTH = 16
/** Imported secrets shorter than this could be guessed from their digest. */
export const MIN_SECRET_LENGTH = 32
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

/** Whether the text claims to be a key of ours. */
export function isOwnPrefix(text: string): boolean {
  return text.startsWith('gw_')
}

/**
 * SHA-256 of the whole key. A slow hash makes guessing dear where secrets are few and short, as passwords are; nobody
 * guesses 256 random bits at any speed, and a hash that takes 70 ms would be paid by every request.
 */
export function keyDigest(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

/** The name of an identity, which outlives its secrets. No secret itself. */
export function makeKeyId(random: Uint8Array = randomBytes(ID_LENGTH)): string {
  const value = [...random].reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  return `key_${base62(value, ID_LENGTH)}`
}

function checksum(body: string): string {
  // Of every request that is let in: a number of 32 bits needs no big integers.
  let rest = crc32(body)
  let text = ''
  for (let at = 0; at < CHECK_LENGTH; at += 1) {
    text = (ALPHABET[rest % 62] ?? '') + text
    rest = Math.floor(rest / 62)
  }
  return text
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
