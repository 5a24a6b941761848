import type { Finding } from './finding.ts'

/** Shorter values would hit by chance all over a text. */
const MIN_KNOWN_LENGTH = 6

/** Fewer characters of base64 than this say too little. */
const MIN_ENCODED_LENGTH = 8

interface Needle {
  readonly text: string
  /** Part of a longer base64 text, which is taken as a whole. */
  readonly encoded: boolean
}

/** Finds values that are known to be secret: as they are, escaped for JSON or a URL, and inside base64. */
export class KnownValues {
  readonly #needles: readonly Needle[]

  constructor(values: readonly string[]) {
    const needles = new Map<string, Needle>()
    for (const value of values) {
      if (value.length < MIN_KNOWN_LENGTH) continue
      for (const needle of formsOf(value)) needles.set(needle.text, needle)
    }
    this.#needles = [...needles.values()].sort((a, b) => b.text.length - a.text.length)
  }

  find(text: string): Finding[] {
    const findings: Finding[] = []
    for (const { text: needle, encoded } of this.#needles) {
      for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
        const found = { start: at, end: at + needle.length }
        findings.push({ ...(encoded ? wholeRun(text, found) : found), type: 'SECRET', rule: 'known-value' })
      }
    }
    return findings
  }
}

function formsOf(value: string): Needle[] {
  const plain = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]
  // Inside a JSON string that is itself inside one.
  plain.push(JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1))
  return [
    ...plain.map((text) => ({ text, encoded: false })),
    ...base64Forms(value).map((text) => ({ text, encoded: true })),
  ]
}

/**
 * What the value looks like in the middle of a base64 text. Three bytes make four characters, so there are three
 * forms, by the value's place in its group; characters that also depend on its neighbours are left out.
 */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  const forms: string[] = []
  for (const lead of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(lead), bytes])
    const first = Math.ceil((lead * 8) / 6)
    const last = Math.floor((shifted.length * 8) / 6)
    for (const alphabet of ['base64', 'base64url'] as const) {
      const form = shifted.toString(alphabet).slice(first, last)
      if (form.length >= MIN_ENCODED_LENGTH) forms.push(form)
    }
  }
  return forms
}

const MAX_RUN = 100_000

function wholeRun(text: string, found: { start: number; end: number }): { start: number; end: number } {
  let { start, end } = found
  while (start > 0 && found.start - start < MAX_RUN && isBase64(text[start - 1])) start -= 1
  while (end < text.length && end - found.end < MAX_RUN && isBase64(text[end])) end += 1
  return { start, end }
}

function isBase64(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9+/=_-]/u.test(character)
}

const SECRET_NAME = /(?:^|[_-])(?:key|token|secret|password|passwd|pwd|credentials?|auth)(?:[_-]|$)|apikey/iu
/** Names such as `SSH_AUTH_SOCK` or `KEY_FILE` hold places, not secrets. */
const PLACE_NAME = /(?:^|_)(?:sock|path|file|dir|home|url|host|port|id|name|type|ttl|bits|layout)$/iu

/** Values of environment variables whose names say that they are secret. */
export function secretsOfEnvironment(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env)
    .filter(([name]) => SECRET_NAME.test(name) && !PLACE_NAME.test(name))
    .map(([, value]) => value ?? '')
    .filter((value) => value.length >= 8 && !/^(?:[\d.]+|[./~].*)$/u.test(value))
}
