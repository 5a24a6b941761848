import type { AttemptTimer } from './attempt-timer.ts'
import type { IncomingAnswer } from './incoming-answer.ts'
import { Utf8Reader } from './utf8-reader.ts'

/** Thrown when an answer is larger than we read. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError'
}

/** After `[DONE]` the rest of the body is read for this long, so that the connection can be used again. */
const DRAIN_MS = 1_000
const DRAIN_BYTES = 64 * 1024

/** The body of an answer: bytes with a limit on their number and with the idle limit told when we wait. */
export class ByteSource {
  readonly #body: IncomingAnswer
  readonly #timer: AttemptTimer
  #left: number
  /** Bytes that were read and put back. */
  #putBack: Uint8Array[] = []

  constructor(body: IncomingAnswer, { timer, maxBytes }: { timer: AttemptTimer; maxBytes: number }) {
    this.#body = body
    this.#timer = timer
    this.#left = maxBytes
  }

  /** The next bytes; null at the end. */
  next(): Promise<Uint8Array | null> {
    const back = this.#putBack.shift()
    return back === undefined ? this.#read() : Promise.resolve(back)
  }

  async #read(): Promise<Uint8Array | null> {
    let bytes = this.#body.read()
    if (bytes instanceof Promise) {
      this.#timer.waitForBytes(true)
      bytes = await bytes
      this.#timer.waitForBytes(false)
    }
    if (bytes === null) return null
    this.#left -= bytes.byteLength
    if (this.#left < 0) throw new TooLargeError('the answer is larger than the gateway reads')
    return bytes
  }

  /** True when the first byte that is no blank opens a JSON object or array. Nothing is taken away. */
  async startsWithJson(): Promise<boolean> {
    const seen: Uint8Array[] = []
    let opens: boolean | null = null
    while (opens === null) {
      const bytes = await this.next()
      if (bytes === null) break
      seen.push(bytes)
      opens = opensJson(bytes)
    }
    this.#putBack = seen
    return opens ?? false
  }

  /** All bytes that are left, as text. A byte order mark is dropped. */
  async text(): Promise<string> {
    const reader = new Utf8Reader()
    let text = ''
    for (;;) {
      const bytes = await this.next()
      if (bytes === null) break
      text += reader.read(bytes)
    }
    text += reader.end()
    return text.startsWith('\uFEFF') ? text.slice(1) : text
  }

  /** Closes the connection. */
  destroy(): void {
    this.#body.destroy()
  }

  /** Reads a little further in the background: a body read to its end keeps its connection, a destroyed one loses it. */
  drain(): void {
    this.#left = Math.min(this.#left, DRAIN_BYTES)
    const timer = setTimeout(() => this.#body.destroy(), DRAIN_MS)
    const readOn = async (): Promise<void> => {
      try {
        while ((await this.next()) !== null);
      } catch {
        this.#body.destroy()
      } finally {
        clearTimeout(timer)
      }
    }
    void readOn()
  }
}

/** Null while there are only blanks, line ends and bytes of a byte order mark. */
function opensJson(bytes: Uint8Array): boolean | null {
  for (const byte of bytes) {
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xef || byte === 0xbb || byte === 0xbf) continue
    return byte === 0x7b || byte === 0x5b
  }
  return null
}
