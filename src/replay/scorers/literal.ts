/** A value written as a Python or JavaScript literal. */
export type Literal =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'constant'; readonly value: 'true' | 'false' | 'null' }
  | { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly Literal[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Literal, Literal])[] }

const MAX_DEPTH = 32
const CONSTANTS: Readonly<Record<string, 'true' | 'false' | 'null'>> = {
  True: 'true',
  true: 'true',
  False: 'false',
  false: 'false',
  None: 'null',
  null: 'null',
  undefined: 'null',
}
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0' }

/** Parses one whole literal; null when the text is anything else. */
export function parseLiteral(text: string): Literal | null {
  const parser = new LiteralParser(text)
  const value = parser.value(0)
  return value !== null && parser.atEnd() ? value : null
}

/** Same value: numbers within `tolerance`, sets and maps in any order; a list is no tuple and no text. */
export function sameLiteral(a: Literal, b: Literal, tolerance = 1e-9): boolean {
  switch (a.kind) {
    case 'number':
      return b.kind === 'number' && closeTo(a.value, b.value, tolerance)
    case 'text':
      return b.kind === 'text' && a.value === b.value
    case 'constant':
      return b.kind === 'constant' && a.value === b.value
    case 'map':
      return b.kind === 'map' && sameEntries(a.entries, b.entries, tolerance)
    case 'set':
      return b.kind === 'set' && sameSet(a.items, b.items, tolerance)
    case 'list':
      return b.kind === 'list' && sameItems(a.items, b.items, tolerance)
    case 'tuple':
      return b.kind === 'tuple' && sameItems(a.items, b.items, tolerance)
  }
}

type Entries = readonly (readonly [Literal, Literal])[]

function sameEntries(a: Entries, b: Entries, tolerance: number): boolean {
  if (a.length !== b.length) return false
  return a.every(([key, value]) =>
    b.some(([otherKey, other]) => sameLiteral(key, otherKey, tolerance) && sameLiteral(value, other, tolerance)),
  )
}

function sameSet(a: readonly Literal[], b: readonly Literal[], tolerance: number): boolean {
  return a.length === b.length && a.every((item) => b.some((other) => sameLiteral(item, other, tolerance)))
}

function sameItems(a: readonly Literal[], b: readonly Literal[], tolerance: number): boolean {
  if (a.length !== b.length) return false
  return a.every((item, index) => {
    const other = b[index]
    return other !== undefined && sameLiteral(item, other, tolerance)
  })
}

/** Equal within a tolerance that is absolute near zero and relative elsewhere. */
export function closeTo(a: number, b: number, tolerance: number): boolean {
  return a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b))
}

class LiteralParser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  atEnd(): boolean {
    this.#space()
    return this.#at === this.#text.length
  }

  value(depth: number): Literal | null {
    this.#space()
    if (depth > MAX_DEPTH) return null
    const first = this.#text[this.#at]
    if (first === '"' || first === "'") return this.#quoted(first)
    if (first === '[') return this.#sequence('list', ']', depth)
    if (first === '(') return this.#parenthesised(depth)
    if (first === '{') return this.#braces(depth)
    return this.#word()
  }

  #space(): void {
    while (/\s/u.test(this.#text[this.#at] ?? '')) this.#at += 1
  }

  #take(character: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #quoted(quote: string): Literal | null {
    let value = ''
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? ''
      if (character === quote) {
        this.#at += 1
        return { kind: 'text', value }
      }
      if (character === '\\') {
        this.#at += 1
        value += this.#escape()
      } else value += character
    }
    return null
  }

  /** Character of the escape whose letter is the current one; leaves the position on its last character. */
  #escape(): string {
    const letter = this.#text[this.#at] ?? ''
    const width = letter === 'x' ? 2 : letter === 'u' ? 4 : 0
    const digits = this.#text.slice(this.#at + 1, this.#at + 1 + width)
    if (width > 0 && digits.length === width && /^[0-9a-f]+$/iu.test(digits)) {
      this.#at += width
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    return ESCAPES[letter] ?? letter
  }

  #sequence(kind: 'list' | 'tuple', close: string, depth: number): Literal | null {
    this.#at += 1
    const items: Literal[] = []
    while (!this.#take(close)) {
      const item = this.value(depth + 1)
      if (item === null) return null
      items.push(item)
      if (!this.#take(',') && this.#text[this.#at] !== close) return null
    }
    return { kind, items }
  }

  /** `(1)` is a number in brackets, `(1,)` a tuple. */
  #parenthesised(depth: number): Literal | null {
    const tuple = this.#sequence('tuple', ')', depth)
    if (tuple?.kind !== 'tuple' || tuple.items.length !== 1) return tuple
    const before = this.#text.slice(0, this.#at - 1).trimEnd()
    return before.endsWith(',') ? tuple : (tuple.items[0] ?? null)
  }

  #braces(depth: number): Literal | null {
    this.#at += 1
    const entries: [Literal, Literal][] = []
    const items: Literal[] = []
    while (!this.#take('}')) {
      const key = this.value(depth + 1)
      if (key === null) return null
      if (this.#take(':')) {
        const value = this.value(depth + 1)
        if (value === null) return null
        entries.push([key, value])
      } else items.push(key)
      if (!this.#take(',') && this.#text[this.#at] !== '}') return null
    }
    if (items.length > 0) return entries.length > 0 ? null : { kind: 'set', items }
    return { kind: 'map', entries }
  }

  #word(): Literal | null {
    const match = /[\w.+-]+/uy
    match.lastIndex = this.#at
    const word = match.exec(this.#text)?.[0]
    if (word === undefined) return null
    this.#at += word.length
    const constant = Object.hasOwn(CONSTANTS, word) ? CONSTANTS[word] : undefined
    if (constant !== undefined) return { kind: 'constant', value: constant }
    if (word === 'set' && this.#text.startsWith('()', this.#at)) {
      this.#at += 2
      return { kind: 'set', items: [] }
    }
    if (!/^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu.test(word)) return null
    return { kind: 'number', value: Number(word.replaceAll('_', '')) }
  }
}
