import { createSign, generateKeyPairSync, randomBytes, sign as signWith, type KeyObject } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JwtFault } from '../../../src/auth/jwt-fault.ts'
import type { KeyTrouble } from '../../../src/auth/jwt-key-cache.ts'
import type { JwtIssuer, JwtSettings } from '../../../src/auth/jwt-types.ts'
import { createJwtVerifier, type JwtVerifier } from '../../../src/auth/jwt-verifier.ts'
import type { GroupRecord } from '../../../src/auth/key-types.ts'
import { loadKeys } from '../../../src/cli/dev/load-keys.ts'

export const NOW = 1_750_000_000_000
export const SECONDS = NOW / 1000
const ISSUER = 'https://id.example.com'

export interface Signer {
  readonly kid: string
  readonly alg: 'RS256' | 'ES256' | 'EdDSA'
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A fresh key pair; nothing of it is ever written down. */
export function makeSigner(alg: Signer['alg'], kid = `k-${randomBytes(4).toString('hex')}`): Signer {
  const pair =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : alg === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519')
  return { kid, alg, ...pair }
}

export type Json = Readonly<Record<string, unknown>>

export function jwkOf({ kid, alg, publicKey }: Signer): Json {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }
}

export function setOf(...signers: readonly Signer[]): Json {
  return { keys: signers.map((signer) => jwkOf(signer)) }
}

export function claims(given: Json = {}): Json {
  return { iss: ISSUER, aud: 'gateway', sub: 'ann', iat: SECONDS, exp: SECONDS + 600, ...given }
}

export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

/** Signed by hand, so that tokens can be made which no library would make. Members that are undefined are left out. */
export function tokenOf(signer: Signer, body: Json = claims(), header: Json = {}): string {
  const input = `${encode({ alg: signer.alg, kid: signer.kid, typ: 'JWT', ...header })}.${encode(body)}`
  return `${input}.${signatureOf(signer, input)}`
}

function signatureOf({ alg, privateKey }: Signer, input: string): string {
  if (alg === 'EdDSA') return signWith(null, Buffer.from(input), privateKey).toString('base64url')
  const key = alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey
  return createSign('sha256').update(input).sign(key).toString('base64url')
}

export interface KeyServer {
  readonly url: string
  /** What is served; an answerer takes over the whole answer. */
  content: Json | ((response: ServerResponse) => void)
  readonly fetches: () => number
  close(): Promise<void>
}

/** A key set on loopback, over a real socket. */
export async function keyServer(content: KeyServer['content']): Promise<KeyServer> {
  let fetches = 0
  const served = { content }
  const server = createServer((_request, response) => {
    fetches += 1
    if (typeof served.content === 'function') return served.content(response)
    response.setHeader('content-type', 'application/jwk-set+json')
    response.end(JSON.stringify(served.content))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(served, {
    url: `http://127.0.0.1:${port}/keys`,
    fetches: () => fetches,
    close: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  })
}

export const ALLOW_ALL: JwtIssuer['allow'] = {
  models: null,
  maxTier: null,
  policies: null,
  endpoints: null,
  hints: ['tier'],
  explain: false,
  groups: null,
  budgets: null,
  limits: null,
}

export function issuerOf(url: string, given: Partial<JwtIssuer> = {}): JwtIssuer {
  return {
    name: 'corp',
    issuer: ISSUER,
    audiences: ['gateway'],
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    keys: { kind: 'url', url, privateNetwork: false },
    ages: { maxAgeMs: 600_000, coolDownMs: 30_000, maxStaleMs: 3_600_000 },
    clockToleranceMs: 30_000,
    allowMissingKid: false,
    claims: {},
    allow: ALLOW_ALL,
    ...given,
  }
}

export const KNOWN: JwtSettings['known'] = {
  tiers: ['free', 'standard', 'premium'],
  policies: ['balanced', 'cheapest'],
  budgets: ['team', 'pilot'],
  limits: ['slow'],
}

export interface Checked {
  readonly verifier: JwtVerifier
  readonly faults: JwtFault[]
  readonly troubles: KeyTrouble[]
  groups: ReadonlyMap<string, GroupRecord>
  use(...issuers: readonly JwtIssuer[]): Promise<void>
}

/** A verifier over real key places, with everything it says on record. */
export async function checking(...issuers: readonly JwtIssuer[]): Promise<Checked> {
  const faults: JwtFault[] = []
  const troubles: KeyTrouble[] = []
  const verifier = createJwtVerifier({
    loadKeys,
    groups: () => checked.groups,
    onKeyTrouble: (_issuer, trouble) => void troubles.push(trouble),
    onRefused: (_issuer, fault) => void faults.push(fault),
  })
  const checked: Checked = {
    verifier,
    faults,
    troubles,
    groups: new Map(),
    use: async (...next) => verifier.use(await verifier.prepare({ issuers: next, known: KNOWN }, NOW)),
  }
  await checked.use(...issuers)
  return checked
}

export function groupOf(name: string, scopes: Partial<GroupRecord['scopes']> = {}): GroupRecord {
  const none = { models: null, maxTier: null, policies: null, endpoints: null, hints: null, explain: null }
  return { name, scopes: { ...none, ...scopes }, budgets: [], limits: [], createdAt: 0 }
}
