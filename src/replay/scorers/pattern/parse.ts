/** A pattern that cannot be used. The message never quotes it. */
export class PatternMistake extends Error {
  override readonly name = 'PatternMistake'
}

export type Assertion = 'start' | 'end' | 'word' | 'not_word'

export type PatternNode =
  /** One character; `source` is its notation in a regular expression. */
  | { readonly kind: 'character'; readonly source: string }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number }

const MAX_LENGTH = 2_000
const MAX_NESTING = 50

/** Parses the part of the language that can be matched in linear time: all but look-around and back references. */
export function parsePattern(pattern: string, flags: string): PatternNode {
  if (pattern.length > MAX_LENGTH) throw new PatternMistake(`is longer than ${MAX_LENGTH} characters`)
  if (!/^[imsu]*$/u.test(flags)) throw new PatternMistake('has flags other than i, m, s and u')
  try {
    // The engine's own parser settles what is valid, so that the one below may rely on it.
    void new RegExp(pattern, flags.includes('u') ? flags : `${flags}u`)
  } catch {
    throw new PatternMistake('is no valid regular expression')
  }
  return new PatternParser(pattern).choice(0)
}

class PatternParser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  choice(depth: number): PatternNode {
    if (depth > MAX_NESTING) throw new PatternMistake('is nested too deeply')
    const parts = [this.#sequence(depth)]
    while (this.#take('|')) parts.push(this.#sequence(depth))
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'choice', parts }
  }

  #sequence(depth: number): PatternNode {
    const parts: PatternNode[] = []
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] ?? ''))
      parts.push(this.#repeated(this.#atom(depth)))
    return { kind: 'sequence', parts }
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found !== null) this.#at += found[0].length
    return found
  }

  #atom(depth: number): PatternNode {
    if (this.#take('(')) return this.#group(depth)
    if (this.#take('^')) return { kind: 'assertion', assertion: 'start' }
    if (this.#take('$')) return { kind: 'assertion', assertion: 'end' }
    if (this.#take('\\b')) return { kind: 'assertion', assertion: 'word' }
    if (this.#take('\\B')) return { kind: 'assertion', assertion: 'not_word' }
    if (this.#match(/\\(?:[1-9]|k<)/uy) !== null)
      throw new PatternMistake('uses a back reference, which is not supported')
    const character = this.#match(/\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u....|\\x..|\\c.|\\.|./suy)
    if (character === null) throw new PatternMistake('is no valid regular expression')
    return { kind: 'character', source: character[0] }
  }

  #group(depth: number): PatternNode {
    if (this.#match(/\?(?:<?[=!])/uy) !== null) throw new PatternMistake('uses look-around, which is not supported')
    this.#match(/\?(?::|<[^>]*>)/uy)
    const node = this.choice(depth + 1)
    this.#take(')')
    return node
  }

  #repeated(part: PatternNode): PatternNode {
    const found = this.#match(/(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/uy)
    if (found === null) return part
    const [, sign, least, comma, most] = found
    if (sign !== undefined) {
      return { kind: 'repeat', part, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Number.POSITIVE_INFINITY }
    }
    const min = Number(least)
    const max = comma === '' ? min : most === '' ? Number.POSITIVE_INFINITY : Number(most)
    return { kind: 'repeat', part, min, max }
  }
}
