import type { Finding } from './finding.ts'
import { KeywordScan } from './keyword-scan.ts'
import { CREDENTIALS } from './rules/credentials.ts'
import { PROVIDER_KEYS } from './rules/provider-keys.ts'
import type { SecretRule } from './rules/rule.ts'

const RULES: readonly SecretRule[] = [...PROVIDER_KEYS, ...CREDENTIALS]

/** A secret that runs on for longer than this is cut here; what is left is one more finding. */
const MAX_RUN_ON = 20_000

interface Engine {
  readonly scan: KeywordScan
  /** The rule of each keyword. */
  readonly ruleOf: readonly SecretRule[]
}

let engine: Engine | null = null

function loadEngine(): Engine {
  if (engine !== null) return engine
  const entries = RULES.flatMap((rule) => rule.keywords.map((keyword) => ({ keyword, rule })))
  engine = { scan: new KeywordScan(entries.map(({ keyword }) => keyword)), ruleOf: entries.map(({ rule }) => rule) }
  return engine
}

/** Secrets known by their form. Linear in the text: one pass for keywords, then a bounded pattern at each. */
export function findSecrets(text: string): Finding[] {
  const findings: Finding[] = []
  /** Up to where each rule has matched already, so that keywords inside a match are not tried again. */
  const doneUntil = new Map<SecretRule, number>()
  const { scan, ruleOf } = loadEngine()
  scan.scan(text, (keyword, start) => {
    const rule = ruleOf[keyword]
    if (rule === undefined || start < (doneUntil.get(rule) ?? 0)) return
    if (rule.anywhere !== true && !isBoundary(text, start)) return
    const finding = tryRule(text, rule, start)
    if (finding === null) return
    doneUntil.set(rule, finding.end)
    findings.push(finding)
  })
  return findings
}

function tryRule(text: string, rule: SecretRule, start: number): Finding | null {
  rule.pattern.lastIndex = start
  const match = rule.pattern.exec(text)
  if (match === null) return null
  const secret = match.slice(1).find((group) => group !== undefined) ?? match[0]
  if (rule.accept !== undefined && !rule.accept(secret)) return null
  const from = start + match[0].lastIndexOf(secret)
  const until = runOn(text, from + secret.length, rule.goesOn)
  return { start: from, end: until, type: rule.type, rule: rule.id }
}

function runOn(text: string, end: number, goesOn: RegExp | undefined): number {
  if (goesOn === undefined) return end
  const limit = Math.min(text.length, end + MAX_RUN_ON)
  let at = end
  while (at < limit && goesOn.test(text[at] ?? '')) at += 1
  return at
}

/**
 * A key does not start inside a word. An escape before it (`\n` in raw JSON, `%3D` in a URL) ends in letters or digits
 * and is no word.
 */
function isBoundary(text: string, at: number): boolean {
  if (at === 0 || !/[A-Za-z0-9]/u.test(text[at - 1] ?? '')) return true
  const before = text.slice(Math.max(0, at - 6), at)
  return /(?:\\[nrtbf]|%[0-9a-f]{2}|\\x[0-9a-f]{2}|\\u[0-9a-f]{4})$/iu.test(before)
}
