import { GatewayError } from '../wire/errors.ts'
import { AttemptTimer } from './attempt-timer.ts'
import { BlockedAddressError, type AddressPolicy } from './address-guard.ts'
import { ByteSource, TooLargeError } from './byte-source.ts'
import { Connection } from './connection.ts'
import { describeNetworkError } from './network-error.ts'

export interface JsonRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  readonly timeoutMs: number
  readonly maxBytes: number
  /** `configured` where the operator said that the host has a private address. Absent: `public`. */
  readonly addresses?: AddressPolicy
  readonly signal?: AbortSignal
}

/** Small JSON requests to hosts that the operator named: key sets, catalogues. */
export interface JsonHttpPort {
  /** Status and parsed body. Throws `fetch_failed` for everything that gives none. */
  request(request: JsonRequest): Promise<{ readonly status: number; readonly body: unknown }>
}

/**
 * JSON over HTTP: https only, or plain http to loopback; no redirects, no private addresses unless the request says so,
 * link-local ones never; bounded in size and time.
 */
export const jsonHttp: JsonHttpPort = {
  async request(request) {
    const connection = openConnection(request)
    const timer = new AttemptTimer(request.signal ?? new AbortController().signal, {
      firstTokenMs: request.timeoutMs,
      idleMs: request.timeoutMs,
      totalMs: request.timeoutMs,
    })
    try {
      return await exchange(connection, request, timer)
    } catch (error) {
      throw failure(request, error, timer)
    } finally {
      timer.stop()
      await connection.close()
    }
  },
}

async function exchange(connection: Connection, request: JsonRequest, timer: AttemptTimer) {
  const response = await connection.request({
    method: request.method ?? 'GET',
    path: '',
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'gateway',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    signal: timer.signal,
  })
  const { statusCode: status } = response
  const source = new ByteSource(response.body, { timer, maxBytes: request.maxBytes })
  if (status >= 300 && status < 400) {
    source.destroy()
    throw fetchFailed(request, `a redirect (${status}) is not followed`)
  }
  const text = await source.text()
  try {
    const body: unknown = JSON.parse(text)
    return { status, body }
  } catch {
    throw fetchFailed(request, `the answer (${status}) is not JSON`)
  }
}

function openConnection(request: JsonRequest): Connection {
  const url = URL.canParse(request.url) ? new URL(request.url) : null
  if (url === null) throw fetchFailed(request, 'the address is not a URL')
  const local = url.hostname === 'localhost' || url.hostname === '127.0.0.1' || url.hostname === '[::1]'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
    throw fetchFailed(request, 'only https addresses are fetched, or http ones on this machine')
  }
  try {
    const addresses = request.addresses ?? 'public'
    return new Connection({ baseUrl: request.url, connectMs: request.timeoutMs, connections: 1, addresses })
  } catch (error) {
    throw failure(request, error, null)
  }
}

function failure(request: JsonRequest, error: unknown, timer: AttemptTimer | null): GatewayError {
  if (error instanceof GatewayError) return error
  if (timer?.cause === 'client') return fetchFailed(request, 'the request was stopped', error)
  if (timer !== null && timer.cause !== null) {
    return fetchFailed(request, `no answer within ${request.timeoutMs} ms`, error)
  }
  if (error instanceof TooLargeError) return fetchFailed(request, `the answer is larger than ${request.maxBytes} bytes`)
  if (error instanceof BlockedAddressError) return fetchFailed(request, error.message, error)
  return fetchFailed(request, describeNetworkError(error), error)
}

/** The host alone is named: paths and queries may hold secrets. */
function fetchFailed(request: JsonRequest, problem: string, cause?: unknown): GatewayError {
  const host = URL.canParse(request.url) ? new URL(request.url).host : 'the address'
  return new GatewayError('fetch_failed', `could not fetch from ${host}: ${problem}`, { cause })
}
