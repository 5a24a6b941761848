import type { Finding } from './finding.ts'
import { findSecrets } from './find-secrets.ts'

const RUN = /[A-Za-z0-9+/_-]{24,}={0,2}/gu

/**
 * Base64 texts with a secret of a known form inside; the whole text is the finding. The run may start with characters
 * that are not part of the encoding (a path before it), so all four beginnings are tried.
 */
export function findEncodedSecrets(text: string): Finding[] {
  const findings: Finding[] = []
  for (const match of text.matchAll(RUN)) {
    const [run] = match
    // Words and hex numbers have no upper and lower case together.
    if (!/[a-z]/u.test(run) || !/[A-Z]/u.test(run)) continue
    const [inside] = [0, 1, 2, 3].flatMap((skip) => findSecrets(decode(run.slice(skip))))
    if (inside === undefined) continue
    findings.push({
      start: match.index,
      end: match.index + run.length,
      type: inside.type,
      rule: `base64:${inside.rule}`,
    })
  }
  return findings
}

function decode(run: string): string {
  return Buffer.from(run, /[-_]/u.test(run) ? 'base64url' : 'base64').toString('latin1')
}
