import { timingSafeEqual } from 'node:crypto'
import type { AuthPort, Principal } from '../proxy/ports.ts'
import { isKeyShaped, keyDigest } from './key-format.ts'

/** A key as it is kept: its digest, never the key. */
export interface KnownKey {
  readonly digest: Uint8Array
  readonly principal: Principal
}

/**
 * Checks keys against the known digests. Every failure looks alike, and all digests are compared in constant time, so
 * that neither the answer nor its time says whether a key exists.
 */
export function createAuthenticator(keys: readonly KnownKey[]): AuthPort {
  return {
    authenticate(secret) {
      if (secret === null || !isKeyShaped(secret)) return null
      const digest = keyDigest(secret)
      let found: Principal | null = null
      for (const key of keys) if (timingSafeEqual(key.digest, digest)) found = key.principal
      return found
    },
  }
}

/** For `auth.required: false`, which is allowed on loopback only: whoever comes has the rights of the development key. */
export function openAuthenticator(): AuthPort {
  return { authenticate: () => DEVELOPMENT_PRINCIPAL }
}

/** The development key may use every model, and says itself for which user and project it acts. */
export const DEVELOPMENT_PRINCIPAL: Principal = {
  rights: {
    keyId: 'dev',
    alias: 'dev',
    groups: [],
    user: null,
    project: null,
    tierCeiling: null,
    models: null,
    policy: null,
  },
  mayNameUser: true,
}
