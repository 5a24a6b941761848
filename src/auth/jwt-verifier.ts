import type { Authenticated, AuthPort, Denied, Principal } from '../proxy/ports.ts'
import { canonicalJson } from '../wire/json.ts'
import { TokenCache, tokenDigest } from './jwt-cache.ts'
import { checkToken, claimedIssuer, MAX_TOKEN_LENGTH, type Issuing } from './jwt-check.ts'
import { grantOf, type TokenGrant } from './jwt-claims.ts'
import type { JwtFault } from './jwt-fault.ts'
import { KeyCache, primed, type KeyTrouble } from './jwt-key-cache.ts'
import { readKeyFile, readKeySet } from './jwt-keys.ts'
import type { JwtIssuer, JwtKeyPlace, JwtSettings, KnownToTokens } from './jwt-types.ts'
import type { GroupRecord } from './key-types.ts'
import { principalOf } from './rights.ts'

export interface JwtPorts {
  /** The content of a key set: the text of a file, or the parsed body of an answer. Rejects when there is none. */
  readonly loadKeys: (place: JwtKeyPlace) => Promise<unknown>
  /** The groups of the store; the same map while nothing has changed. */
  readonly groups: () => ReadonlyMap<string, GroupRecord>
  readonly onKeyTrouble: (issuer: string, trouble: KeyTrouble) => void
  /** A token was refused; the name of the issuer that it claims, if the config knows it. Must not throw. */
  readonly onRefused: (issuer: string | null, fault: JwtFault, now: number) => void
}

/** Settings whose local key files were read and found good. */
export interface PreparedJwt {
  readonly issuers: ReadonlyMap<string, IssuerInForce>
  readonly known: KnownToTokens
}

export interface JwtVerifier extends AuthPort {
  /** At once for a token that was checked before. */
  authenticate(secret: string | null, now: number): Authenticated | Promise<Authenticated>
  stillHolds(principal: Principal, now: number): boolean
  verify(token: string, now: number): Promise<Principal | null>
  /** Reads local key files and throws what is wrong with them; fetches nothing. */
  prepare(settings: JwtSettings, now: number): Promise<PreparedJwt>
  /** Puts settings in force, whole. Tokens verified before are forgotten; key sets of unchanged places are kept. */
  use(prepared: PreparedJwt): void
}

interface IssuerInForce extends Issuing {
  /** Equal prints: nothing about the issuer has changed. */
  readonly print: string
}

interface Verified {
  readonly untilMs: number
  readonly keysVersion: number
  readonly issuer: IssuerInForce
  readonly grant: TokenGrant
  granted: { readonly groups: ReadonlyMap<string, GroupRecord>; readonly principal: Principal | null } | null
}

/** What is remembered of a principal that was handed out. */
interface Issued {
  readonly issuer: IssuerInForce
  readonly grant: TokenGrant
  readonly groups: ReadonlyMap<string, GroupRecord>
  readonly untilMs: number
}

/** Tokens remembered at once, of a few kilobytes each. */
const CACHED_TOKENS = 4_096

/** Checks signed tokens. No issuer is in force before `use`. */
export function createJwtVerifier(ports: JwtPorts): JwtVerifier {
  return new Verifier(ports)
}

class Verifier implements JwtVerifier {
  readonly #ports: JwtPorts
  readonly #cache = new TokenCache<Verified>(CACHED_TOKENS)
  readonly #issued = new WeakMap<Principal, Issued>()
  #inForce: PreparedJwt = { issuers: new Map(), known: { tiers: [], policies: [], budgets: [], limits: [] } }

  constructor(ports: JwtPorts) {
    this.#ports = ports
  }

  authenticate(secret: string | null, now: number): Authenticated | Promise<Authenticated> {
    if (secret === null) return null
    if (secret.length > MAX_TOKEN_LENGTH) return this.#refused(null, { code: 'too_long' }, now)
    const digest = tokenDigest(secret)
    const known = this.#remembered(digest, now)
    return known === null ? this.#fresh(secret, digest, now) : this.#granted(known, now)
  }

  async verify(token: string, now: number): Promise<Principal | null> {
    const found = await this.authenticate(token, now)
    return found === null || found.kind === 'denied' ? null : found
  }

