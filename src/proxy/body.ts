import { isAscii } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../wire/errors.ts'
import { isJsonObject, type JsonObject } from '../wire/json.ts'
import type { RequestContext } from './exchange-context.ts'
import type { ProxyLimits } from './limits.ts'
import { headerValues } from './raw-headers.ts'

/** The connection ended before the body did; nobody is left to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone'
}

/**
 * Only uncompressed JSON comes in: `text/plain` would let a web page post without a preflight, and 89 compressed bytes
 * can unpack to 50 MiB.
 */
function checkMediaType(request: IncomingMessage): void {
  const types = headerValues(request, 'content-type')
  const type = types[0]?.split(';')[0]?.trim().toLowerCase()
  const charset = /;\s*charset="?([^";\s]+)/i.exec(types[0] ?? '')?.[1]?.toLowerCase()
  if (types.length !== 1 || type !== 'application/json' || (charset !== undefined && charset !== 'utf-8'))
    throw new GatewayError('unsupported_media_type', 'the body must be sent as `content-type: application/json`')
  const codings = headerValues(request, 'content-encoding')
  if (codings.some((coding) => coding.trim().toLowerCase() !== 'identity'))
    throw new GatewayError('unsupported_media_type', 'compressed bodies are not accepted')
}

/** Refuses by the declared length alone, before anything is read or the key is looked at. */
export function checkDeclaredLength(request: IncomingMessage, limits: ProxyLimits): void {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limits.maxBodyBytes) throw tooLarge(limits)
}

/** Parses a body as a JSON object of bounded depth. */
function parseBody(bytes: Buffer, limits: ProxyLimits): JsonObject {
  if (jsonDepthOver(bytes, limits.maxJsonDepth))
    throw new GatewayError('invalid_request_error', `the body is nested deeper than ${limits.maxJsonDepth} levels`)
  const value = parseJson(bytes)
  if (!isJsonObject(value)) throw new GatewayError('invalid_request_error', 'the body must be a JSON object')
  return value
}

/**
 * Members by which other gateways let a request choose where it goes and with which key. Targets come from the config
 * alone, and passing these on would hand the choice to the next gateway in line.
 */
const TARGET_MEMBERS = ['api_base', 'base_url', 'api_key', 'organization', 'extra_headers', 'x-base-url'] as const

/** Refuses a body that names a target or a credential. */
function refuseTargets(body: JsonObject): void {
  const named = TARGET_MEMBERS.find((member) => body[member] !== undefined && body[member] !== null)
  if (named === undefined) return
  throw new GatewayError('invalid_request_error', `a request can not set "${named}"; targets come from the config`, {
    param: named,
  })
}

/** Reads, checks and parses the body of a request; `startedAt` is when the last byte was there. */
export async function readBody(context: RequestContext): Promise<{ body: JsonObject; startedAt: number }> {
  const { request, response, limits } = context
  checkMediaType(request)
  if (request.headers.expect !== undefined) response.writeContinue()
  const bytes = await readBytes(request, limits)
  const startedAt = performance.now()
  const body = parseBody(bytes, limits)
  refuseTargets(body)
  return { body, startedAt }
}

/** Reads the whole body. Bytes are counted as they come, so that a chunked body can not outgrow the limit either. */
function readBytes(request: IncomingMessage, limits: ProxyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limits.maxBodyBytes) {
        chunks.length = 0
        request.removeAllListeners('data')
        reject(tooLarge(limits))
      } else chunks.push(chunk)
    })
    request.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size)),
    )
    request.once('error', () => reject(new ClientGone('request failed')))
    // Comes after every request; an error, whose stack takes time to gather, is due only when the body is not whole.
    request.once('close', () => {
      if (!request.readableEnded) reject(new ClientGone('request closed'))
    })
  })
}

function parseJson(bytes: Buffer): unknown {
  try {
    // Most bodies are ASCII, which needs no decoder.
    return JSON.parse(
      isAscii(bytes) ? bytes.toString('latin1') : new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    )
  } catch {
    // The parser's own message quotes the body, which must not get into an answer or a log.
    throw new GatewayError('invalid_request_error', 'the body is not valid JSON in UTF-8')
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** One pass over the bytes; deep nesting would overflow the stack of whatever walks the value later. */
function jsonDepthOver(bytes: Buffer, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (inString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1
      if (depth > limit) return true
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1
  }
  return false
}

function tooLarge(limits: ProxyLimits): GatewayError {
  return new GatewayError('request_too_large', `the body is larger than ${limits.maxBodyBytes} bytes`, {
    data: { limit_bytes: limits.maxBodyBytes },
  })
}
