import type { Finding } from './finding.ts'

/**
 * Personal data with a form of its own, checked by checksum where there is one. Patterns start with a fixed class that
 * cannot stand before them, and every quantifier is bounded, so each is linear.
 */
interface PersonalRule {
  readonly id: string
  readonly type: string
  readonly pattern: RegExp
  /** Without this in the text the pattern, which is slower, is not tried. */
  readonly needs?: RegExp
  readonly accept?: (found: string) => boolean
  /** Cuts off what the pattern took too much of; null drops the finding. */
  readonly fit?: (found: string) => string | null
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'

const RULES: readonly PersonalRule[] = [
  {
    id: 'email',
    type: 'EMAIL',
    needs: /@|%40/u,
    pattern:
      /(?<![\p{L}\d.!#$&'*+/=?^_`{|}~-])[\p{L}\d!#$&'*+/=?^_`{|}~-][\p{L}\d.!#$&'*+/=?^_`{|}~-]{0,63}(?:@|%40)(?:[\p{L}\d](?:[\p{L}\d-]{0,61}[\p{L}\d])?\.){1,8}\p{L}{2,24}/giu,
  },
  { id: 'card', type: 'CARD', pattern: /(?<![\d.-])[2-6]\d{3}(?:[ -]?\d){8,15}(?![\d-]|\.\d)/gu, accept: isCard },
  {
    id: 'iban',
    type: 'IBAN',
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}(?![A-Za-z0-9])/giu,
    fit: fitIban,
  },
  {
    id: 'phone',
    type: 'PHONE',
    pattern: /(?<![\w+.])(?:\+|(?<!\d[ -])00)[1-9]\d{0,2}(?:[ .\-/]?\(?\d{1,4}\)?){2,6}(?:x\d{1,6})?(?!\w)/gu,
    accept: isPhone,
  },
  {
    id: 'phone-national',
    type: 'PHONE',
    pattern: /(?<![\w.+-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-.]\d{4}(?:x\d{1,6})?(?![\w-])/gu,
  },
  {
    id: 'ipv4',
    type: 'IP',
    pattern: new RegExp(`(?<![\\w.])(?:${OCTET}\\.){3}${OCTET}(?![\\w]|\\.\\d)`, 'gu'),
    accept: (found) => !/^(?:0\.0\.0\.0|127\.)/u.test(found),
  },
  {
    id: 'ipv6',
    type: 'IP',
    pattern: /(?<![\w:.])(?:[\da-f]{0,4}:){2,7}(?:[\da-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])/giu,
    accept: isIpv6,
  },
]

/** E-mail addresses, cards, IBANs, phone numbers with a country code and IP addresses. */
export function findPersonalData(text: string): Finding[] {
  const findings: Finding[] = []
  // Without a digit or an at-sign there is nothing to look for.
  if (!/[\d@]|%40|::/u.test(text)) return findings
  for (const rule of RULES) {
    if (rule.needs?.test(text) === false) continue
    for (const match of text.matchAll(rule.pattern)) {
      const found = rule.fit === undefined ? match[0] : rule.fit(match[0])
      if (found === null || (rule.accept !== undefined && !rule.accept(found))) continue
      const [start, end] = [match.index, match.index + found.length]
      if (!isInHash(text, start, end)) findings.push({ start, end, type: rule.type, rule: rule.id })
    }
  }
  return findings
}

/** Hexadecimal letters that make a word of digits a hash. */
const FEWEST_LETTERS = 4
const LONGEST_HASH = 128

/** Whether the find is part of a word like a hash: some of those hold enough digits in a row for a card. */
function isInHash(text: string, start: number, end: number): boolean {
  if (!isHexadecimal(text.charCodeAt(start - 1)) && !isHexadecimal(text.charCodeAt(end))) return false
  let [from, to] = [start, end]
  while (start - from < LONGEST_HASH && isHexadecimal(text.charCodeAt(from - 1))) from -= 1
  while (to - end < LONGEST_HASH && isHexadecimal(text.charCodeAt(to))) to += 1
  const word = text.slice(from, to)
  const whole = !/[\dA-Za-z]/u.test(`${text.charAt(from - 1)}${text.charAt(to)}`)
  return whole && /^[\da-f]+$/u.test(word) && word.replaceAll(/\d/gu, '').length >= FEWEST_LETTERS
}

function isHexadecimal(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102)
}

/** 13 to 19 digits with a right check digit (Luhn). */
function isCard(found: string): boolean {
  const digits = found.replaceAll(/\D/gu, '')
  if (digits.length < 13 || digits.length > 19 || new Set(digits).size < 2) return false
  let sum = 0
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index])
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** Characters of an IBAN by country; for others the whole find must be right. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AT: 20,
  BE: 16,
  BG: 22,
  BR: 29,
  CH: 21,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  EE: 20,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GR: 27,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IS: 26,
  IT: 27,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MT: 31,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  QA: 29,
  RO: 24,
  SA: 24,
  SE: 24,
  SI: 19,
  SK: 24,
  TR: 26,
  UA: 29,
}

/**
 * The IBAN at the start of the find, without capitals that follow it. One of every few thousand hashes (our own identifiers
 * among them) has right check digits: those do not end where an IBAN does, or have small letters and no country.
 */
function fitIban(found: string): string | null {
  const known = IBAN_LENGTHS[found.slice(0, 2).toUpperCase()]
  if (known === undefined && /[a-z]/u.test(found)) return null
  const candidate = new RegExp(`^(?:[A-Z0-9] ?){1,${known ?? found.length}}`, 'iu').exec(found)?.[0].trimEnd() ?? ''
  const ends = /^(?: |$)/u.test(found.slice(candidate.length))
  return ends && isIban(candidate) ? candidate : null
}

/** Right check digits (ISO 7064, remainder 1 by 97). */
function isIban(found: string): boolean {
  const compact = found.replaceAll(' ', '')
  if (compact.length < 15 || compact.length > 34) return false
  let remainder = 0
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder === 1
}

function isPhone(found: string): boolean {
  const digits = found.replace(/x\d+$/u, '').replaceAll(/\D/gu, '').replace(/^00/u, '')
  return digits.length >= 8 && digits.length <= 15
}

/** At least three groups, so that `12:30` and `std::vector` are left alone. */
function isIpv6(found: string): boolean {
  if (found === '::1' || found === '::') return false
  const groups = found.split(':').filter((group) => group !== '')
  const compressed = found.split('::').length - 1
  if (compressed > 1 || (compressed === 0 && groups.length !== 8 && !found.includes('.'))) return false
  return groups.length >= (compressed === 1 ? 2 : 8) && /\d/u.test(found) && found.length >= 6
}
