/** Signatures whose verification key may be public. Symmetric ones do not exist here: their key could also sign. */
export type JwtAlgorithm =
  'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA' | 'Ed25519'

/** Where an issuer's public keys come from. */
export type JwtKeyPlace =
  | { readonly kind: 'url'; readonly url: string; readonly privateNetwork: boolean }
  | { readonly kind: 'file'; readonly path: string }

export interface KeyAges {
  /** A set is used that long without being asked for again. */
  readonly maxAgeMs: number
  /** Least time between two attempts to fetch it, whatever tokens arrive. */
  readonly coolDownMs: number
  /** How much older than `maxAgeMs` a set may get while it can not be fetched. */
  readonly maxStaleMs: number
}

/** A value of the token: a claim's name, or the way through nested maps. Absent claim: the value is a constant. */
export interface ClaimRule {
  /** `path` is the name as one text; where no claim has this name, its parts between dots lead through nested maps. */
  readonly claim?: { readonly path: string } | { readonly steps: readonly string[] }
  /** Used where the token says nothing. Absent: such a token is refused. */
  readonly fallback?: readonly string[]
}

export const CLAIM_TARGETS = ['user', 'project', 'tier', 'policy', 'models', 'groups', 'budgets', 'limits'] as const
export type ClaimTarget = (typeof CLAIM_TARGETS)[number]

export type ClaimRules = Readonly<Partial<Record<ClaimTarget, ClaimRule>>>

/** What the tokens of an issuer may have at most, whatever they say. Null: no restriction from here. */
export interface JwtCeiling {
  readonly models: readonly string[] | null
  readonly maxTier: string | null
  readonly policies: readonly string[] | null
  readonly endpoints: readonly string[] | null
  readonly hints: readonly string[]
  readonly explain: boolean
  readonly groups: readonly string[] | null
  readonly budgets: readonly string[] | null
  readonly limits: readonly string[] | null
}

/** One issuer of tokens, as the config states it. Plain data. */
export interface JwtIssuer {
  /** Part of its callers' key ids, so it must stay the same: letters, digits and . _ - */
  readonly name: string
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly algorithms: readonly JwtAlgorithm[]
  readonly keys: JwtKeyPlace
  readonly ages: KeyAges
  readonly clockToleranceMs: number
  /** A token without `kid` is checked with the only key of the set. */
  readonly allowMissingKid: boolean
  readonly claims: ClaimRules
  readonly allow: JwtCeiling
}

/** The names a token may use, of the config in force. */
export interface KnownToTokens {
  /** Low to high. */
  readonly tiers: readonly string[]
  readonly policies: readonly string[]
  readonly budgets: readonly string[]
  readonly limits: readonly string[]
}

export interface JwtSettings {
  readonly issuers: readonly JwtIssuer[]
  readonly known: KnownToTokens
}
