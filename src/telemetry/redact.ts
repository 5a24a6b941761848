import { findSecrets } from '../guardrails/find-secrets.ts'
import { mergeFindings } from '../guardrails/finding.ts'
import { KnownValues } from '../guardrails/known-values.ts'

/** Takes secrets out of short texts for logs: known values first, as a short key fits no pattern, then by form. */
export function logRedactor(known: readonly string[]): (text: string) => string {
  const values = new KnownValues(known)
  return (text) => {
    const findings = mergeFindings([...values.find(text), ...findSecrets(text)])
    if (findings.length === 0) return text
    let kept = ''
    let from = 0
    for (const { start, end, type } of findings) {
      kept += `${text.slice(from, start)}[${type}]`
      from = end
    }
    return kept + text.slice(from)
  }
}
