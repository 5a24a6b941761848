import { ASCII, UNICODE, type Symbols } from '../style.ts'

/** How text is drawn: which symbols, and whether anything outside ASCII may reach the terminal. */
export interface Look {
  readonly ascii: boolean
  readonly symbols: Symbols
}

export function lookOf(ascii: boolean): Look {
  return { ascii, symbols: ascii ? ASCII : UNICODE }
}

const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/
// Joiners and variation selectors change how wide a terminal draws the character before them; without them every
// character has its own width.
const VARIATION_SELECTORS = /\p{Variation_Selector}/gu
const JOINERS: readonly string[] = ['\u200c', '\u200d']
// Control characters could drive the terminal; format characters (Cf) could reorder or hide text.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const BEYOND_ASCII = /[^\u0020-\u007e]/gu

/** Text that is safe to print on one line: control and format characters become visible escapes such as `\u{1b}`. */
export function cleanText(text: string, ascii: boolean): string {
  if (PRINTABLE_ASCII.test(text)) return text
  const safe = text.replace(VARIATION_SELECTORS, '').replace(UNSAFE, escaped)
  return ascii ? safe.replace(BEYOND_ASCII, escaped) : safe
}

function escaped(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\t') return '  '
  if (JOINERS.includes(character)) return ''
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

/** Columns that clean text takes. Never less than a terminal needs, so that a line that fits here fits there. */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

const MARK = /^[\p{Mn}\p{Me}]$/u
const EMOJI = /^\p{Emoji_Presentation}$/u

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x300) return 1
  if (MARK.test(character)) return 0
  return isWide(code) || EMOJI.test(character) ? 2 : 1
}

/** Blocks of East Asian wide and fullwidth characters, and pictographs, as [first, last]. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2630, 0x2637],
  [0x268a, 0x268f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x1b2ff],
  [0x1d300, 0x1d37f],
  [0x1f000, 0x1faff],
  [0x20000, 0x3fffd],
]

function isWide(code: number): boolean {
  return code >= 0x1100 && WIDE.some(([first, last]) => code >= first && code <= last)
}

/** Clean text cut to `width` columns; what was cut ends in an ellipsis. */
export function cutText(text: string, width: number, look: Look): string {
  if (textWidth(text) <= width) return text
  const { ellipsis } = look.symbols
  return width <= ellipsis.length
    ? takeColumns(text, width)
    : `${takeColumns(text, width - ellipsis.length)}${ellipsis}`
}

function takeColumns(text: string, width: number): string {
  let taken = ''
  let left = width
  for (const character of text) {
    left -= characterWidth(character)
    if (left < 0) break
    taken += character
  }
  return taken
}

/** Exactly `width` columns: cleaned, cut with an ellipsis, padded. */
export function fit(text: string, width: number, how: { look: Look; align?: 'left' | 'right' }): string {
  const shown = cutText(cleanText(text, how.look.ascii), width, how.look)
  const fill = ' '.repeat(Math.max(0, width - textWidth(shown)))
  return how.align === 'right' ? fill + shown : shown + fill
}

/** The part of a cleaned text that fits on a line of `width` columns, broken at a space where there is one, and the rest. */
export function takeLine(text: string, width: number): { readonly head: string; readonly rest: string } {
  const head = takeColumns(text, Math.max(2, width))
  if (head.length === text.length) return { head, rest: '' }
  const space = head.lastIndexOf(' ')
  if (text[head.length] === ' ' || space <= head.length / 3) {
    return { head, rest: text.slice(head.length).replace(/^ /, '') }
  }
  return { head: head.slice(0, space).trimEnd(), rest: text.slice(space + 1) }
}

/** A cleaned text as lines of at most `width` columns; at least one line. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let left = text
  do {
    const { head, rest } = takeLine(left, width)
    lines.push(head)
    left = rest
  } while (left !== '')
  return lines
}
