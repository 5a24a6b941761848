/** Numbers as people write them: `$1,234.50`, `1 234`, `1.234,50 €`, `45%`, `-3`. */
const NUMBER = /[-+\u2212]?(?:\d{1,3}(?:[,\u00A0\u202F ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d{1,3})?/gu
const MAX_INPUT = 200_000

/** The last number in a text; currency signs, thousands separators and percent signs are left aside. */
export function lastNumber(text: string): number | null {
  const tail = text.length > MAX_INPUT ? text.slice(-MAX_INPUT) : text
  let last: string | null = null
  for (const match of tail.matchAll(NUMBER)) last = match[0]
  return last === null ? null : toNumber(last)
}

/** The number that a short text is, apart from currency, unit and separators; null when it holds none or several. */
export function soleNumber(text: string): number | null {
  const found = [...text.slice(0, 400).matchAll(NUMBER)]
  const [only] = found
  return found.length === 1 && only !== undefined ? toNumber(only[0]) : null
}

function toNumber(text: string): number {
  return Number(text.replaceAll(/[,\u00A0\u202F ]/gu, '').replace('\u2212', '-'))
}
