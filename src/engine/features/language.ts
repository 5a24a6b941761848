import { SCRIPTS, type Script } from './characters.ts'
import { LANGUAGES } from './lexicon.ts'
import type { Scan } from './scanned.ts'

const UNDECIDED = 'und'
const KANA = SCRIPTS.indexOf('kana')
const HAN = SCRIPTS.indexOf('han')
/** Votes that a language written in Latin letters needs. */
const LEAST_VOTES = 1

/** Language of each script that has one main language here. */
const LANGUAGE_OF_SCRIPT: Partial<Record<Script, string>> = {
  han: 'zh',
  kana: 'ja',
  hangul: 'ko',
  cyrillic: 'ru',
  arabic: 'ar',
  devanagari: 'hi',
  greek: 'el',
  hebrew: 'he',
  thai: 'th',
}

/** Small letters (as code units) that speak for a language, and how much each counts. */
const LETTER_VOTES: readonly (readonly [code: number, language: (typeof LANGUAGES)[number], votes: number])[] = [
  [0xdf, 'de', 2],
  [0xe4, 'de', 0.7],
  [0xf6, 'de', 0.5],
  [0xfc, 'de', 0.7],
  [0xf1, 'es', 2],
  [0xbf, 'es', 2],
  [0xa1, 'es', 2],
  [0xe3, 'pt', 2],
  [0xf5, 'pt', 2],
  [0xe7, 'fr', 0.6],
  [0xe8, 'fr', 0.6],
  [0xea, 'fr', 0.8],
  [0xe0, 'fr', 0.4],
  [0xe5, 'sv', 2],
]

/** The same with the place of each language. */
const PLACED_VOTES = LETTER_VOTES.map(([code, language, votes]) => ({ code, at: LANGUAGES.indexOf(language), votes }))

/** Dominant script of the letters read. Japanese mixes kana and han: a fifth of kana is enough. */
export function dominantScript(scan: Scan): string {
  const counts = scan.scripts
  let total = 0
  for (let at = 0; at < counts.length; at += 1) total += counts[at] ?? 0
  if (total === 0) return UNDECIDED
  const kana = counts[KANA] ?? 0
  const han = counts[HAN] ?? 0
  if (kana > 0 && kana * 5 >= kana + han && (kana + han) * 3 >= total) return 'kana'
  // An ideogram says more than a letter: "用 Python 写一个函数" is Chinese.
  if (han * 3 >= total - han) return 'han'
  let best = 0
  for (let at = 1; at < counts.length; at += 1) if ((counts[at] ?? 0) > (counts[best] ?? 0)) best = at
  return SCRIPTS[best] ?? UNDECIDED
}

/** Language of a scanned text from its script, its function words and its special letters. */
export function languageOf(scan: Scan, script: string, votes: readonly number[]): string {
  if (script !== 'latin') {
    for (const [name, language] of Object.entries(LANGUAGE_OF_SCRIPT)) if (name === script) return language
    return UNDECIDED
  }
  const tally = votes.slice()
  for (const { code, at, votes: weight } of PLACED_VOTES) {
    const seen = scan.accents.get(code) ?? 0
    if (seen > 0) tally[at] = (tally[at] ?? 0) + Math.min(4, seen * weight)
  }
  let best = 0
  for (let at = 1; at < tally.length; at += 1) if ((tally[at] ?? 0) > (tally[best] ?? 0)) best = at
  return (tally[best] ?? 0) >= LEAST_VOTES ? (LANGUAGES[best] ?? UNDECIDED) : UNDECIDED
}
