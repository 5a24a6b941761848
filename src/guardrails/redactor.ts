import { createHash, createHmac } from 'node:crypto'
import type { JsonValue } from '../wire/json.ts'
import { findEncodedSecrets } from './encoded.ts'
import type { Finding } from './finding.ts'
import { mergeFindings } from './finding.ts'
import { findPersonalData } from './find-personal-data.ts'
import { findSecrets } from './find-secrets.ts'
import { KnownValues } from './known-values.ts'
import { outlineOf } from './outline.ts'
import { redactJson } from './redact-json.ts'

/**
 * `secrets` takes out credentials; `strict` also e-mail addresses, phone and card numbers, IBANs and IP addresses;
 * `shape` keeps no content at all, only its outline.
 */
export type RedactionProfile = 'secrets' | 'strict' | 'shape'

export interface RedactorOptions {
  /** Searched literally and in encoded forms: upstream keys, our own keys, secrets of the environment. */
  readonly knownValues: readonly string[]
  readonly profile: RedactionProfile
  /** Local secret: the same value gets the same placeholder, and the table of values holds no value. */
  readonly salt: string
}

export interface Redactor {
  readonly profile: RedactionProfile
  /** Profile and a hash of the rules, for the fixture header. */
  readonly policy: string
  /** Redaction within one session: equal values get equal placeholders. */
  session(id: string): SessionRedactor
  /** Types of what is still to be found in a serialised line; empty when it may be written. */
  leaks(line: string): string[]
}

export interface SessionRedactor {
  text(text: string): string
  /** As `text`, but never outlined: for names and identifiers that shape the request. */
  name(text: string): string
  /** Redacts every text in a JSON value, its keys and JSON inside its strings. */
  json(value: JsonValue): JsonValue
  /** Replacements made by this object, by type. */
  readonly hits: Readonly<Record<string, number>>
}

/** Raised whenever rules change what is redacted. */
const RULES_VERSION = 1

/** Sessions whose placeholders are remembered; older ones start counting again. */
const MAX_SESSIONS = 5_000

/** Makes a redactor: known values first, then patterns. Linear in the text. */
export function createRedactor(options: RedactorOptions): Redactor {
  const known = new KnownValues(options.knownValues)
  const personal = options.profile !== 'secrets'
  const find = (text: string): Finding[] =>
    mergeFindings([
      ...known.find(text),
      ...findSecrets(text),
      ...findEncodedSecrets(text),
      ...(personal ? findPersonalData(text) : []),
    ])
  const tables = new Map<string, PlaceholderTable>()
  const table = (session: string): PlaceholderTable => {
    const existing = tables.get(session) ?? new PlaceholderTable(options.salt)
    tables.delete(session)
    tables.set(session, existing)
    const [oldest] = tables.keys()
    if (tables.size > MAX_SESSIONS && oldest !== undefined) tables.delete(oldest)
    return existing
  }
  return {
    profile: options.profile,
    policy: policyName(options),
    session: (id) => sessionRedactor({ find, table: table(id), outline: options.profile === 'shape' }),
    leaks: (line) => leaksIn(line, { known, find }),
  }
}

function policyName({ profile, knownValues }: RedactorOptions): string {
  // Only the number of known values: their hash would help to test guesses.
  const rules = `${RULES_VERSION}|${profile}|${knownValues.length}`
  return `${profile}@${createHash('sha256').update(rules).digest('hex').slice(0, 12)}`
}

interface SessionParts {
  readonly find: (text: string) => Finding[]
  readonly table: PlaceholderTable
  readonly outline: boolean
}

function sessionRedactor({ find, table, outline }: SessionParts): SessionRedactor {
  const hits: Record<string, number> = {}
  const replace = (type: string, value: string): string => {
    hits[type] = (hits[type] ?? 0) + 1
    return table.placeholder(type, value)
  }
  const rewrite = (input: string, between: (text: string) => string): string => {
    let output = ''
    let at = 0
    for (const { start, end, type } of find(input)) {
      output += between(input.slice(at, start)) + replace(type, input.slice(start, end))
      at = end
    }
    return output + between(input.slice(at))
  }
  const same = (kept: string): string => kept
  const text = (input: string): string => rewrite(input, outline ? outlineOf : same)
  const number = (value: number): JsonValue => {
    if (outline) return 0
    const written = String(value)
    const redacted = text(written)
    return redacted === written ? value : redacted
  }
  const jsonText = outline ? same : text
  return {
    text,
    name: (input) => rewrite(input, same),
    json: (value) => redactJson(value, { text, jsonText, number, replace }),
    hits,
  }
}

/** `[EMAIL_1]`, `[EMAIL_2]`, …: numbered in order of appearance. */
class PlaceholderTable {
  readonly #salt: string
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  constructor(salt: string) {
    this.#salt = salt
  }

  placeholder(type: string, value: string): string {
    const digest = createHmac('sha256', this.#salt).update(`${type}\0${value}`).digest('base64')
    const known = this.#names.get(digest)
    if (known !== undefined) return known
    const count = (this.#counts.get(type) ?? 0) + 1
    this.#counts.set(type, count)
    const name = `[${type}_${count}]`
    this.#names.set(digest, name)
    return name
  }
}

/**
 * The raw line shows what escaping hides from the values, the values show what it hides from the raw line. Numbers of
 * the line (times, counts) look like cards and phones, so personal data is searched in the values alone.
 */
function leaksIn(line: string, { known, find }: { known: KnownValues; find: (text: string) => Finding[] }): string[] {
  const types = new Set<string>()
  const add = (findings: readonly Finding[]): void => {
    for (const { type } of findings) types.add(type)
  }
  add(known.find(line))
  add(findSecrets(line))
  const value = parsedLine(line)
  // What is no JSON can only be looked at as it is.
  if (value === undefined) add(find(line))
  const look = (text: string): string => {
    add(find(text))
    return text
  }
  redactJson(value ?? null, {
    text: look,
    jsonText: look,
    number: (count) => count,
    replace: (type, text) => {
      types.add(type)
      return text
    },
  })
  return [...types].sort()
}

function parsedLine(line: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(line)
    return value
  } catch {
    return undefined
  }
}
