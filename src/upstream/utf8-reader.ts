import { Buffer, isAscii } from 'node:buffer'

/**
 * Text from bytes that come in pieces cut anywhere. A piece of ASCII, as most are, is taken as it is, which is several
 * times faster than a decoder; a byte order mark stays in.
 */
export class Utf8Reader {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  /** The decoder may hold the beginning of a character. */
  #open = false

  read(bytes: Uint8Array): string {
    if (!this.#open && isAscii(bytes))
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    this.#open = (bytes.at(-1) ?? 0) >= 0x80 || (this.#open && bytes.byteLength === 0)
    return this.#decoder.decode(bytes, { stream: true })
  }

  /** What is left at the end: a sign for a character that was cut. */
  end(): string {
    return this.#open ? this.#decoder.decode() : ''
  }
}
