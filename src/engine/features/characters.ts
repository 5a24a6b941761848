/** Script slots of a text's letter counts. */
export const SCRIPTS = [
  'latin',
  'han',
  'kana',
  'hangul',
  'cyrillic',
  'arabic',
  'devanagari',
  'greek',
  'hebrew',
  'thai',
  'other',
] as const
export type Script = (typeof SCRIPTS)[number]

const LATIN = 0
const HAN = 1
const KANA = 2
const HANGUL = 3
const CYRILLIC = 4
const ARABIC = 5
const DEVANAGARI = 6
const GREEK = 7
const HEBREW = 8
const THAI = 9
const OTHER = 10

/** What a code unit is to the scanner. */
export const BLANK = 0
export const LETTER = 1
export const DIGIT = 2
const MARK = 3
/** A letter of a script without blanks between words: a token of its own. */
export const IDEOGRAM = 4

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code <= 32 || code === 127) return BLANK
  if (code >= 48 && code <= 57) return DIGIT
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? LETTER : MARK
})

/** Class of a code unit. Half a surrogate pair counts as a mark: emoji are not words. */
export function unitClass(code: number): number {
  if (code < 128) return ASCII[code] ?? MARK
  if (code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x200b) || code === 0xfeff) return BLANK
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return MARK
  if (code < 0x2000) return LETTER
  if (code < 0x3040) return MARK
  if (code < 0xd7b0) return IDEOGRAM
  if (code >= 0xf900 && code < 0xfb00) return IDEOGRAM
  return code >= 0xff21 && code < 0xff5b ? LETTER : MARK
}

/** Index into SCRIPTS of a letter or ideogram. */
export function scriptOf(code: number): number {
  if (code < 0x250 || (code >= 0x1e00 && code < 0x1f00)) return LATIN
  if (code >= 0x4e00 && code < 0xa000) return HAN
  if (code >= 0x3040 && code < 0x3100) return KANA
  if (code >= 0xac00 && code < 0xd7b0) return HANGUL
  if (code >= 0x400 && code < 0x530) return CYRILLIC
  if ((code >= 0x600 && code < 0x780) || (code >= 0xfb50 && code < 0xff00)) return ARABIC
  if (code >= 0x900 && code < 0x980) return DEVANAGARI
  if (code >= 0x370 && code < 0x400) return GREEK
  if (code >= 0x590 && code < 0x600) return HEBREW
  if (code >= 0xe00 && code < 0xe80) return THAI
  return code >= 0x3400 && code < 0x4e00 ? HAN : OTHER
}

/** Small letter of the Latin, Cyrillic and Greek capitals that occur in our word lists; others stay as they are. */
export function foldCase(code: number): number {
  if (code < 128) return code >= 65 && code <= 90 ? code + 32 : code
  if (code >= 0xc0 && code <= 0xde) return code + 32
  if (code >= 0x410 && code <= 0x42f) return code + 32
  if (code >= 0x391 && code <= 0x3a9) return code + 32
  return code >= 0x100 && code < 0x180 && code % 2 === 0 ? code + 1 : code
}

/** Marks after which a sentence begins, if a blank follows. */
export const isSentenceEnd = (code: number): boolean =>
  code === 46 || code === 33 || code === 63 || code === 59 || code === 0x3002 || code === 0xff01 || code === 0xff1f

/** Typographic quotation marks that open or close; which is which differs by language, so they only toggle. */
export const isCurlyQuote = (code: number): boolean =>
  (code >= 0x201c && code <= 0x201f) || code === 0xab || code === 0xbb || (code >= 0x300c && code <= 0x300f)
