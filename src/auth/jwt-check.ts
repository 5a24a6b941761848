import type { KeyObject } from 'node:crypto'
import { isJsonObject } from '../wire/json.ts'
import type { JwtFault } from './jwt-fault.ts'
import type { HeldKeys, KeyCache } from './jwt-key-cache.ts'
import type { VerifyKey } from './jwt-keys.ts'
import type { JwtIssuer } from './jwt-types.ts'

/** Longer than any token that fits into a request's headers; nothing longer is looked into. */
export const MAX_TOKEN_LENGTH = 16_384
const COMPACT_FORM = /^[\w-]+\.([\w-]+)\.[\w-]+$/
/** Members by which a token would bring its own key, or say where to fetch it. */
const OWN_KEY = ['jwk', 'jku', 'x5u', 'x5c']
const TYPES = ['jwt', 'application/jwt', 'at+jwt', 'application/at+jwt']

/** As far as it was read: a member may be anything. */
type Header = Readonly<Record<string, unknown>>

export interface CheckedToken {
  readonly claims: Readonly<Record<string, unknown>>
  /** When it expires, in ms since the epoch, without tolerance. */
  readonly expiresMs: number
  /** Of the key set that the signature was checked with. */
  readonly keysVersion: number
}

export interface Issuing {
  readonly settings: JwtIssuer
  readonly keys: KeyCache
}

/** The issuer that an unverified token claims; it only decides whose keys and rules the token is then held against. */
export function claimedIssuer(token: string): { readonly issuer: string } | JwtFault {
  const payload = COMPACT_FORM.exec(token)?.[1]
  if (payload === undefined) return { code: 'malformed' }
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const issuer = isJsonObject(claims) ? claims['iss'] : undefined
    return typeof issuer === 'string' ? { issuer } : { code: 'claim', name: 'iss' }
  } catch {
    return { code: 'malformed' }
  }
}

/** Signature, times, issuer and audience, by what the config says; the token chooses nothing but one key of the set. */
export async function checkToken(
  token: string,
  { settings, keys }: Issuing,
  now: number,
): Promise<CheckedToken | JwtFault> {
  let keysVersion = 0
  async function keyFor(header: Header): Promise<KeyObject> {
    const fault = headerFault(header, settings)
    if (fault !== null) throw new RefusedToken(fault)
    const { keys: set, key } = await keys.find((held) => chosenKey(held, header, settings), now)
    if (set === null) throw new RefusedToken({ code: 'keys_unavailable' })
    if (key === null) throw new RefusedToken({ code: 'unknown_key' })
    keysVersion = set.version
    return key.key
  }
  const { jwtVerify } = await import('jose/jwt/verify')
  try {
    const { payload } = await jwtVerify(token, (header) => keyFor(header), {
      algorithms: [...settings.algorithms],
      issuer: settings.issuer,
      audience: [...settings.audiences],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: settings.clockToleranceMs / 1000,
      currentDate: new Date(now),
    })
    return { claims: payload, expiresMs: (payload.exp ?? 0) * 1000, keysVersion }
  } catch (error) {
    return faultOf(error)
  }
}

class RefusedToken extends Error {
  readonly fault: JwtFault

  constructor(fault: JwtFault) {
    super('refused')
    this.fault = fault
  }
}

function headerFault(header: Header, { allowMissingKid }: JwtIssuer): JwtFault | null {
  const { kid, typ, crit } = header
  if (OWN_KEY.some((name) => header[name] !== undefined)) return { code: 'header', name: 'key' }
  if (crit !== undefined) return { code: 'header', name: 'crit' }
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.includes(typ.toLowerCase())))
    return { code: 'header', name: 'typ' }
  const named = typeof kid === 'string' && kid !== ''
  return named || (kid === undefined && allowMissingKid) ? null : { code: 'header', name: 'kid' }
}

/**
 * The one key of that name. With `allowMissingKid`, the only key of a set stands in where the token names none, or where
 * the key itself has no name, as those of PEM files.
 */
function chosenKey({ keys }: HeldKeys, { kid, alg }: Header, { allowMissingKid }: JwtIssuer): VerifyKey | null {
  const fit = keys.filter((key) => key.algorithms.some((one) => one === alg))
  const named =
    kid === undefined ? [] : fit.filter((key) => key.kid === kid || (key.kid === null && key.thumbprint === kid))
  if (named.length > 0) return named.length === 1 ? (named[0] ?? null) : null
  const [only] = fit
  if (!allowMissingKid || keys.length !== 1 || only === undefined) return null
  return kid === undefined || only.kid === null ? only : null
}

const CLAIM_NAMES = ['aud', 'exp', 'iss', 'nbf', 'sub'] as const

function faultOf(error: unknown): JwtFault {
  if (error instanceof RefusedToken) return error.fault
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ERR_JWT_EXPIRED':
      return { code: 'expired' }
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return { code: 'algorithm' }
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return { code: 'signature' }
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED': {
      const claim = error instanceof Error && 'claim' in error ? error.claim : undefined
      return { code: 'claim', name: CLAIM_NAMES.find((name) => name === claim) ?? 'other' }
    }
    default:
      return { code: 'malformed' }
  }
}
