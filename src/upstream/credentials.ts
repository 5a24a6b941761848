import type { AdapterPorts, CredentialNotice } from './ports.ts'

/** Pause of a key that hit its rate limit when the provider names no time. */
const RATE_PAUSE_MS = 5_000
/** Pause of a key that was refused or has no money left; it is tried again after it, as operators fix both outside. */
const REFUSED_PAUSE_MS = 60_000

/** A key for one request; `secret` is null for providers that need none. */
export interface Credential {
  readonly index: number
  readonly secret: string | null
}

/** The keys of one provider: the first that is not paused is used, and a refused one is paused. */
export class CredentialPool {
  readonly #provider: string
  readonly #keys: readonly string[]
  readonly #ports: AdapterPorts
  readonly #pausedUntil: number[]

  constructor(provider: string, keys: readonly string[], ports: AdapterPorts) {
    this.#provider = provider
    this.#keys = keys
    this.#ports = ports
    this.#pausedUntil = keys.map(() => 0)
  }

  get secrets(): readonly string[] {
    return this.#keys
  }

  /** All keys in the order to try them. Paused ones are left out, unless all are: then the one that is free soonest. */
  candidates(): Credential[] {
    if (this.#keys.length === 0) return [{ index: 0, secret: null }]
    const now = this.#ports.clock.now()
    const all = this.#keys.map((secret, index) => ({ index, secret }))
    if (all.length === 1) return all
    const free = all.filter(({ index }) => this.#until(index) <= now)
    if (free.length > 0) return free
    const soonest = all.reduce((best, next) => (this.#until(next.index) < this.#until(best.index) ? next : best))
    return [soonest]
  }

  pause({ index }: Credential, reason: CredentialNotice['reason'], retryAfterMs: number | null): void {
    if (index >= this.#keys.length) return
    const pausedMs = reason === 'rate_limited' ? (retryAfterMs ?? RATE_PAUSE_MS) : REFUSED_PAUSE_MS
    this.#pausedUntil[index] = this.#ports.clock.now() + pausedMs
    this.#ports.onCredential?.({ provider: this.#provider, keyIndex: index, reason, pausedMs })
  }

  #until(index: number): number {
    return this.#pausedUntil[index] ?? 0
  }
}
