import { CUES, cueIndex } from './cue-names.ts'
import { hashPair } from './hashing.ts'
import { CHINESE } from './lexicon/chinese.ts'
import { ENGLISH } from './lexicon/english.ts'
import { FRENCH } from './lexicon/french.ts'
import { GERMAN } from './lexicon/german.ts'
import { MORE_LATIN, MORE_SCRIPTS } from './lexicon/more.ts'
import { SPANISH } from './lexicon/spanish.ts'
import type { WordList } from './lexicon/words.ts'
import type { Line } from './lines.ts'
import { scanText } from './scan.ts'

/** Languages that the word lists can tell apart, in the order of their votes. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl', 'tr', 'sv'] as const

/** What a phrase means. `cues` at or above CUES.length are language votes. */
export interface Entry {
  readonly cues: number[]
  /** Longer phrases begin with this one. */
  prefix: boolean
}

const SLOTS = 1 << 15

/** Phrases by hash, open addressing: a lookup is one array read in most cases and allocates nothing. */
export class Lexicon {
  readonly #keys = new Int32Array(SLOTS)
  readonly #entryAt = new Int32Array(SLOTS)
  /** The first place is that of every phrase in no list, so that a miss reads inside the array, too. */
  readonly #entries: (Entry | undefined)[] = [undefined]
  readonly #polite = new Set<number>()

  constructor(lists: readonly WordList[]) {
    for (const list of lists) for (const [name, phrases] of Object.entries(list)) this.#addList(name, phrases)
  }

  #addList(name: string, phrases: string): void {
    const cue = name.startsWith('lang.')
      ? CUES.length + LANGUAGES.findIndex((code) => name === `lang.${code}`)
      : cueIndex(name)
    // One scan for the whole list, a phrase a line: a scan of its own for each would take most of the first request.
    const { tokens, lines } = scanText(phrases.replaceAll('|', '\n'))
    for (const line of lines) this.#addPhrase(tokens, line, cue)
    if (name === 'polite') for (const token of tokens) this.#polite.add(token)
  }

  #addPhrase(tokens: readonly number[], { from, to }: Line, cue: number): void {
    let hash = 0
    for (let at = from; at < to; at += 1) {
      const token = tokens[at] ?? 0
      hash = at === from ? token : hashPair(hash, token)
      const entry = this.#entry(hash)
      if (at < to - 1) entry.prefix = true
      else if (!entry.cues.includes(cue)) entry.cues.push(cue)
    }
  }

  #slot(hash: number): number {
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    while (this.#entryAt[slot] !== 0 && this.#keys[slot] !== hash) slot = (slot + 1) & (SLOTS - 1)
    return slot
  }

  #entry(hash: number): Entry {
    const slot = this.#slot(hash)
    const known = this.#entries[this.#entryAt[slot] ?? 0]
    if (known !== undefined) return known
    const entry: Entry = { cues: [], prefix: false }
    this.#keys[slot] = hash
    this.#entryAt[slot] = this.#entries.push(entry) - 1
    return entry
  }

  /** What the phrase with this hash means, undefined for one that is in no list. */
  find(hash: number): Entry | undefined {
    return this.#entries[this.#entryAt[this.#slot(hash)] ?? 0]
  }

  /** The word occurs in polite openings ("could you please"), which may stand before an imperative. */
  isPolite(token: number): boolean {
    return this.#polite.has(token)
  }
}

let built: Lexicon | undefined

/** The built-in word lists, indexed at the first use. */
export function lexicon(): Lexicon {
  built ??= new Lexicon([ENGLISH, GERMAN, FRENCH, SPANISH, CHINESE, MORE_LATIN, MORE_SCRIPTS])
  return built
}
