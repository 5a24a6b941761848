import { findSecrets } from '../guardrails/find-secrets.ts'
import { mergeFindings } from '../guardrails/finding.ts'
import { KnownValues } from '../guardrails/known-values.ts'

/** Texts that are remembered as clean, and the longest of them. */
const MOST_CLEAN = 500
const LONGEST_CLEAN = 256

/** Takes secrets out of short texts for logs: known values first, as a short key fits no pattern, then by form. */
export function logRedactor(known: readonly string[]): (text: string) => string {
  const values = new KnownValues(known)
  /** Seen to hold no secret: most of what one line says, the next one says again. */
  const clean = new Set<string>()
  return (text) => {
    if (clean.has(text)) return text
    const findings = mergeFindings([...values.find(text), ...findSecrets(text)])
    if (findings.length === 0) {
      if (clean.size >= MOST_CLEAN) clean.clear()
      if (text.length <= LONGEST_CLEAN) clean.add(text)
      return text
    }
    let kept = ''
    let from = 0
    for (const { start, end, type } of findings) {
      kept += `${text.slice(from, start)}[${type}]`
      from = end
    }
    return kept + text.slice(from)
  }
}
