import type { Block, CanonicalRequest, Signed, WireFormat } from './canonical.ts'

/*
 * A signature of one provider travels through a client of another format and has to be told apart when it comes back. It
 * then carries a mark in front: the base64 of `gw:<provider>`, whose length is a multiple of three bytes, so that the
 * whole is still base64, which some clients check.
 */
const MARKS: ReadonlyMap<WireFormat, string> = new Map([
  ['anthropic', 'Z3c6YW50aHJvcGlj'],
  ['gemini', 'Z3c6Z2VtaW5p'],
  ['openai-responses', 'Z3c6b3BlbmFp'],
])

/** The signature as a client of `format` gets it; null when there is none. */
export function writeSignature({ signature, signedBy }: Signed, format: WireFormat): string | null {
  if (signature === undefined) return null
  return signedBy === undefined || signedBy === format ? signature : `${MARKS.get(signedBy) ?? ''}${signature}`
}

/** Reads a signature that a client of `format` sends back. */
export function readSignature(text: string, format: WireFormat): Required<Signed> {
  for (const [signedBy, mark] of MARKS) {
    if (text.startsWith(mark)) return { signature: text.slice(mark.length), signedBy }
  }
  return { signature: text, signedBy: format }
}

/** True when the talk holds a seal that a provider of the format did not put, and would therefore refuse. */
export function hasForeignSeals({ messages }: CanonicalRequest, format: WireFormat): boolean {
  return messages.some(({ blocks }) => blocks.some((block) => isForeign(block, format)))
}

function isForeign(block: Block, format: WireFormat): boolean {
  if (block.kind === 'reasoning' && block.signature === undefined && block.redacted === undefined) {
    // Thought without any seal comes from a provider that has none.
    return format === 'anthropic'
  }
  // What we wrote for another provider's answer: its own would have come back with its mark.
  if (block.kind === 'text' && block.citations?.some(({ own }) => own?.format !== format) === true) return true
  return 'signedBy' in block && block.signedBy !== undefined && block.signedBy !== format
}
