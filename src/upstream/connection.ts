import type { Dispatcher } from 'undici'
import { IncomingAnswer, type HttpAnswer, type StopSignal } from './incoming-answer.ts'
import { isReset } from './network-error.ts'
import { checkLiteralHost, guardedLookup, policyFor, type AddressPolicy } from './address-guard.ts'

export interface ConnectionSettings {
  readonly baseUrl: string
  readonly connectMs: number
  /** Most connections at once. */
  readonly connections: number
  readonly addresses: AddressPolicy
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** Appended to the path of the base URL; begins with a slash, or is empty. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: StopSignal
}

const unsent = new WeakSet<Error>()

/** Whether a request failed before a byte of it was written, so that its peer can not have done anything. */
export function wasNeverSent(error: unknown): boolean {
  return error instanceof Error && unsent.has(error)
}

/** How long an idle connection to a provider is kept. Most hosts keep theirs longer than this. */
const KEEP_ALIVE_MS = 30_000

/**
 * A pool of connections to one origin over undici, which is loaded at the first request. Redirects are not followed and
 * the time limits are the caller's signal alone, as undici's own would cut long streams.
 */
export class Connection {
  readonly #settings: ConnectionSettings
  readonly #url: URL
  readonly #origin: string
  readonly #basePath: string
  #pool: Promise<Dispatcher> | null = null
  #closed = false
  /** An answer has come before, so that a connection may have been waiting in the pool. */
  #served = false

  /** Throws for an address that may never be called. */
  constructor(settings: ConnectionSettings) {
    this.#settings = settings
    this.#url = new URL(settings.baseUrl)
    this.#origin = this.#url.origin
    this.#basePath = this.#url.pathname === '/' ? '' : this.#url.pathname.replace(/\/$/, '')
    checkLiteralHost(this.#url.hostname, policyFor(this.#url.hostname, settings.addresses))
  }

  /**
   * Sends one request. When a connection of the pool turns out to be closed by the peer, which no client can know before
   * it writes, a GET is sent once more. A POST never is: the peer may have read and billed it, so that a second one is
   * another attempt, with a reservation of its own.
   */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    this.#pool ??= this.#open()
    const pool = await this.#pool
    try {
      return await this.#send(pool, request)
    } catch (error) {
      if (request.method !== 'GET' || !this.#served || !isReset(error) || request.signal.aborted) throw error
      return this.#send(pool, request)
    }
  }

  async #send(pool: Dispatcher, { method, path, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
    const answer = new IncomingAnswer(signal)
    const url = `${this.#basePath}${path}${this.#url.search}`
    pool.dispatch({ origin: this.#origin, path: url, method, headers, body: body ?? null }, answer)
    try {
      const head = await answer.head
      this.#served = true
      return head
    } catch (error) {
      if (!answer.begun && error instanceof Error) unsent.add(error)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const pool = await this.#pool
    await pool?.destroy()
  }

  async #open(): Promise<Dispatcher> {
    if (this.#closed) throw new Error('the connection pool is closed')
    const { Pool } = await import('undici')
    const policy = policyFor(this.#url.hostname, this.#settings.addresses)
    return new Pool(this.#origin, {
      connect: { timeout: this.#settings.connectMs, lookup: guardedLookup(policy) },
      connections: this.#settings.connections,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
    })
  }
}
