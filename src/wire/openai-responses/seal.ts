import type { Signed } from '../canonical.ts'
import { readSignature, writeSignature } from '../signatures.ts'

/** What a seal in `encrypted_content` belongs to; the format itself knows thoughts alone. */
export interface Seal {
  readonly of: 'thought' | 'redacted' | 'call' | 'text'
  readonly signed: Required<Signed>
}

/** Clients pass the text on unread, so a word in front may say what it is. */
const WORDS: readonly (readonly [of: Seal['of'], word: string])[] = [
  ['redacted', 'gw-redacted.'],
  ['call', 'gw-call.'],
  ['text', 'gw-text.'],
]

/** The seal as it travels; null when there is none. */
export function writeSeal(signed: Signed, of: Seal['of']): string | null {
  const signature = writeSignature(signed, 'openai-responses')
  if (signature === null) return null
  return `${WORDS.find(([name]) => name === of)?.[1] ?? ''}${signature}`
}

/** Reads what a client sends back. */
export function readSeal(encrypted: string): Seal {
  const found = WORDS.find(([, word]) => encrypted.startsWith(word))
  const signature = found === undefined ? encrypted : encrypted.slice(found[1].length)
  return { of: found?.[0] ?? 'thought', signed: readSignature(signature, 'openai-responses') }
}
