/** What a key or group may use. Null: no restriction from here. Several scopes narrow each other; none widens. */
export interface Scopes {
  /** Model ids, aliases or patterns such as `gpt-*`. */
  readonly models: readonly string[] | null
  /** Highest tier. */
  readonly maxTier: string | null
  /** Policies that may be asked for; the first is imposed when the config's default is not among them. */
  readonly policies: readonly string[] | null
  /** Endpoint names of the route table such as `chat.completions`. */
  readonly endpoints: readonly string[] | null
  /** Hint headers without `x-gateway-`, such as `tier` or `user`. */
  readonly hints: readonly string[] | null
  /** May ask for the decision record. Null counts as allowed for a group, as refused for a key. */
  readonly explain: boolean | null
}

export const NO_SCOPES: Scopes = {
  models: null,
  maxTier: null,
  policies: null,
  endpoints: null,
  hints: null,
  explain: null,
}

/** Budgets and rate limits of the config that bind in addition to those that bind everybody. */
interface Bindings {
  readonly budgets: readonly string[]
  readonly limits: readonly string[]
}

/** Identity of the development key. */
export const DEV_KEY_ID = 'dev'

/** Whoever has rights: a key, or what a token says of itself. */
export interface Holder extends Bindings {
  readonly id: string
  /** `admin` opens `/gateway/…`; it exempts from nothing. */
  readonly kind: 'user' | 'admin'
  /** The first is the name; the others are sub-identities for requests to pick. */
  readonly aliases: readonly string[]
  /** Null: requests may say for which user (project) they are, where the scopes let them. */
  readonly user: string | null
  readonly project: string | null
  readonly groups: readonly string[]
  readonly scopes: Scopes
  /** Policy imposed on every request. */
  readonly policy?: string | null
}

/**
 * The identity of a key. It outlives its secrets: spend and limits belong to `id`, which is `key_` and 16 random characters,
 * or `dev` for the development key, and is never given to another key. Aliases are unique over all keys that are not revoked.
 */
export interface KeyRecord extends Holder {
  /** Stands in the text of its secrets: `live`, `test` or `dev`. */
  readonly env: string
  readonly owner: string | null
  readonly deployment: string | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  /** Newest first. */
  readonly secrets: readonly KeySecret[]
}

export interface KeySecret {
  /** SHA-256 of the whole key, in hexadecimal. Never printed, and no credential itself. */
  readonly digest: string
  readonly lastFour: string
  readonly createdAt: number
  /** A rotated secret works until then; null for the newest. */
  readonly graceUntil: number | null
}

export interface GroupRecord extends Bindings {
  readonly name: string
  readonly scopes: Scopes
  readonly createdAt: number
}
