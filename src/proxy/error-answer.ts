import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExchangeRecord } from '../engine/record.ts'
import { GatewayError } from '../wire/errors.ts'
import type { RequestContext } from './exchange-context.ts'
import type { HeaderMap } from './response-headers.ts'
import type { ErrorVoice } from './speaker.ts'

/** How long a client that is still sending may go on after its answer was written. */
const LINGER_MS = 2_000

/** Whatever was thrown, as something a client may see. Unknown errors are bugs and stay anonymous. */
export function asGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  return new GatewayError('internal_error', 'this is a bug in the gateway', { cause: thrown })
}

/** Writes a JSON answer with its length. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return
  const text = JSON.stringify(body)
  response.statusCode = status
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(text))
  // A text leaves in one write with the headers; bytes would take two.
  response.end(text)
}

export interface ErrorAnswer {
  readonly error: GatewayError
  /** The client's format. */
  readonly voice: ErrorVoice
  readonly headers?: HeaderMap
  /** Shown beside the error; for `x-gateway-explain`. */
  readonly record?: ExchangeRecord | undefined
}

/** Writes an error answer. A client that is still sending its body gets the answer first and the close after. */
export function sendError(
  { request, response, requestId }: Pick<RequestContext, 'request' | 'response' | 'requestId'>,
  { error, voice, headers, record }: ErrorAnswer,
): void {
  if (response.headersSent || response.destroyed) return
  for (const [name, value] of Object.entries({ ...headers, ...retryHeaders(error) })) response.setHeader(name, value)
  const said = voice.body(error, requestId)
  const body = record === undefined ? said : { ...said, gateway: record }
  const status = voice.status(error)
  if (request.complete) sendJson(response, status, body)
  else sendWhileReading(request, response, { status, body })
}

/**
 * Closing a socket with unread bytes makes the kernel send a reset, which can throw away the answer on the client's
 * side. So the whole answer is written, the rest of the body is read and dropped for a while, and only then is the
 * response ended.
 */
function sendWhileReading(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body }: { status: number; body: unknown },
): void {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    connection: 'close',
  })
  response.write(bytes)
  const finish = (): void => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(finish, LINGER_MS)
  request.once('end', finish)
  request.once('close', finish)
  request.resume()
}

function retryHeaders(error: GatewayError): HeaderMap {
  const headers: Record<string, string> = {}
  const afterMs = error.data?.['retry_after_ms']
  if (typeof afterMs === 'number') {
    headers['retry-after'] = String(Math.ceil(afterMs / 1000))
    headers['retry-after-ms'] = String(Math.ceil(afterMs))
  }
  // Money does not come back by waiting, and a deadline of ours would only be missed again.
  if (error.status === 402 || error.code === 'deadline_exceeded') headers['x-should-retry'] = 'false'
  const allow = error.data?.['allow']
  if (typeof allow === 'string') headers['allow'] = allow
  return headers
}
