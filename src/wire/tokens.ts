/*
 * Token estimate by character class, fitted to o200k_base. A byte-pair encoder would need a vocabulary of tens of
 * megabytes and grows faster than linear on long runs without blanks; this is one pass over runs of equal class,
 * without an allocation per character.
 */

/** Tokens per character of the scripts whose words are not separated by blanks, or whose letters encode badly. */
const HAN = 0.72
/** Extension A and other rare han have no tokens of their own. */
const RARE_HAN = 1.5
const KANA = 0.75
const HANGUL = 0.6
const CYRILLIC = 1 / 4.6
const GREEK = 1 / 2.6
const ARABIC_INDIC = 1 / 3.2
const OTHER_LETTER = 0.5
/** Per UTF-16 unit: emoji and other symbols outside the basic plane. */
const SURROGATE = 1

/** A Latin word costs one token for its first letters, then this much for each further letter. */
const WORD_FREE_LETTERS = 7
const WORD_TAIL = 1 / 4.2
/** Words with accented letters are rarer in the vocabulary. */
const ACCENT = 0.2
/** A capital run merges partly with the small letters after it ("HTTPServer"). */
const AFTER_CAPITALS = 0.7
const CAPITAL_MORE = 0.05
const CAPITAL_FREE_LETTERS = 4
const CAPITAL_TAIL = 1 / 5
const MARK_FIRST = 0.72
const MARK_MORE = 0.3
/** A mark merges with a word that follows, never with a number. */
const MARK_BEFORE_DIGIT = 0.25
const NEWLINE = 0.85
/** A line end after punctuation or another line end belongs to the same token. */
const NEWLINE_MORE = 0.1
const INDENT = 0.85
/** Blanks that an encoder takes in one token. */
const BLANKS_PER_TOKEN = 40

/** Stretches of letters and digits at least this long are looked at for being an encoded blob. */
const BLOB_LENGTH = 24
/** Share of places in a stretch where the class changes (capital, small letter, digit) above which it is a blob. */
const BLOB_CHANGES = 0.4
/** Characters per token of base64, and of hexadecimal or other text in one case. */
const MIXED_BLOB = 1.46
const PLAIN_BLOB = 1.76

const SPACE = 0
const LINE = 1
const LOWER = 2
const UPPER = 3
const DIGIT = 4
const MARK = 5
const ACCENTED = 6
const WIDE = 7

const LATIN_END = 0x250

/** Class of each code unit of the Latin blocks. */
const LATIN = Uint8Array.from({ length: LATIN_END }, (_, code) => {
  if (code >= 0xc0) return ACCENTED
  if (code === 10 || code === 13) return LINE
  if (code <= 32 || code === 127 || code === 0xa0) return SPACE
  if (code >= 97 && code <= 122) return LOWER
  if (code >= 65 && code <= 90) return UPPER
  return code >= 48 && code <= 57 ? DIGIT : MARK
})

function classOf(code: number): number {
  if (code < LATIN_END) return LATIN[code] ?? MARK
  // General punctuation, arrows, box drawing, CJK and full-width punctuation.
  if (code >= 0x2000 && code < 0x2c00) return code <= 0x200a ? SPACE : MARK
  if ((code >= 0x3000 && code < 0x3040) || (code >= 0xff00 && code < 0xff10)) return MARK
  return WIDE
}

/** Tokens per character outside the Latin blocks. */
function wideCost(code: number): number {
  if (code >= 0x4e00 && code < 0xa000) return HAN
  if (code >= 0x400 && code < 0x530) return CYRILLIC
  if (code >= 0x370 && code < 0x400) return GREEK
  if (code >= 0x590 && code < 0xe00) return ARABIC_INDIC
  if (code >= 0x3040 && code < 0x3100) return KANA
  if (code >= 0xac00 && code < 0xd7b0) return HANGUL
  if (code >= 0xd800 && code < 0xe000) return SURROGATE
  return code >= 0x3400 && code < 0x4e00 ? RARE_HAN : OTHER_LETTER
}

