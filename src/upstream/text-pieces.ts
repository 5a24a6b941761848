/** Longest piece of a text without blanks. */
const MAX_PIECE_CHARS = 24

/** Cuts a text into words, each with the blanks after it; long runs are cut too. The pieces join to the text. */
export function* words(text: string): Generator<string> {
  let start = 0
  let blank = false
  for (let index = 0; index < text.length; index += 1) {
    const isBlank = BLANKS.has(text.charCodeAt(index))
    const full = index - start >= MAX_PIECE_CHARS && !splitsPair(text, index)
    if (index > start && ((blank && !isBlank) || full)) {
      yield text.slice(start, index)
      start = index
    }
    blank = isBlank
  }
  if (start < text.length) yield text.slice(start)
}

/**
 * Cuts a text into pieces of the given lengths, as it was once sent. What is left after the last length is one piece,
 * and no piece ends inside a surrogate pair.
 */
export function* piecesOf(text: string, lengths: readonly number[]): Generator<string> {
  let start = 0
  for (const length of lengths) {
    if (start >= text.length) return
    let end = Math.min(start + Math.max(length, 0), text.length)
    if (splitsPair(text, end)) end += 1
    yield text.slice(start, end)
    start = end
  }
  if (start < text.length) yield text.slice(start)
}

const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

function splitsPair(text: string, index: number): boolean {
  const before = text.charCodeAt(index - 1)
  const after = text.charCodeAt(index)
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff
}
