import { createHash } from 'node:crypto'

/**
 * Tokens that were verified, by the SHA-256 of the whole token: two tokens that begin alike stay two identities. Bounded;
 * the one that was not used for longest goes first.
 */
export class TokenCache<T extends { readonly untilMs: number }> {
  readonly #capacity: number
  readonly #entries = new Map<string, T>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(digest: string, now: number): T | null {
    const entry = this.#entries.get(digest)
    if (entry === undefined) return null
    this.#entries.delete(digest)
    if (now >= entry.untilMs) return null
    this.#entries.set(digest, entry)
    return entry
  }

  set(digest: string, entry: T): void {
    this.#entries.delete(digest)
    this.#entries.set(digest, entry)
    if (this.#entries.size <= this.#capacity) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }

  clear(): void {
    this.#entries.clear()
  }
}

/** The key of a token in the cache. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