/** First index after `start` whose class is not `cls`. */
function endOfRun(text: string, start: number, cls: number): number {
  let at = start + 1
  while (at < text.length && classOf(text.charCodeAt(at)) === cls) at += 1
  return at
}

/** Letters of a word beyond the free ones, when it grows from `before` to `after` letters. */
function tail(before: number, after: number): number {
  return Math.max(0, after - WORD_FREE_LETTERS) - Math.max(0, before - WORD_FREE_LETTERS)
}

/** Cost of a run of `length` characters of one class after a run of class `previous`; `word` letters came just before. */
function runCost(cls: number, length: number, before: { readonly cls: number; readonly word: number }): number {
  switch (cls) {
    case SPACE:
      return length === 1 ? 0 : INDENT * Math.ceil(length / BLANKS_PER_TOKEN)
    case LINE:
      return (before.cls === MARK ? NEWLINE_MORE : NEWLINE) + (length - 1) * NEWLINE_MORE
    case DIGIT:
      return Math.ceil(length / 3) + (before.cls === MARK ? MARK_BEFORE_DIGIT : 0)
    case MARK:
      return MARK_FIRST + (length - 1) * MARK_MORE
    case UPPER:
      return (
        1 +
        Math.min(length - 1, CAPITAL_FREE_LETTERS - 1) * CAPITAL_MORE +
        Math.max(0, length - CAPITAL_FREE_LETTERS) * CAPITAL_TAIL
      )
    default: {
      const accents = cls === ACCENTED ? length * ACCENT : 0
      if (before.word > 0) return accents + tail(before.word, before.word + length) * WORD_TAIL
      return accents + (before.cls === UPPER ? AFTER_CAPITALS : 1) + tail(0, length) * WORD_TAIL
    }
  }
}

/** Letters of the word that a run leaves open: small letters, or one capital that may start a word. */
function openWord(cls: number, length: number, word: number): number {
  if (cls === LOWER || cls === ACCENTED) return word + length
  return cls === UPPER && length === 1 ? 1 : 0
}

/** A stretch of letters and digits in one word, which may turn out to be base64 or hexadecimal. */
class Stretch {
  #start = 0
  #tokens = 0
  #changes = 0
  #capitals = false

  add(cls: number): void {
    this.#changes += 1
    if (cls === UPPER) this.#capitals = true
  }

  /** Ends the stretch before `end` and opens the next one at `next`; gives the corrected total. */
  close(end: number, next: number, tokens: number): number {
    const length = end - this.#start
    const isBlob = length >= BLOB_LENGTH && this.#changes > length * BLOB_CHANGES
    const total = isBlob ? this.#tokens + length / (this.#capitals ? MIXED_BLOB : PLAIN_BLOB) : tokens
    this.#start = next
    this.#changes = 0
    this.#capitals = false
    return total
  }

  /** Remembers the total from which the open stretch counts. */
  openAt(tokens: number): void {
    this.#tokens = tokens
  }
}

/** `+` and `/` are letters of base64 when they stand alone. */
function inStretch(cls: number, code: number, length: number): boolean {
  return (
    cls === LOWER || cls === UPPER || cls === DIGIT || (cls === MARK && length === 1 && (code === 43 || code === 47))
  )
}

/** Estimated o200k tokens of a text. Linear in its length, never throws, 0 for the empty text. */
export function estimateTokens(text: string): number {
  const stretch = new Stretch()
  const before = { cls: SPACE, word: 0 }
  let tokens = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    const cls = classOf(code)
    const end = cls === WIDE ? at + 1 : endOfRun(text, at, cls)
    const cost = cls === WIDE ? wideCost(code) : runCost(cls, end - at, before)
    if (inStretch(cls, code, end - at)) {
      stretch.add(cls)
      tokens += cost
    } else {
      tokens = stretch.close(at, end, tokens) + cost
      stretch.openAt(tokens)
    }
    before.word = openWord(cls, end - at, before.word)
    before.cls = cls
    at = end
  }
  // A hair of float error must not become a token.
  return Math.max(0, Math.ceil(stretch.close(text.length, text.length, tokens) - 1e-9))
}
