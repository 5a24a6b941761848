import { parsePattern, PatternMistake } from './parse.ts'
import type { Assertion, PatternNode } from './parse.ts'

/**
 * Tests of user-written patterns in time proportional to text length times pattern size. The built-in engine
 * backtracks, so that a pattern such as `(a+)+b` can hang a run; following all states at once cannot.
 */
type State =
  | { readonly kind: 'character'; readonly accepts: (codePoint: number) => boolean; next: number }
  | { readonly kind: 'assertion'; readonly assertion: Assertion; next: number }
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'match' }

const MAX_STATES = 4_000
const NOWHERE = -1

/** Compiles a pattern into a test that says whether it occurs in a text. Throws `PatternMistake`. */
export function compilePattern(pattern: string, flags = ''): (text: string) => boolean {
  const builder = new StateBuilder(flags)
  const start = builder.add(parsePattern(pattern, flags), builder.state({ kind: 'match' }))
  const { states } = builder
  const multiline = flags.includes('m')
  return (text) => new Run({ states, start, multiline }, text).found()
}

/** Builds states back to front: each part is told where to go on. */
class StateBuilder {
  readonly states: State[] = []
  readonly #flags: string
  readonly #predicates = new Map<string, (codePoint: number) => boolean>()

  constructor(flags: string) {
    this.#flags = flags.replaceAll(/[mu]/gu, '')
  }

  state(state: State): number {
    if (this.states.length >= MAX_STATES) throw new PatternMistake('is too large, mostly because of counted repeats')
    return this.states.push(state) - 1
  }

  add(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'character':
        return this.state({ kind: 'character', accepts: this.#predicate(node.source), next })
      case 'assertion':
        return this.state({ kind: 'assertion', assertion: node.assertion, next })
      case 'sequence':
        return node.parts.reduceRight((after, part) => this.add(part, after), next)
      case 'choice':
        return node.parts
          .map((part) => this.add(part, next))
          .reduceRight((second, first) => this.state({ kind: 'split', first, second }))
      case 'repeat':
        return this.#repeat(node, next)
    }
  }

  #repeat({ part, min, max }: Extract<PatternNode, { kind: 'repeat' }>, next: number): number {
    let at = next
    if (max === Number.POSITIVE_INFINITY) {
      const loop: State = { kind: 'split', first: NOWHERE, second: next }
      at = this.state(loop)
      loop.first = this.add(part, at)
    } else {
      for (let count = min; count < max; count += 1)
        at = this.state({ kind: 'split', first: this.add(part, at), second: next })
    }
    for (let count = 0; count < min; count += 1) at = this.add(part, at)
    return at
  }

  /** Tests one character by the built-in engine, with the answers for ASCII kept. */
  #predicate(source: string): (codePoint: number) => boolean {
    const known = this.#predicates.get(source)
    if (known !== undefined) return known
    const single = new RegExp(`^(?:${source})$`, `${this.#flags}u`)
    const ascii = Uint8Array.from({ length: 128 }, (_, code) => Number(single.test(String.fromCharCode(code))))
    const accepts = (codePoint: number): boolean =>
      codePoint < 128 ? ascii[codePoint] === 1 : single.test(String.fromCodePoint(codePoint))
    this.#predicates.set(source, accepts)
    return accepts
  }
}

interface Program {
  readonly states: readonly State[]
  readonly start: number
  readonly multiline: boolean
}

class Run {
  readonly #program: Program
  readonly #text: string
  /** Position at which a state was last entered, so that each is entered once a position. */
  readonly #entered: Int32Array

  constructor(program: Program, text: string) {
    this.#program = program
    this.#text = text
    this.#entered = new Int32Array(program.states.length).fill(-1)
  }

  found(): boolean {
    let current: number[] = []
    for (let at = 0; ;) {
      // A match may begin anywhere.
      if (this.#enter(this.#program.start, at, current)) return true
      const codePoint = this.#text.codePointAt(at)
      if (codePoint === undefined) return false
      const after = at + (codePoint > 0xffff ? 2 : 1)
      const next: number[] = []
      for (const index of current) {
        const state = this.#program.states[index]
        if (state?.kind === 'character' && state.accepts(codePoint) && this.#enter(state.next, after, next)) return true
      }
      current = next
      at = after
    }
  }

  /** Adds a state and what follows from it without reading a character; true when that is the end of the pattern. */
  #enter(index: number, at: number, into: number[]): boolean {
    const pending = [index]
    for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
      const state = this.#program.states[top]
      if (state === undefined || this.#entered[top] === at) continue
      this.#entered[top] = at
      if (state.kind === 'match') return true
      if (state.kind === 'character') into.push(top)
      else if (state.kind === 'split') pending.push(state.second, state.first)
      else if (this.#holds(state.assertion, at)) pending.push(state.next)
    }
    return false
  }

  #holds(assertion: Assertion, at: number): boolean {
    const before = this.#text[at - 1]
    const after = this.#text[at]
    if (assertion === 'start') return at === 0 || (this.#program.multiline && isLineEnd(before))
    if (assertion === 'end') return at === this.#text.length || (this.#program.multiline && isLineEnd(after))
    return (isWord(before) !== isWord(after)) === (assertion === 'word')
  }
}

function isLineEnd(character: string | undefined): boolean {
  return character === '\n' || character === '\r' || character === '\u2028' || character === '\u2029'
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /\w/u.test(character)
}
