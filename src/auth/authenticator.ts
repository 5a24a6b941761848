import type { Authenticated, AuthPort, DenialReason, Principal } from '../proxy/ports.ts'
import { isKeyShaped, isOwnPrefix, keyDigest, MIN_SECRET_LENGTH } from './key-format.ts'
import { indexOf, type IndexedSecret, type KeyIndex } from './key-index.ts'
import { refusalOf } from './key-status.ts'
import { DEV_KEY_ID, type GroupRecord } from './key-types.ts'
import type { KeyStore } from './ports.ts'

/** What a development key may do that nobody has limited: use everything, administer nothing. */
export const DEVELOPMENT_PRINCIPAL: Principal = {
  kind: 'user',
  rights: {
    keyId: DEV_KEY_ID,
    alias: DEV_KEY_ID,
    groups: [],
    user: null,
    project: null,
    tierCeiling: null,
    models: null,
    policy: null,
  },
  endpoints: null,
  hints: null,
  mayExplain: true,
  aliases: [DEV_KEY_ID],
}

export interface KeyAuthenticatorSetup {
  readonly store: Pick<KeyStore, 'version' | 'keys' | 'groups'>
  /** Of the config in force, low to high. */
  readonly tiers: () => readonly string[]
  /** Told when the store can not be read. The keys known so far go on working. */
  readonly onTrouble?: (cause: unknown) => void
}

/** Checks keys against the store, without waiting. */
export interface KeyAuthenticator extends AuthPort {
  authenticate(secret: string | null, now: number): Exclude<Authenticated, null>
  stillHolds(principal: Principal, now: number): boolean
  /** Whether the principal came from a key. */
  issued(principal: Principal): boolean
  /** Groups in force. */
  groups(): ReadonlyMap<string, GroupRecord>
  /** What the development key may do, whatever became of its secret; null when it is in a group that does not exist. */
  development(): Principal | null
}

/** Finds the identity of a secret, and judges at every request whether the secret still works. */
export function createKeyAuthenticator(setup: KeyAuthenticatorSetup): KeyAuthenticator {
  const digests = new WeakMap<Principal, Uint8Array>()
  const current = liveIndex(setup, (index) => {
    for (const { principal, digest } of index.secrets) if (principal !== null) digests.set(principal, digest)
  })
  return {
    authenticate(secret, now) {
      const malformed = formProblem(secret)
      if (secret === null || malformed !== null) return denied(malformed ?? 'missing', null)
      const entry = current().find(keyDigest(secret))
      return entry === null ? denied('unknown', null) : judged(entry, now)
    },
    stillHolds(principal, now) {
      const digest = digests.get(principal)
      const entry = digest === undefined ? null : current().find(digest)
      return entry !== null && judged(entry, now).kind !== 'denied'
    },
    issued: (principal) => digests.has(principal),
    groups: () => current().groups,
    development() {
      const entry = current().secrets.find(({ key }) => key.id === DEV_KEY_ID)
      return entry === undefined ? DEVELOPMENT_PRINCIPAL : entry.principal
    },
  }
}

/**
 * Every request asks the store for its version and then looks into memory. So a key that another process revoked is refused
 * by the next request, on connections that are open already too. While the version can not be read, the keys in memory stay
 * in force, since refusing everybody would turn trouble with a disk into an outage. A revocation is then not seen before the
 * trouble is over, which is why it is told.
 */
function liveIndex(
  { store, tiers, onTrouble }: KeyAuthenticatorSetup,
  onLoad: (index: KeyIndex) => void,
): () => KeyIndex {
  let seen: { readonly version: number; readonly tiers: readonly string[]; readonly index: KeyIndex } | null = null
  return () => {
    try {
      const version = store.version()
      if (seen === null || seen.version !== version || seen.tiers !== tiers()) {
        const index = indexOf({ keys: store.keys(), groups: store.groups() }, tiers())
        onLoad(index)
        seen = { version, tiers: tiers(), index }
      }
    } catch (cause) {
      if (seen === null) throw cause
      onTrouble?.(cause)
    }
    return seen.index
  }
}

function judged({ key, secret, principal }: IndexedSecret, now: number): Exclude<Authenticated, null> {
  const refusal = refusalOf(key, secret, now)
  if (refusal !== null) return denied(refusal, key.id)
  return principal ?? denied('group_missing', key.id)
}

/** Keys of ours that are mistyped, and texts too short for a key of anybody, are never looked up. */
function formProblem(secret: string | null): 'missing' | 'malformed' | null {
  if (secret === null) return 'missing'
  if (isOwnPrefix(secret)) return isKeyShaped(secret) ? null : 'malformed'
  return secret.length < MIN_SECRET_LENGTH ? 'malformed' : null
}

function denied(reason: DenialReason, keyId: string | null): Extract<Authenticated, { kind: 'denied' }> {
  return { kind: 'denied', reason, keyId }
}

/** Lets everybody in as the development key, whatever they send; for servers that call nobody. */
export function openAuthenticator(): AuthPort {
  return { authenticate: () => DEVELOPMENT_PRINCIPAL }
}
