import { loadDevKey, readDevKey, writeDevKey, type DevKey } from './dev-key.ts'
import { keyDigest, makeKey } from './key-format.ts'
import { type Act } from './key-events.ts'
import { issueDevelopmentKey, rotateKey, type NewKey, type SecretFacts } from './key-life.ts'
import { refusalOf } from './key-status.ts'
import { DEV_KEY_ID, NO_SCOPES, type KeyRecord } from './key-types.ts'
import type { KeyStore } from './ports.ts'

/** The environment in the text of development keys. */
const DEV_ENV = 'dev'

/** What the development key is when nobody has limited it: it may use everything and administers nothing. */
const SPEC: NewKey = {
  id: DEV_KEY_ID,
  env: DEV_ENV,
  kind: 'user',
  aliases: [DEV_KEY_ID],
  owner: null,
  deployment: null,
  user: null,
  project: null,
  groups: [],
  scopes: { ...NO_SCOPES, explain: true },
  budgets: [],
  limits: [],
  expiresAt: null,
}

/**
 * The development key of a project as one of its keys: the identity is in the store, the secret in the 0600 file. What has
 * been revoked or has expired is followed by a new secret, and the answer says so. Of several processes that start at once,
 * one changes file and store and the others find the work done.
 */
export async function openDevelopmentKey(stateDir: string, store: KeyStore, act: Act): Promise<DevKey> {
  const found = await loadDevKey(stateDir)
  if (problemOf(developmentOf(store.keys()), found.key, act.at) === null) return found
  let result: DevKey = found
  store.update((state) => {
    const record = developmentOf(state.keys)
    const key = readDevKey(stateDir)
    const problem = problemOf(record, key, act.at)
    result = { ...found, key }
    if (problem === null) return { audit: [] }
    const isNew = problem === 'absent' || (problem === 'unknown' && found.origin !== 'found')
    if (!isNew) {
      const next = makeKey(DEV_ENV)
      result = { key: next, file: writeDevKey(stateDir, next), origin: problem }
    }
    return issueDevelopmentKey(state, SPEC, secretFacts(result.key), act)
  })
  return result
}

/** Gives the development key a new secret, in the file too. */
export function rotateDevelopmentKey(
  stateDir: string,
  store: KeyStore,
  act: Act & { readonly graceMs: number },
): string {
  const next = makeKey(DEV_ENV)
  store.update((state) => {
    const change = rotateKey(state, DEV_KEY_ID, { ...secretFacts(next), graceMs: act.graceMs }, act)
    writeDevKey(stateDir, next)
    return change
  })
  return next
}

/** What is kept of a secret. */
export function secretFacts(key: string): SecretFacts {
  return { digest: keyDigest(key).toString('hex'), lastFour: key.slice(-4) }
}

function developmentOf(keys: readonly KeyRecord[]): KeyRecord | null {
  return keys.find(({ id }) => id === DEV_KEY_ID) ?? null
}

/** Why the key of the file is not the one to work with; null when it is. */
function problemOf(
  record: KeyRecord | null,
  key: string,
  now: number,
): 'absent' | 'revoked' | 'expired' | 'unknown' | null {
  if (record === null) return 'absent'
  const refusal = refusalOf(record, { graceUntil: null }, now)
  if (refusal === 'revoked' || refusal === 'expired') return refusal
  const [newest] = record.secrets
  return newest?.digest === secretFacts(key).digest ? null : 'unknown'
}
