import { createHash } from 'node:crypto'
import { findSecrets } from '../guardrails/find-secrets.ts'
import { KnownValues } from '../guardrails/known-values.ts'

const FINGERPRINT_CHARS = 16

/**
 * How names that clients give (users, projects, tags) are kept. They go into books that are never thrown away, so one that
 * holds a secret goes by its fingerprint: two of them stay two, and what it was can not be read off. `known` are the values
 * that must never be written.
 */
export function keptNames(known: () => ReadonlySet<string>): (name: string) => string {
  let values = new KnownValues([])
  let counted = 0
  return (name) => {
    const now = known()
    if (now.size !== counted) {
      values = new KnownValues([...now])
      counted = now.size
    }
    if (findSecrets(name).length === 0 && values.find(name).length === 0) return name
    return `secret-${createHash('sha256').update(name).digest('hex').slice(0, FINGERPRINT_CHARS)}`
  }
}
