import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorBody } from '../wire/error-body.ts'
import { GatewayError, type ErrorCode } from '../wire/errors.ts'

interface ParserFailure extends Error {
  readonly code?: string
}

/** What Node's parser and timers complain about, as an error of ours. */
export function clientErrorOf(failure: ParserFailure): GatewayError {
  if (failure.code === 'HPE_HEADER_OVERFLOW')
    return new GatewayError('header_too_large', 'the request headers are too large')
  if (failure.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new GatewayError('request_timeout', 'the request took too long to arrive')
  return new GatewayError('invalid_request_error', 'the request is not valid HTTP')
}

const PHRASES: ReadonlyMap<ErrorCode, string> = new Map([
  ['header_too_large', 'Request Header Fields Too Large'],
  ['request_timeout', 'Request Timeout'],
])

/** Answers on the bare socket, where Node has no response object, and closes it. */
export function answerOnSocket(socket: Duplex, error: GatewayError, pending: ServerResponse | undefined): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  if (pending !== undefined && pending.headersSent && !pending.writableFinished) {
    // An answer is on its way already: let out what was written, then close.
    socket.end(() => socket.destroy())
    return
  }
  const body = JSON.stringify(errorBody(error))
  const head = [
    `HTTP/1.1 ${error.status} ${PHRASES.get(error.code) ?? 'Bad Request'}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: private, no-store',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
