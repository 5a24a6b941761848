import type { KeyFlaw, KeySet, VerifyKey } from './jwt-keys.ts'
import type { JwtIssuer, KeyAges } from './jwt-types.ts'

/** A key set with the number of its content: another content, another number. */
export interface HeldKeys extends KeySet {
  readonly version: number
}

export interface KeyCacheSetup {
  /** Gives the parsed or raw content; rejects when there is none. */
  readonly load: () => Promise<unknown>
  readonly read: (content: unknown) => KeySet
  readonly ages: KeyAges
  /** A load failed, or brought keys that are not used. Must not throw. */
  readonly onTrouble: (trouble: KeyTrouble) => void
}

export type KeyTrouble =
  | { readonly kind: 'failed'; readonly cause: unknown; readonly held: boolean }
  | { readonly kind: 'flaws'; readonly flaws: readonly KeyFlaw[] }

/** From this share of its age on, a set is fetched anew beside the requests, so that none has to wait for it. */
const REFRESH_AHEAD = 0.8
/** Requests that overlap may bring their times in another order; a clock that went back further was set back. */
const CLOCK_SLACK_MS = 60_000

/**
 * The public keys of one issuer. A set is fetched when a token first needs it, again when it gets old or lacks a key, and
 * never twice within the cool-down, so that made-up key names can not be used to hammer the provider. While the provider
 * is down, the last set serves on for a limited time.
 */
export class KeyCache {
  readonly #setup: KeyCacheSetup
  #held: { readonly keys: HeldKeys; readonly content: string; readonly at: number } | null = null
  #triedAt: number | null = null
  /** The last attempt that has ended gave nothing. */
  #failing = false
  #loading: Promise<void> | null = null

  constructor(setup: KeyCacheSetup) {
    this.#setup = setup
  }

  /** The set that may be used now without waiting; null when it has to be fetched first. */
  ready(now: number): HeldKeys | null {
    const held = this.#held
    if (held === null) return null
    const { maxAgeMs, maxStaleMs } = this.#setup.ages
    const age = now - held.at
    if (age < -CLOCK_SLACK_MS) return null
    if (age >= maxAgeMs * REFRESH_AHEAD && this.#mayTry(now)) this.#start(now).catch(() => undefined)
    if (age < maxAgeMs) return held.keys
    return this.#failing && age < maxAgeMs + maxStaleMs ? held.keys : null
  }

  /** What `choose` finds in the set; when it finds nothing, in a newer one, if the cool-down allows to ask for it. */
  async find(choose: (set: HeldKeys) => VerifyKey | null, now: number): Promise<FoundKey> {
    const first = this.ready(now) ?? (await this.#renewed(now))
    const found = first === null ? null : choose(first)
    if (first !== null && found !== null) return { keys: first, key: found }
    const next = await this.#renewed(now)
    return { keys: next ?? first, key: next === null ? null : choose(next) }
  }

  /** Loads now, whatever the cool-down says, and throws when there is nothing to load. */
  async prime(now: number): Promise<HeldKeys> {
    await this.#start(now)
    if (this.#held === null) throw new Error('no keys')
    return this.#held.keys
  }

  async #renewed(now: number): Promise<HeldKeys | null> {
    if (this.#loading !== null || this.#mayTry(now)) await this.#start(now).catch(() => undefined)
    return this.ready(now)
  }

  #mayTry(now: number): boolean {
    if (this.#loading !== null) return false
    const last = this.#triedAt
    return last === null || now - last >= this.#setup.ages.coolDownMs || now < last - CLOCK_SLACK_MS
  }

  #start(now: number): Promise<void> {
    this.#loading ??= this.#load(now).finally(() => {
      this.#loading = null
    })
    return this.#loading
  }

  async #load(now: number): Promise<void> {
    this.#triedAt = now
    try {
      this.#hold(this.#setup.read(await this.#setup.load()), now)
      this.#failing = false
    } catch (cause) {
      this.#failing = true
      this.#setup.onTrouble({ kind: 'failed', cause, held: this.#held !== null })
      throw cause
    }
  }

  #hold(set: KeySet, now: number): void {
    const content = JSON.stringify(set.keys.map(({ kid, thumbprint, algorithms }) => [kid, thumbprint, algorithms]))
    const before = this.#held
    if (before !== null && before.content === content) {
      this.#held = { ...before, at: now }
      return
    }
    this.#held = { keys: { ...set, version: (before?.keys.version ?? 0) + 1 }, content, at: now }
    if (set.flaws.length > 0) this.#setup.onTrouble({ kind: 'flaws', flaws: set.flaws })
  }
}

export interface FoundKey {
  /** The newest set that may be used; null when there is none. */
  readonly keys: HeldKeys | null
  readonly key: VerifyKey | null
}

/** A key file can not be used; the cause says why. */
export class KeyPlaceError extends Error {
  override readonly name = 'KeyPlaceError'
  readonly issuer: JwtIssuer

  constructor(issuer: JwtIssuer, cause: unknown) {
    super('the keys can not be used', { cause })
    this.issuer = issuer
  }
}

/** Loads the keys of an issuer before anybody needs them. */
export async function primed(issuer: JwtIssuer, keys: KeyCache, now: number): Promise<void> {
  try {
    await keys.prime(now)
  } catch (cause) {
    throw new KeyPlaceError(issuer, cause)
  }
}
