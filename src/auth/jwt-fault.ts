import type { ClaimTarget } from './jwt-types.ts'

/** Why a token was refused. For the operator alone; a client hears the same of every failure. */
export type JwtFault =
  | { readonly code: 'malformed' }
  | { readonly code: 'too_long' }
  | { readonly code: 'unknown_issuer' }
  | { readonly code: 'algorithm' }
  | { readonly code: 'header'; readonly name: 'kid' | 'typ' | 'key' | 'crit' }
  | { readonly code: 'unknown_key' }
  | { readonly code: 'keys_unavailable' }
  | { readonly code: 'signature' }
  | { readonly code: 'expired' }
  | { readonly code: 'claim'; readonly name: 'aud' | 'exp' | 'iss' | 'nbf' | 'sub' | 'other' }
  | { readonly code: 'mapping'; readonly target: ClaimTarget; readonly why: 'missing' | 'malformed' | 'not_allowed' }
  | { readonly code: 'group_missing' }

/** One sentence for the log. Nothing of the token is in it. */
export function faultText(fault: JwtFault): string {
  switch (fault.code) {
    case 'malformed':
      return 'it is no signed token'
    case 'too_long':
      return 'it is longer than a token may be'
    case 'unknown_issuer':
      return 'the config names no such issuer'
    case 'algorithm':
      return 'its algorithm is not one that the config lists'
    case 'header':
      return HEADER_TEXTS[fault.name]
    case 'unknown_key':
      return 'no key of the set fits its "kid" and algorithm'
    case 'keys_unavailable':
      return 'the keys of its issuer are not available'
    case 'signature':
      return 'its signature is wrong'
    case 'expired':
      return 'it has expired'
    case 'claim':
      return fault.name === 'other' ? 'a claim is wrong' : `its claim "${fault.name}" is missing or does not fit`
    case 'mapping':
      return `its claim for "${fault.target}" ${MAPPING_TEXTS[fault.why]}`
    case 'group_missing':
      return 'it names a group that does not exist here'
  }
}

const HEADER_TEXTS = {
  kid: 'it names no key',
  typ: 'its "typ" is that of something else',
  key: 'it brings its own key',
  crit: 'it asks for an extension that is not known here',
} as const

const MAPPING_TEXTS = {
  missing: 'is missing',
  malformed: 'has the wrong form',
  not_allowed: 'names what is unknown or not allowed',
} as const
