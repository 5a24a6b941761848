import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GatewayError } from '../wire/errors.ts'
import { answerOnSocket, clientErrorOf } from './client-error.ts'
import { dispatch } from './dispatch.ts'
import type { ProxyPorts, RequestContext, StopReason } from './exchange-context.ts'
import { doorList, type DoorList } from './front-door.ts'
import { ItemMemory } from './item-memory.ts'
import { DEFAULT_LIMITS, type ProxyLimits } from './limits.ts'

export interface ProxyOptions extends ProxyPorts {
  readonly limits?: Partial<ProxyLimits>
  /** Names beyond loopback that `Host` may carry; without a port ours is meant. */
  readonly allowedHosts?: readonly string[]
  readonly allowedOrigins?: readonly string[]
  /** Told of every request before anything is read of it. Must not throw. */
  readonly onAccepted?: (requestId: string, response: ServerResponse) => void
}

interface ListenAddress {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
}

export interface Proxy {
  /** Resolves with the base URL, without `/v1`. Rejects with `port_in_use`. */
  listen(address: ListenAddress): Promise<string>
  /** Takes no new work from now on and says so, waits up to `graceMs` for what runs, then ends that with an error of its own format. */
  close(graceMs: number): Promise<void>
  /** Requests being answered right now. */
  inFlight(): number
}

/** The HTTP server of the gateway over its ports. */
export function createProxy(options: ProxyOptions): Proxy {
  return new ProxyServer(options)
}

class ProxyServer implements Proxy {
  readonly #options: ProxyOptions
  readonly #limits: ProxyLimits
  readonly #server: Server
  readonly #items = new ItemMemory()
  readonly #running = new Map<ServerResponse, AbortController>()
  /** The newest response of a connection, to know whether the bare socket may still be written to. */
  readonly #responses = new WeakMap<object, ServerResponse>()
  #door: DoorList = doorList(0, [], [])
  #closing = false
  #idle: (() => void) | undefined

  constructor(options: ProxyOptions) {
    this.#options = options
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    const limits = this.#limits
    this.#server = createServer({
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.timeoutCheckMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      // We check it ourselves, in the form of our own errors and on HTTP/1.0 too.
      requireHostHeader: false,
      noDelay: true,
    })
    this.#server.maxConnections = limits.maxConnections
    this.#server.setTimeout(limits.socketIdleMs)
    this.#server.on('request', (request, response) => this.#accept(request, response))
    this.#server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
      this.#accept(request, response),
    )
    this.#server.on('clientError', (failure, socket) => {
      const error = clientErrorOf(failure)
      answerOnSocket(socket, error, this.#responses.get(socket))
      this.#refused(error, { endpoint: '-', requestId: '-', ms: 0 })
    })
  }

  listen({ host, port }: ListenAddress): Promise<string> {
    const server = this.#server
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, { host, port })))
      server.listen(port, host, () => {
        const bound = server.address() as AddressInfo
        // A wildcard is no name of ours: pages reach 0.0.0.0 too.
        const own = isWildcard(bound.address) ? [] : [urlHost(bound.address)]
        this.#door = doorList(
          bound.port,
          [...own, ...(this.#options.allowedHosts ?? [])],
          this.#options.allowedOrigins ?? [],
        )
        resolve(`http://${own[0] ?? '127.0.0.1'}:${bound.port}`)
      })
    })
  }

  inFlight(): number {
    return this.#running.size
  }

  async close(graceMs: number): Promise<void> {
    this.#closing = true
    // A stopping server must not keep a connection for a next request.
    for (const response of this.#running.keys()) if (!response.headersSent) response.setHeader('connection', 'close')
    // Still listening: whoever asks now hears "stopping" instead of nothing.
    if (this.#running.size > 0) await this.#quiet(graceMs)
    const stop: StopReason = 'shutdown'
    for (const controller of this.#running.values()) controller.abort(stop)
    // One turn of the event loop is not enough for the last words of a stream to leave.
    if (this.#running.size > 0) await this.#quiet(LAST_WORDS_MS)
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    this.#server.closeAllConnections()
    await closed
  }

  #quiet(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs)
      this.#idle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #accept(request: IncomingMessage, response: ServerResponse): void {
    const controller = new AbortController()
    const context: RequestContext = {
      requestId: `req_${randomUUID().replaceAll('-', '')}`,
      request,
      response,
      ports: this.#options,
      limits: this.#limits,
      items: this.#items,
      signal: controller.signal,
      startedAt: performance.now(),
      stopping: this.#closing,
    }
    this.#options.onAccepted?.(context.requestId, response)
    this.#running.set(response, controller)
    this.#responses.set(request.socket, response)
    response.once('close', () => {
      this.#running.delete(response)
      const gone: StopReason = 'client_gone'
      if (!response.writableFinished) controller.abort(gone)
      if (this.#running.size === 0) this.#idle?.()
    })
    if (this.#closing) response.setHeader('connection', 'close')
    // An answer that can not even be an error is cut off; one request must never take the others down.
    dispatch(context, this.#door).catch(() => response.destroy())
  }

  #refused(error: GatewayError, about: { endpoint: string; requestId: string; ms: number }): void {
    this.#options.onRefusal({ ...about, at: Date.now(), status: error.status, code: error.code })
  }
}

const LAST_WORDS_MS = 500

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

function listenError(error: NodeJS.ErrnoException, { host, port }: ListenAddress): GatewayError {
  const place = `${urlHost(host)}:${port}`
  if (error.code === 'EADDRINUSE')
    return new GatewayError('port_in_use', `another program listens on ${place}`, {
      hint: 'stop it, or choose another port with `--port`; `--port 0` takes a free one',
    })
  return new GatewayError('listen_failed', `can not listen on ${place} (${error.code ?? error.name})`, {
    hint: 'choose another address with `--host` or another port with `--port`',
    cause: error,
  })
}
