import type { Authenticated, AuthPort, Principal } from '../proxy/ports.ts'
import type { KeyAuthenticator } from './authenticator.ts'

export interface CombinedAuthSetup {
  readonly keys: KeyAuthenticator
  /** Checks signed tokens; null where the config in force accepts none. */
  readonly tokens: () => AuthPort | null
  /** The config in force asks for no key: whoever is not recognised acts as the development key. */
  readonly open: () => boolean
}

/**
 * Keys first, as they need no waiting, then tokens. Whatever is neither is refused, or has the rights of the development
 * key where everybody is let in; never those of an administrator.
 */
export function combinedAuth({ keys, tokens, open }: CombinedAuthSetup): AuthPort {
  function orOpen(found: Authenticated): Authenticated {
    if ((found !== null && found.kind !== 'denied') || !open()) return found
    const development = keys.development()
    return development === null ? found : { ...development, kind: 'user', anonymous: true }
  }

  return {
    authenticate(secret, now) {
      const key = keys.authenticate(secret, now)
      if (key.kind !== 'denied') return key
      const checker = secret !== null && isTokenShaped(secret) ? tokens() : null
      if (checker === null || secret === null) return orOpen(key)
      const token = checker.authenticate(secret, now)
      return token instanceof Promise ? token.then(orOpen) : orOpen(token)
    },
    stillHolds(principal: Principal, now) {
      if (keys.issued(principal)) return keys.stillHolds(principal, now)
      if (principal.anonymous === true) return open()
      const checker = tokens()
      return checker !== null && checker.stillHolds?.(principal, now) !== false
    },
  }
}

/** Three parts of base64url, of which the first is the beginning of a JSON object. */
function isTokenShaped(secret: string): boolean {
  return /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(secret)
}