  stillHolds(principal: Principal, now: number): boolean {
    const issued = this.#issued.get(principal)
    if (issued === undefined || now >= issued.untilMs || !this.#isInForce(issued.issuer)) return false
    const groups = this.#ports.groups()
    return issued.groups === groups || this.#principalOf(issued.grant, groups) !== null
  }

  async prepare({ issuers, known }: JwtSettings, now: number): Promise<PreparedJwt> {
    const prepared = new Map<string, IssuerInForce>()
    for (const settings of issuers) {
      const keys = this.#keysOf(settings)
      if (settings.keys.kind === 'file') await primed(settings, keys, now)
      prepared.set(settings.issuer, { settings, keys, print: canonicalJson(settings) })
    }
    return { issuers: prepared, known }
  }

  use(prepared: PreparedJwt): void {
    this.#inForce = prepared
    this.#cache.clear()
  }

  #keysOf({ name, issuer, keys, ages }: JwtIssuer): KeyCache {
    const before = this.#inForce.issuers.get(issuer)
    const place = canonicalJson({ keys, ages })
    if (before !== undefined && canonicalJson({ keys: before.settings.keys, ages: before.settings.ages }) === place)
      return before.keys
    return new KeyCache({
      load: () => this.#ports.loadKeys(keys),
      read: keys.kind === 'file' ? readKeyFile : readKeySet,
      ages,
      onTrouble: (trouble) => this.#ports.onKeyTrouble(name, trouble),
    })
  }

  /** A token that was checked before, with the keys that are still in use. */
  #remembered(digest: string, now: number): Verified | null {
    const found = this.#cache.get(digest, now)
    return found !== null && found.issuer.keys.ready(now)?.version === found.keysVersion ? found : null
  }

  async #fresh(token: string, digest: string, now: number): Promise<Authenticated> {
    const claimed = claimedIssuer(token)
    if ('code' in claimed) return this.#refused(null, claimed, now)
    const issuer = this.#inForce.issuers.get(claimed.issuer)
    if (issuer === undefined) return this.#refused(null, { code: 'unknown_issuer' }, now)
    const verified = await this.#verified(token, issuer, now)
    if ('code' in verified) return this.#refused(issuer.settings.name, verified, now)
    // The settings may have changed during a fetch: what was checked by the old ones counts no more.
    if (!this.#isInForce(issuer)) return this.#refused(null, { code: 'unknown_issuer' }, now)
    const found = this.#granted(verified, now)
    if (found.kind !== 'denied') this.#cache.set(digest, verified)
    return found
  }

  #granted(verified: Verified, now: number): Principal | Denied {
    const { name } = verified.issuer.settings
    return this.#principal(verified) ?? this.#refused(name, { code: 'group_missing' }, now)
  }

  async #verified(token: string, issuer: IssuerInForce, now: number): Promise<Verified | JwtFault> {
    const { known } = this.#inForce
    const checked = await checkToken(token, issuer, now)
    if ('code' in checked) return checked
    const grant = grantOf(checked.claims, issuer.settings, known)
    if ('code' in grant) return grant
    const { expiresMs: untilMs, keysVersion } = checked
    return { untilMs, keysVersion, issuer, grant, granted: null }
  }

  /** The same object for the same token while the groups stay the same. */
  #principal(verified: Verified): Principal | null {
    const groups = this.#ports.groups()
    if (verified.granted?.groups === groups) return verified.granted.principal
    const principal = this.#principalOf(verified.grant, groups)
    verified.granted = { groups, principal }
    const { grant, issuer } = verified
    const untilMs = verified.untilMs + issuer.settings.clockToleranceMs
    if (principal !== null) this.#issued.set(principal, { issuer, grant, groups, untilMs })
    return principal
  }

  #principalOf({ holder, modelsAlso }: TokenGrant, groups: ReadonlyMap<string, GroupRecord>): Principal | null {
    const principal = principalOf(holder, { groups, tiers: this.#inForce.known.tiers })
    if (principal === null || modelsAlso === null) return principal
    const { rights } = principal
    return { ...principal, rights: { ...rights, modelsAlso: [...(rights.modelsAlso ?? []), modelsAlso] } }
  }

  #isInForce({ settings, print }: IssuerInForce): boolean {
    return this.#inForce.issuers.get(settings.issuer)?.print === print
  }

  #refused(issuer: string | null, fault: JwtFault, now: number): Denied {
    this.#ports.onRefused(issuer, fault, now)
    const reason = fault.code === 'expired' || fault.code === 'group_missing' ? fault.code : 'token_invalid'
    return { kind: 'denied', reason, keyId: null }
  }
}
