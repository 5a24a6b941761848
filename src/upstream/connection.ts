import type { Dispatcher } from 'undici'
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
  readonly signal: AbortSignal
}

export type HttpAnswer = Dispatcher.ResponseData

/** How long an idle connection to a provider is kept. Most hosts keep theirs longer than this. */
const KEEP_ALIVE_MS = 30_000

/**
 * A pool of connections to one origin over undici, which is loaded at the first request. Redirects are not followed and
 * the time limits are the caller's signal alone, as undici's own would cut long streams.
 */
export class Connection {
  readonly #settings: ConnectionSettings
  readonly #url: URL
  #agent: Promise<Dispatcher> | null = null
  #closed = false
  /** An answer has come before, so that a connection may have been waiting in the pool. */
  #served = false

  /** Throws for an address that may never be called. */
  constructor(settings: ConnectionSettings) {
    this.#settings = settings
    this.#url = new URL(settings.baseUrl)
    checkLiteralHost(this.#url.hostname, policyFor(this.#url.hostname, settings.addresses))
  }

  /**
   * Sends one request. When a connection of the pool turns out to be closed by the peer, which no client can know before
   * it writes, the request is sent once more; any other failure is the caller's.
   */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    this.#agent ??= this.#open()
    const agent = await this.#agent
    try {
      return await this.#send(agent, request)
    } catch (error) {
      if (!this.#served || !isReset(error) || request.signal.aborted) throw error
      return this.#send(agent, request)
    }
  }

  async #send(agent: Dispatcher, { method, path, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
    const base = this.#url.pathname === '/' ? '' : this.#url.pathname.replace(/\/$/, '')
    const answer = await agent.request({
      origin: this.#url.origin,
      path: `${base}${path}${this.#url.search}`,
      method,
      headers: { ...headers },
      signal,
      ...(body === undefined ? {} : { body }),
    })
    this.#served = true
    return answer
  }

  async close(): Promise<void> {
    this.#closed = true
    const agent = await this.#agent
    await agent?.destroy()
  }

  async #open(): Promise<Dispatcher> {
    if (this.#closed) throw new Error('the connection pool is closed')
    const { Agent } = await import('undici')
    const policy = policyFor(this.#url.hostname, this.#settings.addresses)
    return new Agent({
      connect: { timeout: this.#settings.connectMs, lookup: guardedLookup(policy) },
      connections: this.#settings.connections,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
    })
  }
}
