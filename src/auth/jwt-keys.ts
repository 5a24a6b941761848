import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { isJsonObject, type JsonObject } from '../wire/json.ts'
import type { JwtAlgorithm } from './jwt-types.ts'

/** A public key that is fit to verify signatures. */
export interface VerifyKey {
  /** As the set names it; null when it gives no name. */
  readonly kid: string | null
  /** SHA-256 of the public part (RFC 7638), by which a key without a name can be named. */
  readonly thumbprint: string
  readonly algorithms: readonly JwtAlgorithm[]
  readonly key: KeyObject
}

/** Why a key of a set is not used. */
export type KeyFlaw = 'private' | 'symmetric' | 'weak' | 'other_use' | 'unknown_kind' | 'malformed'

export interface KeySet {
  readonly keys: readonly VerifyKey[]
  readonly flaws: readonly KeyFlaw[]
}

/** The content is no key set at all. */
export class KeySetError extends Error {
  override readonly name = 'KeySetError'
}

const MAX_KEYS = 100
/** Bits. Longer RSA keys cost more time per check than a request may take. */
const RSA_BITS = { min: 2_048, max: 8_192 }

const RSA_ALGORITHMS: readonly JwtAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const CURVE_ALGORITHMS: Readonly<Record<string, JwtAlgorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}
const PUBLIC_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
}
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv']

/** Reads a JSON Web Key Set, as text or parsed, or the text of PEM public keys. */
export function readKeySet(content: unknown): KeySet {
  if (typeof content !== 'string') return readJwks(content)
  if (!content.trimStart().startsWith('{')) return readPem(content)
  try {
    return readJwks(JSON.parse(content))
  } catch (error) {
    throw error instanceof KeySetError ? error : new KeySetError('it is not valid JSON')
  }
}

/** Reads a local key file. Whoever wrote it can mend it, so a flaw in it is an error. */
export function readKeyFile(content: unknown): KeySet {
  const set = readKeySet(content)
  const [flaw] = set.flaws
  if (flaw !== undefined) throw new KeySetError(`it holds ${FLAW_TEXTS[flaw]}`)
  if (set.keys.length === 0) throw new KeySetError('it holds no key')
  return set
}

/** Follows "it holds". */
export const FLAW_TEXTS: Readonly<Record<KeyFlaw, string>> = {
  private: 'a private key, which belongs to the issuer alone',
  symmetric: 'a symmetric key, which could sign tokens too',
  weak: `an RSA key that is not of ${RSA_BITS.min} to ${RSA_BITS.max} bits`,
  other_use: 'a key that is not for signatures',
  unknown_kind: 'a key of a kind that is not known here',
  malformed: 'a damaged key',
}

function readJwks(content: unknown): KeySet {
  const single = isJsonObject(content) && content['kty'] !== undefined
  const list = single ? [content] : isJsonObject(content) ? content['keys'] : undefined
  if (!Array.isArray(list)) throw new KeySetError('it is not a JSON Web Key Set with "keys"')
  return collect(list.map((jwk: unknown) => () => readJwk(jwk)))
}

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]{1,20000}-----END \1-----/g

function readPem(text: string): KeySet {
  const blocks = [...text.matchAll(PEM_BLOCK)]
  // Encrypted blocks may have a form that is not read here; they must not be overlooked for it.
  if (text.includes('PRIVATE KEY')) return { keys: [], flaws: ['private'] }
  if (blocks.length === 0) throw new KeySetError('it holds neither a JSON Web Key Set nor PEM public keys')
  return collect(
    blocks.map(
      ([block, label = '']) =>
        () =>
          readBlock(block, label),
    ),
  )
}

function collect(readers: readonly (() => VerifyKey | KeyFlaw)[]): KeySet {
  if (readers.length > MAX_KEYS) throw new KeySetError(`it holds more than ${MAX_KEYS} keys`)
  const keys: VerifyKey[] = []
  const flaws: KeyFlaw[] = []
  for (const read of readers) {
    const found = read()
    if (typeof found === 'string') flaws.push(found)
    else keys.push(found)
  }
  return { keys, flaws }
}

function readBlock(block: string, label: string): VerifyKey | KeyFlaw {
  if (label !== 'PUBLIC KEY' && label !== 'RSA PUBLIC KEY') return 'unknown_kind'
  try {
    return verifyKey(createPublicKey(block), null)
  } catch {
    return 'malformed'
  }
}

function readJwk(jwk: unknown): VerifyKey | KeyFlaw {
  if (!isJsonObject(jwk)) return 'malformed'
  const { kty, use, key_ops: operations, alg, kid } = jwk
  if (kty === 'oct' || jwk['k'] !== undefined) return 'symmetric'
  // A signing key that was published may be in anybody's hands.
  if (PRIVATE_MEMBERS.some((name) => jwk[name] !== undefined)) return 'private'
  if (use !== undefined && use !== 'sig') return 'other_use'
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return 'other_use'
  const members = typeof kty === 'string' && Object.hasOwn(PUBLIC_MEMBERS, kty) ? PUBLIC_MEMBERS[kty] : undefined
  if (members === undefined) return 'unknown_kind'
  const read = publicKeyOf(jwk, members)
  const found = read === null ? 'malformed' : verifyKey(read, typeof kid === 'string' && kid !== '' ? kid : null)
  if (typeof found === 'string' || alg === undefined) return found
  const algorithms = found.algorithms.filter((one) => one === alg)
  return algorithms.length === 0 ? 'other_use' : { ...found, algorithms }
}

/** The named members alone, so that nothing else of a foreign key takes part. */
function publicKeyOf(jwk: JsonObject, members: readonly string[]): KeyObject | null {
  const key: Record<string, string> = {}
  for (const name of members) {
    const value = jwk[name]
    if (typeof value !== 'string') return null
    key[name] = value
  }
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    return null
  }
}

function verifyKey(key: KeyObject, kid: string | null): VerifyKey | KeyFlaw {
  const fit = algorithmsOf(key)
  return typeof fit === 'string' ? fit : { kid, thumbprint: thumbprintOf(key), algorithms: fit, key }
}

function algorithmsOf(key: KeyObject): readonly JwtAlgorithm[] | KeyFlaw {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'ed25519') return ['EdDSA', 'Ed25519']
  if (type === 'rsa') {
    const bits = details?.modulusLength ?? 0
    const exponent = details?.publicExponent ?? 0n
    const sound = exponent >= 3n && exponent % 2n === 1n && exponent < 2n ** 64n
    return sound && bits >= RSA_BITS.min && bits <= RSA_BITS.max ? RSA_ALGORITHMS : 'weak'
  }
  const algorithm = type === 'ec' ? CURVE_ALGORITHMS[details?.namedCurve ?? ''] : undefined
  return algorithm === undefined ? 'unknown_kind' : [algorithm]
}

/** SHA-256 over the required members in order of their names, which is how RFC 7638 names a key. */
function thumbprintOf(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' })
  const members = (PUBLIC_MEMBERS[jwk.kty ?? ''] ?? []).map((name) => [name, jwk[name]] as const)
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url')
}
