/**
 * Follows a JSON object or array whose text comes in pieces, and knows when its last bracket has closed. Every character is
 * looked at once, however often is asked.
 */
export class JsonExtent {
  #depth = 0
  #begun = false
  #inText = false
  #escaped = false

  add(piece: string): void {
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at)
      if (this.#inText) this.#text(code)
      else if (code === QUOTE) this.#inText = true
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        this.#begun = true
        this.#depth += 1
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) this.#depth -= 1
    }
  }

  /** False for anything but objects and arrays. */
  get complete(): boolean {
    return this.#begun && this.#depth <= 0 && !this.#inText
  }

  #text(code: number): void {
    if (this.#escaped) this.#escaped = false
    else if (code === BACKSLASH) this.#escaped = true
    else if (code === QUOTE) this.#inText = false
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
