const ALPHABET = 128
const ROOT = 0

/** Called for each keyword found, with its number and the offset of its first character. */
export type OnKeyword = (keyword: number, start: number) => void

/**
 * Finds all of many keywords in one pass (Aho and Corasick). Keywords are ASCII and lower case; letters match in either
 * case, any other character outside ASCII ends a match.
 */
export class KeywordScan {
  readonly #next: Int32Array
  /** Keywords that end at a state, following the shorter endings too. */
  readonly #found: readonly (readonly number[])[]
  readonly #lengths: readonly number[]

  constructor(keywords: readonly string[]) {
    this.#lengths = keywords.map((keyword) => keyword.length)
    const size = keywords.reduce((sum, keyword) => sum + keyword.length, 1)
    this.#next = new Int32Array(size * ALPHABET)
    const found: number[][] = [[]]
    for (const [index, keyword] of keywords.entries()) found[this.#insert(keyword, found)]?.push(index)
    this.#link(found)
    this.#found = found
  }

  scan(text: string, onKeyword: OnKeyword): void {
    const next = this.#next
    const found = this.#found
    let state = ROOT
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code >= ALPHABET) {
        state = ROOT
        continue
      }
      const lower = code >= 65 && code <= 90 ? code + 32 : code
      state = next[state * ALPHABET + lower] ?? ROOT
      const hits = found[state]
      if (hits === undefined || hits.length === 0) continue
      for (const keyword of hits) onKeyword(keyword, at + 1 - (this.#lengths[keyword] ?? 0))
    }
  }

  /** Adds a keyword to the tree and returns its last state. */
  #insert(keyword: string, found: number[][]): number {
    let state = ROOT
    for (let index = 0; index < keyword.length; index += 1) {
      const slot = state * ALPHABET + keyword.charCodeAt(index)
      const known = this.#next[slot] ?? ROOT
      if (known !== ROOT) state = known
      else {
        state = found.push([]) - 1
        this.#next[slot] = state
      }
    }
    return state
  }

  /** Completes the transitions breadth first, so that a mismatch goes on with the longest ending that still fits. */
  #link(found: number[][]): void {
    const fallback = new Int32Array(found.length)
    const queue: number[] = []
    for (let code = 0; code < ALPHABET; code += 1) {
      const state = this.#next[code] ?? ROOT
      if (state !== ROOT) queue.push(state)
    }
    for (const state of queue) {
      const shorter = fallback[state] ?? ROOT
      found[state]?.push(...(found[shorter] ?? []))
      for (let code = 0; code < ALPHABET; code += 1) {
        const slot = state * ALPHABET + code
        const target = this.#next[slot] ?? ROOT
        const detour = this.#next[shorter * ALPHABET + code] ?? ROOT
        if (target === ROOT) this.#next[slot] = detour
        else {
          fallback[target] = detour
          queue.push(target)
        }
      }
    }
  }
}
