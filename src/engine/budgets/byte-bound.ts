/*
 * Tokenizers cut a text into pieces of at least one byte of its UTF-8 form, whatever their vocabulary; those without
 * bytes of their own have one piece for what they do not know. So a text has at most as many tokens as bytes. Some
 * normalise the text before (NFC or NFKC), which makes a few characters longer: those count with the bytes of the longer
 * form. Unpaired surrogates count as the replacement character that they become.
 */

/** What a JSON writer may make of a character beyond ASCII, and of those that some escape in case it lands in HTML. */
const ESCAPED = 6

const SURROGATES = 0xd800
const SURROGATES_END = 0xe000

/** Code units (as ranges, last included) whose normal form is longer, with its bytes. Worked out with Unicode 15. */
const LONGER: readonly (readonly [first: number, last: number, bytes: number])[] = [
  [0x00a8, 0x00be, 5],
  [0x013f, 0x0140, 3],
  [0x0149, 0x0149, 3],
  [0x01c4, 0x01c6, 3],
  [0x02d8, 0x02dd, 3],
  [0x0344, 0x0344, 4],
  [0x037a, 0x037a, 3],
  [0x0384, 0x0385, 5],
  [0x0587, 0x0587, 4],
  [0x0675, 0x0678, 4],
  [0x0958, 0x095f, 6],
  [0x09dc, 0x09df, 6],
  [0x0a33, 0x0a36, 6],
  [0x0a59, 0x0a5e, 6],
  [0x0b5c, 0x0b5d, 6],
  [0x0e33, 0x0e33, 6],
  [0x0eb3, 0x0eb3, 6],
  [0x0edc, 0x0edd, 6],
  [0x0f43, 0x0fb9, 9],
  [0x1fc1, 0x1fee, 5],
  [0x2033, 0x2037, 9],
  [0x2057, 0x2057, 12],
  [0x2150, 0x2189, 6],
  [0x222c, 0x2230, 9],
  [0x247d, 0x2487, 4],
  [0x2a0c, 0x2a0c, 12],
  [0x2adc, 0x2adc, 5],
  [0x309b, 0x309f, 6],
  [0x30ff, 0x30ff, 6],
  [0x3200, 0x321e, 8],
  [0x3220, 0x3243, 5],
  [0x327c, 0x327d, 6],
  [0x32c0, 0x32cb, 5],
  [0x32ff, 0x337f, 18],
  [0x3389, 0x33fe, 8],
  [0xfa6c, 0xfad7, 4],
  [0xfb13, 0xfb4f, 6],
  [0xfbdd, 0xfdcf, 6],
  [0xfdf0, 0xfdfc, 33],
  [0xfe71, 0xfefc, 4],
  // Lead surrogates: musical symbols, enclosed characters, and all others.
  [SURROGATES, SURROGATES_END - 1, 3],
  [0xd834, 0xd834, 10],
  [0xd83c, 0xd83c, 7],
]

const BYTES = bytesByUnit()

function bytesByUnit(): Uint8Array {
  const bytes = new Uint8Array(0x10000).fill(3)
  bytes.fill(1, 0, 0x80)
  bytes.fill(2, 0x80, 0x800)
  for (const [first, last, longest] of LONGER) bytes.fill(longest, first, last + 1)
  return bytes
}

/** An upper bound on the tokens of a text in any tokenizer. Linear, without allocating. */
export function textBound(text: string): number {
  let bound = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    bound += code < 0x80 ? 1 : (BYTES[code] ?? 3)
  }
  return bound
}

/** The same for a value that reaches the model as JSON, however its writer escapes. */
export function jsonBound(value: unknown): number {
  const text = JSON.stringify(value) ?? ''
  let bound = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 0x80) bound += code === 60 || code === 62 || code === 38 || code === 39 ? ESCAPED : 1
    else bound += Math.max(ESCAPED, BYTES[code] ?? 3)
  }
  return bound
}
